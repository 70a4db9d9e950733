#pragma once
// How alerts are handled (discovery/alerts/handling.h), as the desk keeps it: each step in the
// state store first.
//
// Bounded: see the constants. Where there is no room, what was closed longest ago is forgotten (the
// alert is then open again to whoever looks, which is the safe side; it is told in the log).
//
// INVARIANT: what is in it was durable first. Thread rule: the desk's.

#include <chrono>
#include <expected>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "discovery/alerts/alert_store.h"
#include "discovery/alerts/handling.h"
#include "discovery/store/state_store.h"
#include "proxy/app/standing_book.h"

namespace sallyport::app {

class AlertBook {
 public:
  static constexpr std::size_t kMost = 50'000;         // alerts that somebody touched
  static constexpr std::size_t kMostLooked = 100'000;  // alerts that a filter looks through

  using Refusal = StandingBook::Refusal;

  // Null: nothing was ever kept, and nothing can be.
  explicit AlertBook(discovery::StateStore* store) : store_(store) {}

  // What was kept. Once, before anything else. What cannot be read is left out, with a warning.
  Result<void> load(Time now);

  // Of one that nobody touched: open and unread.
  const discovery::AlertHandling& of(const Ulid& alert) const;
  // 400: the step cannot be done; 503: not kept.
  std::expected<const discovery::AlertHandling*, Refusal> apply(const discovery::Alert& alert,
                                                                const discovery::AlertStep& step);
  // Ids of those that were read, sorted.
  std::vector<Ulid> read() const;
  // Grows with everything that changes what is told of alerts.
  std::uint64_t changes() const { return changes_; }
  std::size_t size() const { return handled_.size(); }
  // Of a person who was erased: the store has let go of it already.
  void drop(const Ulid& alert) {
    handled_.erase(alert);
    ++changes_;
  }

 private:
  bool make_room(Time now);

  discovery::StateStore* store_;
  std::map<Ulid, discovery::AlertHandling> handled_;
  std::uint64_t changes_ = 0;
};

// Alerts as the query says, of those that `filter` keeps.
Result<std::vector<discovery::Alert>> find_alerts(discovery::AlertStore& store,
                                                  discovery::AlertQuery query,
                                                  const discovery::AlertStateFilter& filter,
                                                  const AlertBook& book);

// As append_json(alert), with how it is handled.
void append_json(std::string& out, const discovery::Alert& alert,
                 const discovery::AlertHandling& handling, bool with_history);

}  // namespace sallyport::app
