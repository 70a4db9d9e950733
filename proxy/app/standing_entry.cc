// Answers and suspensions as texts in the state store: JSON objects.
//   grant       {"policy", "action", "user", "app", "site", "address", "reason"}
//   suspension  {"user", "reach", "app", "asks", "reason"}
// The id is the entry's key, from and until are its times.

#include "base/core/address.h"
#include "base/json/cursor.h"
#include "discovery/events/decode.h"
#include "proxy/app/standing_book.h"

namespace sallyport::app {

namespace {

using discovery::StateEntry;

// Each member is a text; those that nobody knows are passed over.
template <class Take>
bool read_members(std::string_view json, Take take) {
  JsonCursor cursor(json);
  const bool whole = cursor.object([&](std::string_view key) {
    if (std::string* into = take(key)) return cursor.string(*into);
    return cursor.skip();
  });
  return whole && cursor.at_end();
}

}  // namespace

std::optional<StandingBook::KeptGrant> read_grant(const StateEntry& entry) {
  policy::Grant grant;
  StandingBook::KeptGrant kept;
  std::string action, address;
  const bool read = read_members(entry.value, [&](std::string_view key) -> std::string* {
    if (key == "policy") return &grant.policy_id;
    if (key == "action") return &action;
    if (key == "user") return &grant.user;
    if (key == "app") return &grant.app;
    if (key == "site") return &grant.site;
    if (key == "address") return &address;
    return key == "reason" ? &kept.reason : nullptr;
  });
  const auto id = discovery::parse_ulid(entry.key);
  const auto asked = policy::parse_action(action);
  if (!read || !id || !asked || !can_be_granted(*asked) || grant.policy_id.empty() ||
      !entry.expires) {
    return std::nullopt;
  }
  if (!address.empty()) {
    grant.address = IpAddress::parse(address);
    if (!grant.address) return std::nullopt;
  }
  if (grant.user.empty() && !grant.address) return std::nullopt;
  grant.id = *id;
  grant.action = *asked;
  grant.from = entry.at;
  grant.until = *entry.expires;
  kept.who = entry.who;
  kept.grant = std::make_shared<const policy::Grant>(std::move(grant));
  return kept;
}

std::optional<StandingBook::KeptSuspension> read_suspension(const StateEntry& entry) {
  StandingBook::KeptSuspension kept;
  policy::Suspension& suspension = kept.suspension;
  std::string reach, asks;
  const bool read = read_members(entry.value, [&](std::string_view key) -> std::string* {
    if (key == "user") return &suspension.user;
    if (key == "reach") return &reach;
    if (key == "app") return &suspension.app;
    if (key == "asks") return &asks;
    return key == "reason" ? &kept.reason : nullptr;
  });
  const auto id = discovery::parse_ulid(entry.key);
  const auto known = policy::parse_suspension_reach(reach);
  if (!read || !id || !known || suspension.user.empty()) return std::nullopt;
  if ((*known == policy::Suspension::Reach::app) == suspension.app.empty()) return std::nullopt;
  if (!asks.empty()) {
    const auto asked = policy::parse_action(asks);
    if (!asked || *asked == policy::Action::block || !can_suspend(*asked)) return std::nullopt;
    suspension.action = *asked;
  }
  suspension.id = *id;
  suspension.reach = *known;
  suspension.from = entry.at;
  suspension.until = entry.expires.value_or(Time::max());
  kept.who = entry.who;
  return kept;
}

}  // namespace sallyport::app
