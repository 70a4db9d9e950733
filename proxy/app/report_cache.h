#pragma once
// Answers that took long, kept for a while: a dashboard over a month of many people costs a second
// of a processor, and people open it again and again.
//
// What took less than kCheap is never kept, so where there is little everything is of now. What
// took longer is fresh for twenty times as long, a minute at most: asking again and again costs a
// twentieth of a processor. Older than that it is still given, for kStale at most, while one of
// those who ask makes it anew.
//
// An answer is valid for what it was made of (Stamp): another catalog, other tags or other people
// make another. When a person was erased, whoever asks next makes all that was kept before go.
// Bounded: kMost answers of kMostBytes together, those asked for longest ago go.
// Thread rule: from any thread.

#include <chrono>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "base/core/clock.h"

namespace sallyport::app {

class ReportCache {
 public:
  using Moment = std::chrono::steady_clock::time_point;
  using Cost = std::chrono::nanoseconds;  // of a processor
  static constexpr std::chrono::milliseconds kCheap{100};
  static constexpr std::chrono::seconds kFreshest{60};
  static constexpr std::chrono::minutes kStale{5};
  static constexpr std::size_t kMost = 64;
  static constexpr std::size_t kMostBytes = 16 << 20;

  // What an answer was made of, alive or not.
  class Stamp {
   public:
    Stamp() = default;
    Stamp(const std::shared_ptr<const void>& first, const std::shared_ptr<const void>& second)
        : first_(first), second_(second) {}
    // Whom it may speak of: another after each erasure (erasure_mark.h).
    void set_erasures(std::string mark) { erasures_ = std::move(mark); }
    const std::string& erasures() const { return erasures_; }
    bool operator==(const Stamp& other) const;

   private:
    std::weak_ptr<const void> first_, second_;
    std::string erasures_;
  };

  struct Answer {
    std::string text;
    std::uint64_t rows = 0;
  };
  struct Found {
    std::shared_ptr<const Answer> answer;  // null: there is none
    std::chrono::seconds age{};
    bool make_anew = false;  // by the caller, who says put() or give_up() when that ended
  };

  // What tells one answer from another: all that was asked but `by` and `reason`. Spans end now, so
  // each is one of its day.
  static std::string key_of(std::string_view what, const std::map<std::string, std::string>& query,
                            Time now);

  Found find(std::string_view key, const Stamp& stamp, Moment now);
  void put(std::string_view key, const Stamp& stamp, Answer answer, Cost cost, Moment now);
  void give_up(std::string_view key);
  std::size_t size() const;

 private:
  struct Kept {
    std::string key;
    Stamp stamp;
    std::shared_ptr<const Answer> answer;
    Moment made;
    std::chrono::nanoseconds fresh{};
    bool being_made = false;
  };
  std::list<Kept>::iterator locate(std::string_view key);
  // What was made before the last erasure that this one knows of.
  void drop_older(const Stamp& stamp);

  mutable std::mutex mutex_;
  std::list<Kept> kept_;  // asked for last at the front
  std::size_t bytes_ = 0;
  std::string erasures_;  // of what is kept
};

}  // namespace sallyport::app
