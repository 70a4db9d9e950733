#pragma once
// Counted use put together as people look at it: by app, user, address, device, country, category
// or day, with how many different ones of the others there were.
//
//   UsageSieve sieve(book, users, filter);
//   UsageFeed feed;
//   UsageRoll apps(UsageBy::service, book), days(UsageBy::day, book);
//   store.read_usage(question, [&](auto period, const auto& entry, const auto& names) {
//     if (!sieve.passes(entry, names)) return;
//     const UsageItem item = feed.take(period, entry, names);
//     apps.add(item); days.add(item);
//   });
//
// REQUIRES: a sieve, a feed and the rolls behind it see the entries of one read_usage() only.
// Memory: a row for each thing that was seen, and at most sixteen bytes for each user, address,
// device or service that a row tells apart. Thread rule: one thread.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/core/clock.h"
#include "base/core/flat_index.h"
#include "base/crypto/flat_key.h"
#include "discovery/store/usage.h"
#include "discovery/store/usage_block.h"
#include "discovery/usage/app_book.h"
#include "discovery/users/user_directory.h"

namespace sallyport::discovery {

// A set of numbers of which only the size is asked: a list while they are few, bits where they are
// many of those that there are.
class Distinct {
 public:
  void add(std::uint32_t number) {
    if (number == last_) return;
    last_ = number;
    if (bits_.empty()) {
      numbers_.push_back(number);
      if (numbers_.size() > 2 * settled_ + 32) settle();
      return;
    }
    set(number);
  }
  std::size_t count() const;
  // One more or so many more, that are known to be others. REQUIRES: none is ever added.
  void count_more(std::size_t count = 1) { counted_ += count; }

 private:
  void settle() const;
  void set(std::uint32_t number) const;

  std::uint32_t last_ = UINT32_MAX;  // no number of ours
  mutable std::vector<std::uint32_t> numbers_;
  mutable std::size_t settled_ = 0;          // the first of them are sorted and unique
  mutable std::vector<std::uint64_t> bits_;  // where it is not empty, all of them
  mutable std::size_t set_ = 0;              // bits
  std::size_t counted_ = 0;
};

struct UsageFilter {
  AppChoice apps;                    // where it asks for something, only apps of the catalog pass
  std::vector<std::string> domains;  // registrable domains of no app; they pass beside `apps`
  std::optional<std::string> user;   // canonical; "" is nobody
  std::string group;                 // that the users' directory says; "" is any
  std::optional<IpPrefix> address;
  std::string country;  // "DE"; "" is any
  std::string device;   // the device's words, or some of them: "windows"; "" is any
};

class UsageSieve {
 public:
  // All outlive it.
  UsageSieve(const AppBook& book, const Users& users, const UsageFilter& filter)
      : book_(book), users_(users), filter_(filter) {}

  bool passes(const UsageEntry& entry, const UsageNames& names);
  // Those of which anything can pass.
  UsageServices services(const UsageNames& names);

 private:
  bool service_passes(const UsageName& name) const;
  bool user_passes(const UsageName& name) const;
  bool device_passes(const UsageName& name) const;

  // What was judged before, by number.
  class Judged {
   public:
    template <class Judge>
    bool operator()(NameNumber number, const Judge& judge) {
      if (number >= known_.size()) known_.resize(number + std::size_t{1});
      signed char& known = known_[number];
      if (known == 0) known = judge() ? 1 : -1;
      return known > 0;
    }

   private:
    std::vector<signed char> known_;
  };

  const AppBook& book_;
  const Users& users_;
  const UsageFilter& filter_;
  Judged services_, users_judged_, devices_;
};

// An entry, and what all rolls ask of it.
struct UsageItem {
  UsagePeriod period;
  const UsageEntry& entry;
  const UsageNames& names;
  std::uint32_t address;  // a number for it
  bool somebody;          // not nobody
  bool is_service;        // an app, or a domain of none
  Time first, last;       // to the minute
};

class UsageFeed {
 public:
  // The item lives as long as the entry and the names.
  UsageItem take(UsagePeriod period, const UsageEntry& entry, const UsageNames& names);
  // The number that items have of it.
  std::uint32_t number(const IpAddress& address);
  std::span<const IpAddress> addresses() const { return by_number_; }

 private:
  // Entries of one user and address come one behind the other.
  Who who_;
  bool any_ = false;
  bool somebody_ = false;
  std::uint32_t address_ = 0;
  const FlatHasher hasher_ = flat_hasher();  // clients choose their IPv6 addresses
  FlatIndex numbers_;
  std::vector<IpAddress> by_number_;
};

enum class UsageBy : std::uint8_t { service, user, address, device, country, category, day };

struct UsageRow {
  std::string name;               // an app's id, a domain, a user, ...; kOther: "(other)"
  NameKind kind = NameKind::app;  // of services
  UsageCounts counts;
  Time first{}, last{};  // to the minute
  Distinct users;        // whose exchanges were let through; nobody is not one
  Distinct blocked_users, asked_users, continued_users;
  Distinct addresses, devices;
  Distinct services;  // apps and domains of none

  std::uint64_t traffic() const { return counts.sent + counts.received; }
};

class UsageRoll {
 public:
  // Whether total() is asked for.
  enum class Total : bool { no, yes };
  UsageRoll(UsageBy by, const AppBook& book, Total total = Total::no)
      : by_(by), book_(book), with_total_(total == Total::yes) {}

  void add(const UsageItem& item);

  // In no order. Of a roll that was filled from blocks (block_rolls.h) by user or by address, at
  // least those that the question shows.
  std::vector<const UsageRow*> rows() const;
  // Of everything that was added. REQUIRES: Total::yes
  const UsageRow& total() const { return total_; }
  // Transactions that are beyond the limits of their day: of whose service, user or address nothing
  // more is known.
  std::uint64_t beyond_limits() const { return beyond_limits_; }

 private:
  friend class BlockRoll;
  friend class ServicePass;
  static constexpr std::uint32_t kNoRow = UINT32_MAX;
  // Where the number of the item's row stands; null: there is no row for it.
  std::uint32_t* place(const UsageItem& item);
  std::uint32_t* dense(std::size_t number);
  std::string name(const UsageItem& item);
  static void count(UsageRow& row, const UsageItem& item);
  const std::string& category(NameNumber service, const UsageNames& names);
  // Null: it is no app.
  std::uint32_t* category_place(NameNumber service, const UsageNames& names);

  const UsageBy by_;
  const AppBook& book_;
  const bool with_total_;
  std::deque<UsageRow> rows_;
  std::vector<std::uint32_t> dense_;                       // rows by number of a thing
  std::unordered_map<std::uint64_t, std::uint32_t> rare_;  // rows of days and countries
  std::uint64_t rare_key_ = 0;                             // the one asked for last
  std::uint32_t* rare_last_ = nullptr;
  UsageRow total_;
  // By service: the number of its category, from 1; 0: not looked up yet.
  std::vector<std::uint32_t> categories_;
  std::map<std::string, std::uint32_t, std::less<>> category_numbers_;
  std::uint64_t beyond_limits_ = 0;
  // By number of a user or an address, before it is known which of them get a row (block_roll.h).
  struct Sum {
    UsageCounts counts;
    Time first{}, last{};
    bool any = false;
  };
  std::vector<Sum> sums_;
};

// What a list is ordered by, and what --more-than compares.
using UsageMetric = std::uint64_t (*)(const UsageRow&);
struct NamedMetric {
  std::string_view name;
  UsageMetric value;
  bool bytes = false;
};
std::span<const NamedMetric> usage_metrics();
const NamedMetric* find_usage_metric(std::string_view name);

}  // namespace sallyport::discovery
