#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

#include "policy/activity/pack.h"
#include "policy/activity/pack_format.h"
#include "policy/activity/pack_reader.h"

namespace sallyport::policy {
namespace {

using namespace packed;

bool unpack_address(const Read& read, AddressFacts& into) {
  into.category = IpCategory::none;
  into.asn = 0;
  into.location.reset();
  FieldSet there;
  const bool whole =
      read.is_bytes && each_field(read.bytes, there, [&](const Read& one) {
        switch (one.field) {
          case a_address:
            return take_address(one, into.address);
          case a_category:
            return take_word(one, IpCategory::other, IpCategory::other, into.category);
          case a_tags:
            return take_list(one, into.tags);
          case a_range:
            return take_text(one, into.range);
          case a_country:
            return take_text(one, into.country);
          case a_asn:
            return take_number(one, into.asn);
          case a_isp:
            return take_text(one, into.isp);
          case a_location:
            return take_location(one, into.location);
          default:
            return true;
        }
      });
  if (!there.has(a_tags)) into.tags.clear();
  if (!there.has(a_range)) into.range.clear();
  if (!there.has(a_country)) into.country.clear();
  if (!there.has(a_isp)) into.isp.clear();
  return whole && there.has(a_address);
}

bool take_risk(const Read& read, SharedRisk& into) {
  if (!read.is_bytes) return false;
  if (!into || into->packed != read.bytes) into = unpack_risk(read.bytes);
  return into != nullptr;
}

bool unpack_app(const Read& read, AppFacts& into) {
  FieldSet there;
  const bool whole = read.is_bytes && each_field(read.bytes, there, [&](const Read& one) {
                       switch (one.field) {
                         case p_id:
                           return take_text(one, into.id);
                         case p_name:
                           return take_text(one, into.name);
                         case p_category:
                           return take_text(one, into.category);
                         case p_tags:
                           return take_list(one, into.tags);
                         case p_risk:
                           return take_risk(one, into.risk);
                         default:
                           return true;
                       }
                     });
  if (!there.has(p_risk)) into.risk.reset();
  if (!there.has(p_id)) into.id.clear();
  if (!there.has(p_name)) into.name.clear();
  if (!there.has(p_category)) into.category.clear();
  if (!there.has(p_tags)) into.tags.clear();
  return whole;
}

bool take_agent_tags(const Read& read, AgentTags& into) {
  if (read.is_bytes) return false;
  for (const AgentTag tag : kAgentTags) {
    if ((read.number >> static_cast<unsigned>(tag) & 1) != 0) into.add(tag);
  }
  return true;
}

bool unpack_session(const Read& read, SessionFacts& into) {
  into = {};
  FieldSet there;
  return read.is_bytes && each_field(read.bytes, there, [&](const Read& one) {
           switch (one.field) {
             case s_uploaded:
               return take_number(one, into.uploaded);
             case s_downloaded:
               return take_number(one, into.downloaded);
             case s_requests:
               return take_number(one, into.requests);
             case s_minutes:
               return take_number(one, into.minutes);
             default:
               return true;
           }
         });
}

bool unpack_seen(const Read& read, SeenFacts& into) {
  into = {};
  FieldSet there;
  return read.is_bytes && each_field(read.bytes, there, [&](const Read& one) {
           if (one.field == n_uncommon) {
             if (!take_number(one, into.uncommon)) return false;
             into.uncommon &= (1u << kSeenTraits) - 1;
             return true;
           }
           if (one.field < n_days || one.field >= n_days + kSeenTraits) return true;
           std::uint16_t days = 0;
           if (!take_number(one, days) || days > 0x7fff) return false;
           into.days[one.field - n_days] = static_cast<std::int16_t>(days + SeenFacts::kUnknown);
           return true;
         });
}

bool unpack_agent(const Read& read, AgentFacts& into) {
  into.app = ClientApp::other;
  into.device = DeviceType::other;
  into.tags = {};
  FieldSet there;
  const bool whole = read.is_bytes && each_field(read.bytes, there, [&](const Read& one) {
                       switch (one.field) {
                         case g_app:
                           return take_word(one, ClientApp::other, ClientApp::other, into.app);
                         case g_device:
                           return take_word(one, DeviceType::other, DeviceType::other, into.device);
                         case g_tags:
                           return take_agent_tags(one, into.tags);
                         case g_browser:
                           return take_text(one, into.browser);
                         case g_browser_version:
                           return take_text(one, into.browser_version);
                         case g_os:
                           return take_text(one, into.os);
                         case g_os_version:
                           return take_text(one, into.os_version);
                         default:
                           return true;
                       }
                     });
  if (!there.has(g_browser)) into.browser.clear();
  if (!there.has(g_browser_version)) into.browser_version.clear();
  if (!there.has(g_os)) into.os.clear();
  if (!there.has(g_os_version)) into.os_version.clear();
  return whole;
}

bool unpack_file_fields(std::string_view packed, FileFacts& into) {
  into.size.reset();
  FieldSet there;
  const bool whole = each_field(packed, there, [&](const Read& one) {
    switch (one.field) {
      case l_name:
        return take_text(one, into.name);
      case l_extension:
        return take_text(one, into.extension);
      case l_type:
        return take_text(one, into.type);
      case l_size:
        return take_number(one, into.size.emplace());
      case l_sniffed_type:
        return take_text(one, into.sniffed_type);
      case l_family:
        return take_text(one, into.family);
      case l_sha256:
        return take_text(one, into.sha256);
      case l_scan_status:
        return take_text(one, into.scan_status);
      case l_name_tags:
        return take_list(one, into.name_tags);
      default:
        return true;
    }
  });
  if (!there.has(l_name)) into.name.clear();
  if (!there.has(l_extension)) into.extension.clear();
  if (!there.has(l_type)) into.type.clear();
  if (!there.has(l_sniffed_type)) into.sniffed_type.clear();
  if (!there.has(l_family)) into.family.clear();
  if (!there.has(l_sha256)) into.sha256.clear();
  if (!there.has(l_scan_status)) into.scan_status.clear();
  if (!there.has(l_name_tags)) into.name_tags.reset();
  return whole;
}

bool unpack_detail_fields(std::string_view packed, Details& into) {
  into = {};
  FieldSet there;
  return each_field(packed, there, [&](const Read& one) {
    for (const DetailText& text : detail_texts()) {
      if (text.number == one.field) return take_text(one, into.*text.field);
    }
    for (const DetailList& list : detail_lists()) {
      if (list.number == one.field) return take_list(one, into.*list.field);
    }
    return true;
  });
}

template <class Facts>
Facts& in_place(std::optional<Facts>& facts) {
  return facts ? *facts : facts.emplace();
}

bool unpack_field(const Read& read, Activity& into) {
  switch (read.field) {
    case f_point:
      return take_word(read, Point::download, Point::download, into.point);
    case f_at:
      into.at = Time(std::chrono::microseconds(unzigzag(read.number)));
      return !read.is_bytes;
    case f_user:
      return take_text(read, into.user);
    case f_user_names:
      return take_list(read, into.user_names);
    case f_user_domain:
      return take_text(read, into.user_domain);
    case f_groups:
      return take_list(read, into.groups);
    case f_device_tags:
      return take_list(read, into.device_tags);
    case f_client:
      return unpack_address(read, into.client);
    case f_destination:
      return unpack_address(read, in_place(into.destination));
    case f_host:
      return take_text(read, into.host);
    case f_domain:
      return take_text(read, into.domain);
    case f_host_kind:
      return take_word(read, HostKind::infrastructure, HostKind::unknown, into.host_kind);
    case f_host_tags:
      return take_list(read, into.host_tags);
    case f_port:
      return take_number(read, into.port);
    case f_scheme:
      return take_text(read, into.scheme);
    case f_app:
      return unpack_app(read, in_place(into.app));
    case f_method:
      return take_text(read, into.method);
    case f_path:
      return take_text(read, into.path);
    case f_type:
      return take_word(read, ActivityType::admin, ActivityType::other, into.type.emplace());
    case f_admin:
      into.admin = read.number != 0;
      return !read.is_bytes && read.number <= 1;
    case f_file:
      return read.is_bytes && unpack_file_fields(read.bytes, in_place(into.file));
    case f_user_agent:
      return take_text(read, into.user_agent);
    case f_session:
      return unpack_session(read, in_place(into.session));
    case f_client_refusal:
      return take_word(read, ClientRefusal::closed_after_certificate,
                       ClientRefusal::closed_after_certificate, into.client_refusal.emplace());
    case f_days_since_logon:
      return take_number(read, into.days_since_logon.emplace());
    case f_seen:
      return unpack_seen(read, in_place(into.seen));
    case f_agent:
      return unpack_agent(read, in_place(into.agent));
    case f_ja4:
      return take_text(read, into.ja4);
    case f_client_tls_version:
      return take_text(read, into.client_tls_version);
    case f_connection_uploaded:
      return take_number(read, into.connection_uploaded);
    case f_connection_downloaded:
      return take_number(read, into.connection_downloaded);
    case f_certificate_faults:
      return take_list(read, into.certificate_faults);
    case f_status: {
      const std::int64_t status = unzigzag(read.number);
      into.status = static_cast<int>(status);
      return !read.is_bytes && std::in_range<int>(status);
    }
    case f_details:
      return read.is_bytes && unpack_detail_fields(read.bytes, into.details.emplace());
    default:
      return true;
  }
}

// What was not there is not known.
void forget_others(const FieldSet& there, Activity& into) {
  const auto clear = [&](unsigned field, auto& texts) {
    if (!there.has(field)) texts.clear();
  };
  const auto reset = [&](unsigned field, auto& facts) {
    if (!there.has(field)) facts.reset();
  };
  reset(f_user, into.user);
  clear(f_user_names, into.user_names);
  clear(f_user_domain, into.user_domain);
  clear(f_groups, into.groups);
  reset(f_device_tags, into.device_tags);
  reset(f_destination, into.destination);
  clear(f_host, into.host);
  clear(f_domain, into.domain);
  clear(f_host_tags, into.host_tags);
  clear(f_scheme, into.scheme);
  reset(f_app, into.app);
  reset(f_method, into.method);
  reset(f_path, into.path);
  reset(f_file, into.file);
  reset(f_details, into.details);
  reset(f_user_agent, into.user_agent);
  reset(f_agent, into.agent);
  reset(f_session, into.session);
  reset(f_client_refusal, into.client_refusal);
  reset(f_seen, into.seen);
  reset(f_days_since_logon, into.days_since_logon);
  clear(f_ja4, into.ja4);
  clear(f_client_tls_version, into.client_tls_version);
  reset(f_certificate_faults, into.certificate_faults);
}

}  // namespace

bool unpack(std::string_view packed, Activity& into) {
  if (packed.empty() || packed.size() > kMostPacked || packed.front() != kVersion) return false;
  into.query.reset();
  into.header_names.reset();
  into.host_kind = HostKind::unknown;
  into.port = 0;
  into.type.reset();
  into.admin.reset();
  into.connection_uploaded = 0;
  into.connection_downloaded = 0;
  into.status.reset();
  FieldSet there;
  const bool whole = each_field(packed.substr(1), there,
                                [&](const Read& read) { return unpack_field(read, into); });
  forget_others(there, into);
  return whole && there.has(f_point) && there.has(f_at) && there.has(f_client);
}

bool unpack_details(std::string_view packed, Details& into) {
  return unpack_detail_fields(packed, into);
}

bool unpack_file(std::string_view packed, FileFacts& into) {
  return unpack_file_fields(packed, into);
}

}  // namespace sallyport::policy
