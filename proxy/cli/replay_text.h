#pragma once
// What a replay came to, for people and for programs.

#include <string>

#include "base/core/diagnostics.h"
#include "discovery/history/history.h"
#include "policy/eval/program.h"

namespace sallyport::cli {

// Ends with a newline; texts went through printable().
std::string replay_table(const discovery::History& history, const policy::Program& program);

// One object:
//   since, until
//   events {all, judged, unsure, without_facts, unreadable, refused}
//   changes {newly_blocked, no_longer_blocked, newly_bypassed, no_longer_bypassed, newly_asked,
//     no_longer_asked}
//   effects array of {then, now, count}: allow, monitor, block, bypass, ask
//   policies array of {order, id, name, kind, mode, matched, decided, reported, rehearsed, alerts,
//     newly_blocked, not_kept, not_seen}; of app_discovery policies days of apps are counted
//   apps_by_day {all, left_out, newest: array of {day, app, name, policy, came_to, tag, alert,
//     suppressed}}; no tag: the app would get none
//   newly_blocked {users, apps}: arrays of {name, count}; no name: nobody, or no app
//   examples {newly_blocked: array of {id, time, user, client, app, host, method, path, then,
//     policy_then, now, policy_now}, ...}
std::string replay_json(const discovery::History& history, const policy::Program& program);

// A warning for each policy that was in force in the span and matched nothing in it. None for one
// that cannot be judged by the past: app_discovery policies, and those that asked for what is not
// kept or was not seen.
void warn_of_never_matched(const discovery::History& history, const policy::Program& program,
                           Diagnostics& found);

}  // namespace sallyport::cli
