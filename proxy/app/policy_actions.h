#pragma once
// Webhook actions that policies call: `on_alerts_of` of an action names them, and an alert of
// theirs asks for a call, as a person would (action_book.h), with the alert's user, app and id.
//
//   - One call for one incident: none where the action was called for this alert already, or for
//     the same policy, user and app within kIncidentOfAction.
//   - At most kMostActionsADay calls of policies a day (UTC) of each action; past them it is a
//   warning of
//     the log, and the alert is there.
//   - What the action needs and the alert does not have (the user of an alert about an app) is a
//     warning too.
//
// The book is asked for what was called before, so all this holds over restarts; policy_calls.h
// sees that no alert is left out by a crash. Thread rule: the desk's.

#include <chrono>
#include <string>
#include <string_view>

#include "base/core/clock.h"
#include "discovery/alerts/alert.h"
#include "proxy/app/action_caller.h"

namespace sallyport::app {

inline constexpr std::chrono::hours kIncidentOfAction{2};
inline constexpr std::size_t kMostActionsADay = 50;

// Whether the action is to be called for alerts of that policy.
bool is_called_for(const ActionConfig& action, const discovery::Alert& alert);
// Who asks: "policy mass-download".
std::string asked_by_policy(std::string_view policy_id);

void call_for_alert(ActionCaller& caller, const discovery::Alert& alert, Time now);
// Instead: where a call would be asked for, the book has one that failed, because it is too late.
void say_not_called(ActionCaller& caller, const discovery::Alert& alert, Time now);

}  // namespace sallyport::app
