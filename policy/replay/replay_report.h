#pragma once
// What a replay came to.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/core/address.h"
#include "base/core/clock.h"
#include "base/core/id.h"
#include "policy/replay/past_activity.h"

namespace sallyport::policy {

// Of one policy. What it cannot be judged by is counted, never guessed.
struct PolicyTally {
  // Its conditions hold, whether or not it came to decide. app_discovery: days of apps
  std::uint64_t matched = 0;
  std::uint64_t decided = 0;  // access, session, tls
  // activity: each match, or with `repeat` each time that one user made it full, which begins anew
  std::uint64_t reported = 0;
  std::uint64_t rehearsed = 0;  // would have decided or reported, in rehearsal
  std::uint64_t alerts = 0;     // that it raises, before its daily limit
  std::uint64_t newly_blocked = 0;
  // It may match, if only something were known that:
  std::uint64_t not_kept = 0;  // no record keeps (query, header names)
  std::uint64_t not_seen = 0;  // nobody saw: inside a bypassed connection, behind a block

  bool operator==(const PolicyTally&) const = default;
};

enum class Change : std::uint8_t {
  newly_blocked,
  no_longer_blocked,
  newly_bypassed,
  no_longer_bypassed,
  newly_asked,
  no_longer_asked,
};
constexpr std::size_t kChanges = 6;
std::string_view to_string(Change change);

struct ReplayExample {
  Ulid id;
  Time at;
  std::string user;
  IpAddress client;
  std::string app;  // its name
  std::string host;
  std::string method;
  std::string path;
  Effect then = Effect::allow;
  std::string policy_then;
  Effect now = Effect::allow;
  std::string policy_now;
};

struct ReplayTop {
  std::string name;  // "" for nobody, or for no app
  std::uint64_t count = 0;

  bool operator==(const ReplayTop&) const = default;
};

// What would be decided otherwise, by what decided and what would decide.
struct ReplayTransition {
  Effect then = Effect::allow;
  std::string policy_then;  // "" by default
  Effect now = Effect::allow;
  std::string policy_now;  // likewise
  std::uint64_t count = 0;

  bool operator==(const ReplayTransition&) const = default;
};

struct ReplayReport {
  std::uint64_t judged = 0;
  // Of those: a policy that cannot be judged stands before what would decide, and would do
  // something else. They are in no change.
  std::uint64_t unsure = 0;
  // [then][now] of the others.
  std::array<std::array<std::uint64_t, kEffects>, kEffects> effects{};
  std::array<std::uint64_t, kChanges> changes{};
  std::vector<PolicyTally> policies;  // in the order of the program's
  std::vector<ReplayTop> users;       // of what is newly blocked, the most first
  std::vector<ReplayTop> apps;        // names, likewise
  // Of everything that would be decided otherwise, likewise.
  std::vector<ReplayTop> touched_users;
  std::vector<ReplayTop> touched_apps;
  std::vector<ReplayTransition> transitions;  // every one, the most first
  // Matches of policies with `repeat` for which there was no room: their counts are too small.
  std::uint64_t repeats_left_out = 0;
  std::array<std::vector<ReplayExample>, kChanges> examples;  // the newest, newest first
};

}  // namespace sallyport::policy
