#pragma once
// What each app comes to on one day (UTC), for app_discovery policies: bytes, exchanges, users and
// addresses.
//
// Counted is what was let through to a host of an app in the catalog. A host of no app counts for
// its registrable domain, unless the lists of discovery/catalog say that it is no app at all
// (tracker, CDN, ...); an address, or a name without a registrable domain, counts nowhere. What was
// blocked or refused is no use of an app, and is left out.
//
// Bounds: kMostApps apps and domains, kMostMarks marks of users and addresses: at most about 14
// MiB. Past them the eighth that was not seen for longest is forgotten, and counted. Today and
// yesterday are kept. Thread rule: one thread.

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "discovery/alerts/alert_store.h"
#include "discovery/alerts/distinct_count.h"
#include "discovery/events/event.h"
#include "policy/eval/compiled_policy.h"

namespace sallyport::discovery {

struct AppDay {
  std::string app;  // an id of the catalog, or a domain (it has a dot)
  std::chrono::sys_days day;
  std::uint64_t uploaded = 0;    // bytes
  std::uint64_t downloaded = 0;  // bytes
  std::uint64_t transactions = 0;
  DistinctCount users;  // those that are known
  DistinctCount addresses;
  std::vector<Ulid> events;       // the last kMostEvents
  std::vector<std::string> done;  // ids of policies that had their say on that day

  static constexpr std::size_t kMostEvents = 20;

  bool is_done(std::string_view policy_id) const;

  std::uint64_t seen = 0;  // Which of all was added to last.
  bool changed = false;    // since take_changes()
};

// More than every threshold that is set. False where none is.
bool exceeds(const AppDay& day, const policy::DailyThresholds& thresholds);
// "traffic 61.0 MiB (> 47.7 MiB), users 51 (> 50)": of those that are set.
std::string describe(const AppDay& day, const policy::DailyThresholds& thresholds);

// What app_discovery policies count. Pure; the gateway (AppDays) and replay count by these alone.
//
// The app, or the domain, for which it counts; "" where it counts nowhere.
std::string_view app_of_day(EventKind kind, Ending ending, const policy::Activity& facts);
void count_use(AppDay& day, const policy::Activity& facts, std::uint64_t uploaded,
               std::uint64_t downloaded);
// What is known of an app by itself, which is what the conditions are asked about.
policy::Activity facts_of_app(const policy::Activity& facts, Time at);

class AppDays {
 public:
  static constexpr std::size_t kMostApps = 4096;
  static constexpr std::size_t kMostMarks = 1024 * 1024;

  explicit AppDays(std::size_t most_apps = kMostApps, std::size_t most_marks = kMostMarks)
      : most_apps_(most_apps), most_marks_(most_marks) {}

  // Null: it counts nowhere. Valid until the next call of a member that is not const.
  AppDay* add(const Event& event, std::chrono::sys_days day);

  // What an earlier process counted comes on top; left out where there is no room.
  void restore(const AppDayRecord& record);
  // What changed since the last call, or since mark_all_changed().
  std::vector<AppDayRecord> take_changes();
  void mark_all_changed();
  void forget_before(std::chrono::sys_days day);

  std::size_t apps() const;
  std::uint64_t forgotten() const { return forgotten_; }

 private:
  void make_room();
  static std::size_t marks_of(const AppDay& day) {
    return day.users.marks().size() + day.addresses.marks().size();
  }

  struct HashText {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };
  using Apps = std::unordered_map<std::string, AppDay, HashText, std::equal_to<>>;

  const std::size_t most_apps_;
  const std::size_t most_marks_;
  std::map<std::chrono::sys_days, Apps> days_;
  std::size_t marks_ = 0;
  std::uint64_t turn_ = 0;
  std::uint64_t forgotten_ = 0;
};

}  // namespace sallyport::discovery
