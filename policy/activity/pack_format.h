#pragma once
// The format of packed facts, for pack.cc and unpack.cc.
//
//   packed = version field*
//   field  = key value
//   key    = varint: the fact's number * 2, and 1 more where the value is bytes
//   value  = a varint, or bytes: a varint that counts them, then they
//   varint = seven bits a byte, the lowest first; the top bit says that another byte follows
//
// Of the bytes: a text is itself; a list is (length text)*; an address is 4 or 16 bytes; a group
// (client, destination, app, agent, file) is field* with numbers of its own; a location is two
// IEEE 754 doubles, little end first. Numbers that may be negative are zigzag: 0, -1, 1, -2, ...
//
// A fact that is not known has no field; neither has a text that is "", a number that is 0 or an
// empty list, unless the fact is optional and there. A field stands once. Fields come in any order.
//
// A field's number, and a word's number, are never used again for something else.

#include <cstdint>

#include "policy/activity/words.h"

namespace sallyport::policy::packed {

inline constexpr char kVersion = 1;

enum Field : unsigned {
  f_point = 1,
  f_at,
  f_user,
  f_user_names,
  f_user_domain,
  f_groups,
  f_device_tags,
  f_client,
  f_destination,
  f_host,
  f_domain,
  f_host_kind,
  f_host_tags,
  f_port,
  f_scheme,
  f_app,
  f_method,
  f_path,
  f_type,
  f_admin,
  f_file,
  f_user_agent,
  f_agent,
  f_ja4,
  f_client_tls_version,
  f_connection_uploaded,
  f_connection_downloaded,
  f_certificate_faults,
  f_status,
  f_details,
  f_session,
  f_client_refusal,
  f_seen,
  f_days_since_logon,
};

// Days by their SeenTrait, from 1: 1 is the first time, 2 today.
enum SeenField : unsigned { n_days = 1, n_uncommon = n_days + 6 };

enum SessionField : unsigned { s_uploaded = 1, s_downloaded, s_requests, s_minutes };

enum AddressField : unsigned {
  a_address = 1,
  a_category,
  a_tags,
  a_range,
  a_country,
  a_asn,
  a_isp,
  a_location,
};

enum AppField : unsigned { p_id = 1, p_name, p_category, p_tags, p_risk };

// A group in a group: share() of risk_facts.h makes it, once for each app.
enum RiskField : unsigned {
  r_score = 1,
  r_has,
  r_lacks,
  r_headquarters,
  r_data_centers,
  r_founded,
  r_breached,
};

enum AgentField : unsigned {
  g_app = 1,
  g_device,
  g_tags,
  g_browser,
  g_browser_version,
  g_os,
  g_os_version,
};

enum FileField : unsigned {
  l_name = 1,
  l_extension,
  l_type,
  l_size,
  l_sniffed_type,
  l_family,
  l_sha256,
  l_scan_status,
  l_name_tags,
};

// The fields of details have their numbers in detail_texts() and detail_lists().

// The numbers of words are those of their enumerators, so that a new one is added at the end.
static_assert(static_cast<int>(Point::download) == 4);
static_assert(static_cast<int>(ActivityType::delete_) == 9 &&
              static_cast<int>(ActivityType::consent) == 23 &&
              static_cast<int>(ActivityType::admin) == 24);
static_assert(static_cast<int>(IpCategory::other) == 6);
static_assert(static_cast<int>(HostKind::infrastructure) == 6);
static_assert(static_cast<int>(DeviceType::other) == 3);
static_assert(static_cast<int>(ClientApp::other) == 2);
static_assert(static_cast<int>(AgentTag::robot) == 3);
static_assert(static_cast<int>(ClientRefusal::closed_after_certificate) == 3);
static_assert(static_cast<int>(SeenTrait::isp) == 5 && kSeenTraits == 6);

constexpr std::uint64_t zigzag(std::int64_t value) {
  return static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
}
constexpr std::int64_t unzigzag(std::uint64_t value) {
  return static_cast<std::int64_t>(value >> 1 ^ (~(value & 1) + 1));
}

inline constexpr AgentTag kAgentTags[] = {AgentTag::native_client, AgentTag::outdated_browser,
                                          AgentTag::outdated_os, AgentTag::robot};

}  // namespace sallyport::policy::packed
