#pragma once
// What app_discovery policies would have said of each day (UTC) of the past, by what apps came to
// on it: thresholds, tags, alerts, once per app and policy in 90 days, within alerts_per_day; as
// discovery/alerts does it.
//
// What differs from the gateway: a condition holds of an app's day where it holds of any of its
// events, not only of those behind the threshold. Counted is what was let through then, whatever
// other policies would do now; a day that the span cuts is counted as far as it reaches.
//
// Bounds: kMostAppDays; what comes behind them is counted as left out.
// Thread rule: one thread; merge() for those of several. The program outlives it.

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "discovery/alerts/app_days.h"
#include "discovery/store/past.h"
#include "policy/eval/program.h"
#include "policy/replay/replay_report.h"

namespace sallyport::discovery {

// One policy would have spoken of one app on one day.
struct AppFinding {
  std::uint32_t policy = 0;  // its number
  std::chrono::sys_days day;
  std::string app;          // an id of the catalog, or a domain
  std::string name;         // "Dropbox"; the domain where it is none of the catalog
  std::string why;          // "users 51 (> 50)"
  bool tags = false;        // it would have got the policy's tag
  bool alert = false;       // an alert would have been raised
  bool suppressed = false;  // ... but for alerts_per_day
};

struct AppReplayReport {
  std::uint64_t findings = 0;
  std::vector<AppFinding> newest;  // newest day first, then in the order of policies and apps
  std::uint64_t left_out = 0;      // uses of apps for which there was no room
};

class AppReplay {
 public:
  static constexpr std::size_t kMostAppDays = 200'000;

  explicit AppReplay(const policy::Program& program, std::size_t most_app_days = kMostAppDays)
      : policies_(program.app_policies()), most_app_days_(most_app_days) {}

  void add(const PastEvent& event, const policy::Activity& facts);
  // `other` is of the same program.
  void merge(AppReplay other);

  // `most`: findings that are named. Adds to `tallies`, by number: matched is the app's days over
  // the thresholds, reported and rehearsed the findings, alerts those that are raised.
  AppReplayReport report(std::size_t most, std::vector<policy::PolicyTally>& tallies) const;

 private:
  struct Used {
    AppDay sums;
    std::string name;
    bool in_catalog = false;
    std::vector<bool> holds;    // by place in policies_: its conditions did, of some event
    std::vector<bool> has_tag;  // by place in policies_: the app had its tag already
    // What was asked last, so that the same is not asked again.
    std::string host;
    std::vector<std::string> tags;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };
  using Apps = std::unordered_map<std::string, Used, Hash, std::equal_to<>>;

  Used* find(std::chrono::sys_days day, std::string_view app);
  void ask(Used& used, const policy::Activity& facts, Time at, bool fresh) const;

  std::vector<const policy::CompiledPolicy*> policies_;
  std::size_t most_app_days_;
  std::map<std::chrono::sys_days, Apps> days_;
  std::size_t app_days_ = 0;
  std::uint64_t left_out_ = 0;
};

}  // namespace sallyport::discovery
