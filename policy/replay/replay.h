#pragma once
// Judges activities of the past by other policies, and counts what would change.
//
//   Replay replay(program);
//   for (...) replay.judge(past);
//   ReplayReport report = replay.report();
//
// Compared is with what was decided then, or, with `before`, with what those policies say, judged
// the same way: so two sets of policies can be compared over the same past.
//
// Access, session and tls policies are asked as the gateway asks them (Program::decide_whole): at
// connect, then where the origin's certificate was faulty about that, which ends it; at the request
// and at the reply. Activity policies are asked with all that is known at the end, unless the
// connection would not be opened any more. What differs from the gateway:
//  - a connection is judged by the one name and the one address that its event has, where the
//    gateway asks for both names (CONNECT, SNI) and every address;
//  - the app at connect is that of the request's path, where a path is an app of its own;
//  - app_discovery policies are judged by days, so not here (discovery/history/app_replay.h);
//  - a grant of then counts for the policy of the same id, if that still asks. Others are in no
//    record: each activity that a policy would ask about counts as asked, although one answer would
//    have let the next ones pass. Nobody is suspended.
//
// What cannot be judged is counted for each policy (PolicyTally): the query and header names are in
// no record, a bypassed connection has an inside that nobody saw, and what was blocked got no
// reply. Where such a policy could decide otherwise, the activity is `unsure` and counts in no
// change.
//
// Pure: no files, no clock. The order of the activities does not matter.
// Thread rule: one thread per Replay; merge() for those of several. The programs outlive it.

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "policy/eval/program.h"
#include "policy/replay/past_activity.h"
#include "policy/replay/repeat_count.h"
#include "policy/replay/replay_report.h"

namespace sallyport::policy {

class Replay {
 public:
  struct Options {
    const Program* before = nullptr;  // null: what was decided then
    std::size_t examples = 10;        // of each change
    std::size_t top = 10;             // users and apps
    // Matches of policies with `repeat` that are held, 40 bytes each and their names; 0: all. What
    // comes behind them is counted (ReplayReport::repeats_left_out).
    std::size_t most_repeats = 0;
  };
  explicit Replay(const Program& program) : Replay(program, Options()) {}
  Replay(const Program& program, Options options);

  void judge(const PastActivity& past);
  // `other` is of the same programs and options.
  void merge(Replay other);
  ReplayReport report() const;

 private:
  struct Judged {
    Decision decision;
    Effect effect = Effect::allow;
    bool sure = true;
  };
  Judged judge_by(const Program& program, const std::vector<std::uint32_t>& unkept,
                  const PastActivity& past) const;
  // A policy that asks for what is not kept, and it matters.
  bool unsettled(const CompiledPolicy& policy, const PastActivity& past) const;
  void count_policies(const PastActivity& past, const Judged& now);
  void count_not_seen(const PastActivity& past);
  void count_change(const PastActivity& past, const Judged& now, Effect then,
                    std::string_view policy_then);
  void keep_example(Change change, ReplayExample example);

  const Program& program_;
  const Options options_;
  // Policies that ask for what no record keeps, by number.
  const std::vector<std::uint32_t> unkept_;
  const std::vector<std::uint32_t> unkept_before_;
  std::vector<bool> asks_for_unkept_;  // by number
  ReplayReport sums_;  // without `users` and `apps`; examples as a heap, the oldest first
  using Counts = std::map<std::string, std::uint64_t, std::less<>>;
  Counts users_;  // of what is newly blocked
  Counts apps_;
  // By what decided then and would now; as many as there are pairs of policies at most.
  using Transition = std::tuple<Effect, std::string, Effect, std::string>;
  std::map<Transition, std::uint64_t, std::less<>> transitions_;
  Counts touched_users_;  // of every change
  Counts touched_apps_;
  RepeatCount repeats_;
};

// Numbers of the policies that ask for a `passing` attribute, in the order written.
std::vector<std::uint32_t> policies_that_ask_for_unkept(const Program& program);

// As CompiledPolicy::judge(), but a `passing` attribute may still come to be anything.
Outcome judge_without_unkept(const CompiledPolicy& policy, Point point, const Activity& activity);

}  // namespace sallyport::policy
