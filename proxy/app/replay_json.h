#pragma once
// What a replay came to, for programs: what `sallyport policy replay --format json` prints and the
// API answers.

#include <string>

#include "discovery/history/history.h"
#include "policy/eval/program.h"

namespace sallyport::app {

inline constexpr std::size_t kMostTransitions = 200;

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
//   changed: how many would be decided otherwise
//   transitions array of {then, policy_then, now, policy_now, count}: those, by what decided and
//     what would, the most first, kMostTransitions at most; no policy: by default
//   touched {users, apps}: of those, the most first: arrays of {name, count}; no name: nobody, or
//     no app
//   newly_blocked {users, apps}: likewise, of those alone
//   repeats_left_out: matches of policies with `repeat` that were not counted; where there are some
//   examples {newly_blocked: array of {id, time, user, client, app, host, method, path, then,
//     policy_then, now, policy_now}, ...}
std::string replay_json(const discovery::History& history, const policy::Program& program);

}  // namespace sallyport::app
