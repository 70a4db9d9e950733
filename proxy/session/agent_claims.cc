#include "proxy/session/agent_claims.h"

#include "base/core/text.h"

namespace sallyport::session {
namespace {

constexpr std::string_view kHint = "Sec-CH-UA";

void take(std::string_view value, std::string_view& into) {
  if (into.empty()) into = value;
}

void take_hint(std::string_view name, std::string_view value, discovery::AgentClaims& claims) {
  if (name.empty()) return take(value, claims.brands);
  if (iequals(name, "-Full-Version-List")) return take(value, claims.full_versions);
  if (iequals(name, "-Mobile")) return take(value, claims.mobile);
  if (iequals(name, "-Platform")) return take(value, claims.platform);
  if (iequals(name, "-Platform-Version")) return take(value, claims.platform_version);
  if (iequals(name, "-Model")) return take(value, claims.model);
}

}  // namespace

discovery::AgentClaims agent_claims(const http::Headers& headers) {
  discovery::AgentClaims claims;
  for (const auto& [name, value] : headers) {
    // Nearly every field is told apart by its first letter.
    const char first = to_lower(name.front());
    if (first == 'u') {
      if (iequals(name, "User-Agent")) take(value, claims.user_agent);
    } else if (first == 's' && istarts_with(name, kHint)) {
      take_hint(name.substr(kHint.size()), value, claims);
    }
  }
  return claims;
}

}  // namespace sallyport::session
