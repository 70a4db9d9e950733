#include "policy/activity/pack.h"

#include <bit>
#include <cstdint>

#include "policy/activity/pack_format.h"
#include "policy/activity/pack_writer.h"

namespace sallyport::policy {
namespace {

using namespace packed;

void pack_degrees(std::string& to, double degrees) {
  const auto bits = std::bit_cast<std::uint64_t>(degrees);
  for (int shift = 0; shift < 64; shift += 8) to += static_cast<char>(bits >> shift & 0xff);
}

void pack_address(Packer& to, unsigned field, const AddressFacts& facts) {
  to.group(field, [&] {
    const auto& bytes = facts.address.bytes();
    to.text(a_address,
            {reinterpret_cast<const char*>(bytes.data()), facts.address.is_v4() ? 4u : 16u});
    to.number_or_none(a_category, static_cast<std::uint64_t>(facts.category));
    to.list_or_none(a_tags, facts.tags);
    to.text_or_none(a_range, facts.range);
    to.text_or_none(a_country, facts.country);
    to.number_or_none(a_asn, facts.asn);
    to.text_or_none(a_isp, facts.isp);
    if (facts.location) {
      std::string both;
      pack_degrees(both, facts.location->latitude);
      pack_degrees(both, facts.location->longitude);
      to.text(a_location, both);
    }
  });
}

void pack_app(Packer& to, const AppFacts& facts) {
  to.group(f_app, [&] {
    to.text_or_none(p_id, facts.id);
    to.text_or_none(p_name, facts.name);
    to.text_or_none(p_category, facts.category);
    to.list_or_none(p_tags, facts.tags);
    if (facts.risk) to.text(p_risk, facts.risk->packed);
  });
}

void pack_agent(Packer& to, const AgentFacts& facts) {
  to.group(f_agent, [&] {
    to.word(g_app, facts.app);
    to.word(g_device, facts.device);
    std::uint64_t tags = 0;
    for (const AgentTag tag : kAgentTags) {
      if (facts.tags.has(tag)) tags |= std::uint64_t{1} << static_cast<unsigned>(tag);
    }
    to.number_or_none(g_tags, tags);
    to.text_or_none(g_browser, facts.browser);
    to.text_or_none(g_browser_version, facts.browser_version);
    to.text_or_none(g_os, facts.os);
    to.text_or_none(g_os_version, facts.os_version);
  });
}

void pack_session(Packer& to, const SessionFacts& facts) {
  to.group(f_session, [&] {
    to.number_or_none(s_uploaded, facts.uploaded);
    to.number_or_none(s_downloaded, facts.downloaded);
    to.number_or_none(s_requests, facts.requests);
    to.number_or_none(s_minutes, facts.minutes);
  });
}

void pack_seen(Packer& to, const SeenFacts& facts) {
  to.group(f_seen, [&] {
    for (unsigned trait = 0; trait < kSeenTraits; ++trait) {
      to.number_or_none(n_days + trait,
                        static_cast<std::uint64_t>(facts.days[trait] - SeenFacts::kUnknown));
    }
    to.number_or_none(n_uncommon, facts.uncommon);
  });
}

void pack_file_fields(Packer& to, const FileFacts& facts) {
  to.text_or_none(l_name, facts.name);
  to.text_or_none(l_extension, facts.extension);
  to.text_or_none(l_type, facts.type);
  if (facts.size) to.number(l_size, *facts.size);
  to.text_or_none(l_sniffed_type, facts.sniffed_type);
  to.text_or_none(l_family, facts.family);
  to.text_or_none(l_sha256, facts.sha256);
  to.text_or_none(l_scan_status, facts.scan_status);
  to.optional(l_name_tags, facts.name_tags);
}

}  // namespace

void pack(const Activity& activity, std::string& out) {
  out += kVersion;
  Packer to(out);
  to.word(f_point, activity.point);
  to.number(f_at, zigzag(activity.at.time_since_epoch().count()));
  to.optional(f_user, activity.user);
  to.list_or_none(f_user_names, activity.user_names);
  to.text_or_none(f_user_domain, activity.user_domain);
  to.list_or_none(f_groups, activity.groups);
  to.optional(f_device_tags, activity.device_tags);
  pack_address(to, f_client, activity.client);
  if (activity.destination) pack_address(to, f_destination, *activity.destination);
  to.text_or_none(f_host, activity.host);
  to.text_or_none(f_domain, activity.domain);
  to.number_or_none(f_host_kind, static_cast<std::uint64_t>(activity.host_kind));
  to.list_or_none(f_host_tags, activity.host_tags);
  to.number_or_none(f_port, activity.port);
  to.text_or_none(f_scheme, activity.scheme);
  if (activity.app) pack_app(to, *activity.app);
  to.optional(f_method, activity.method);
  to.optional(f_path, activity.path);
  if (activity.type) to.word(f_type, *activity.type);
  if (activity.admin) to.number(f_admin, *activity.admin ? 1 : 0);
  if (activity.file) pack_file(*activity.file, f_file, out);
  to.optional(f_user_agent, activity.user_agent);
  if (activity.agent) pack_agent(to, *activity.agent);
  to.text_or_none(f_ja4, activity.ja4);
  to.text_or_none(f_client_tls_version, activity.client_tls_version);
  to.number_or_none(f_connection_uploaded, activity.connection_uploaded);
  to.number_or_none(f_connection_downloaded, activity.connection_downloaded);
  to.optional(f_certificate_faults, activity.certificate_faults);
  if (activity.status) to.number(f_status, zigzag(*activity.status));
  if (activity.details) pack_details(*activity.details, f_details, out);
  if (activity.session) pack_session(to, *activity.session);
  if (activity.client_refusal) to.word(f_client_refusal, *activity.client_refusal);
  if (activity.seen) pack_seen(to, *activity.seen);
  if (activity.days_since_logon) to.number(f_days_since_logon, *activity.days_since_logon);
}

void pack_details(const Details& details, unsigned field, std::string& out) {
  Packer to(out);
  to.group(field, [&] {
    for (const DetailText& one : detail_texts()) to.text_or_none(one.number, details.*one.field);
    for (const DetailList& one : detail_lists()) to.list_or_none(one.number, details.*one.field);
  });
}

void pack_file(const FileFacts& facts, unsigned field, std::string& out) {
  Packer to(out);
  to.group(field, [&] { pack_file_fields(to, facts); });
}

}  // namespace sallyport::policy
