#pragma once
// One activity of the past: what is known of it, how much of it anybody saw, and what was decided.

#include <cstdint>
#include <span>
#include <string_view>

#include "base/core/id.h"
#include "policy/activity/activity.h"

namespace sallyport::policy {

// What a decision comes to. `intercept` is allow; coach, justify and step_up are ask: it was
// stopped until the person answers. A notice is monitor.
enum class Effect : std::uint8_t { allow, monitor, block, bypass, ask };

constexpr std::size_t kEffects = 5;
std::string_view to_string(Effect effect);
Effect effect_of(Action action);

// How far it came before nobody could look on.
enum class Reach : std::uint8_t {
  connection,  // no request: a tunnel, or a connection that was ended before
  request,     // no reply of the origin
  all,
};

struct PastActivity {
  Ulid id;
  Reach reach = Reach::all;
  // That `reach` is not all is the doing of what was decided: a bypass has an inside that nobody
  // saw, a block a reply that never came. Otherwise nothing followed, and nothing is missing.
  bool cut = false;
  Effect then = Effect::allow;
  std::string_view policy_then;  // the name of what decided, "" by default
  // REQUIRES: `status`, where it is known, is the origin's. `point` is connect where a fault of the
  // certificate was seen while the connection was opened, and request where it was seen inside.
  const Activity& facts;
  // Ids of the policies that it passed by a grant then.
  std::span<const std::string_view> granted = {};
};

}  // namespace sallyport::policy
