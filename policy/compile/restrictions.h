#pragma once
// What apps want to be told of which of their tenants may be used: fields that a gateway adds to
// requests, on some hosts. Data, from the vendors' documents; each entry says whence and when it
// was looked up.
//
//   restrict_tenants:
//     google_workspace: [corp.example]
//     slack: { requester: T0123, workspaces: [T0123, E0456] }

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/diagnostics.h"
#include "policy/eval/compiled_policy.h"
#include "policy/model/policy.h"

namespace sallyport::policy {

// What a value must look like.
enum class RestrictionValue : std::uint8_t {
  domain,        // corp.example
  tenant,        // a domain or a GUID
  guid,          // 8-4-4-4-12 hexadecimal digits
  guid_pair,     // two of them with ':' between
  identifier,    // letters, digits, '-', '_', ':', at most 128
  organization,  // the number of one
  word,          // RestrictionField::written, which stands for RestrictionField::sent
};

struct RestrictionField {
  std::string_view header;
  std::string_view part;  // "tenants" of { tenants: [...], directory: ... }; "": values alone
  RestrictionValue value = RestrictionValue::identifier;
  bool one = false;  // takes a single value
  std::string_view written = {};
  std::string_view sent = {};
};

struct Restriction {
  std::string_view name;  // as it is written under restrict_tenants
  std::string_view doc;
  std::span<const RestrictionField> fields;
  std::span<const std::string_view> hosts;   // as HeaderOnHosts'
  std::span<const std::string_view> family;  // likewise
  std::string_view source;                   // whose document
  std::string_view date;                     // when it was looked up
};

std::span<const Restriction> tenant_restrictions();  // by name
// The levels of `restrict_youtube`, and the hosts that heed it.
std::span<const std::string_view> youtube_levels();

std::span<const std::string_view> safe_search_levels();

// What `safe_search` comes to; a fault is added to `found`.
std::vector<ParameterOnHosts> lower_safe_search(const Policy& policy, Diagnostics& found);

// What a policy's restrict_tenants and restrict_youtube come to. Faults are added to `found`.
std::vector<HeaderOnHosts> lower_restrictions(const Policy& policy, Diagnostics& found);

}  // namespace sallyport::policy
