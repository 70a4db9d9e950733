#pragma once
// How much counted use may take, so that nobody who invents names, addresses or User-Agents fills
// the disk, and nobody hides others by it.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "base/core/flat_index.h"
#include "base/crypto/flat_key.h"
#include "discovery/store/usage.h"

namespace sallyport::discovery {

// Of one day, about: of names that were there the day before and again the day after, more may
// pass.
struct UsageLimits {
  std::size_t users = 50'000;
  std::size_t devices = 1'000;
  std::size_t domains = 20'000;  // of no app
  // Of those, how many one user (or, without one, one address) may be the first to bring.
  std::size_t domains_of_one = 1'000;
  std::size_t whos = 100'000;       // user, device, country and address together
  std::size_t whos_of_one = 64;     // of one user
  std::size_t entries = 2'000'000;  // who and service together
};

constexpr std::size_t kMostUsageName = 512;  // bytes; longer ones are `other`

// For FlatIndex.
std::uint64_t hash_of(const Who& who, const FlatHasher& hasher);

// What one day has already, to hold it to the limits.
class UsageDay {
 public:
  explicit UsageDay(const UsageLimits& limits) : limits_(limits) {}

  // An entry that is kept already.
  void restore(const UsageEntry& entry);

  // As whom it is counted. `nobody`: the number of the user "".
  Who admit(const Who& who, NameNumber nobody);
  // Whether this one may bring one more domain that was not there on this day.
  bool may_bring_domain(const Who& who, NameNumber nobody) const;
  void brought_domain(const Who& who, NameNumber nobody);

  void set_entries(std::size_t entries) { entries_ = entries; }
  std::size_t entries() const { return entries_; }

 private:
  bool has(const Who& who) const;
  void remember(const Who& who);
  // Who is held to account.
  static Who one(const Who& who, NameNumber nobody);

  const UsageLimits limits_;
  FlatHasher hasher_ = flat_hasher();
  std::vector<Who> whos_;
  FlatIndex index_;  // to whos_
  std::map<NameNumber, std::size_t> of_user_;
  std::map<Who, std::size_t> brought_;
  std::size_t entries_ = 0;
};

}  // namespace sallyport::discovery
