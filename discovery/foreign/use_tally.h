#pragma once
// Counted use summed up before it is kept: what one user, from one address, with one device, used
// of one service within one hour is one count.
//
//   tally.add(use);
//   if (tally.size() >= UseTally::kMost) { keep(tally.uses()); tally.clear(); }
//
// Memory: about 30 MiB with kMost counts. Thread rule: one thread.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/flat_index.h"
#include "base/crypto/flat_key.h"
#include "discovery/store/usage_count.h"

namespace sallyport::discovery::foreign {

class UseTally {
 public:
  static constexpr std::size_t kMost = 64 * 1024;

  void add(const CountedUse& use);
  std::size_t size() const { return sums_.size(); }
  // By day, so that whoever keeps them goes from one to the next; else as they came. Texts live
  // until the next add() or clear().
  std::vector<CountedUse> uses() const;
  void clear();

 private:
  struct Key {
    std::int64_t hour = 0;  // since 1970
    std::uint32_t user = 0, device = 0, service = 0;
    NameKind kind = NameKind::app;
    std::array<char, 2> country{};
    IpAddress address;
    bool operator==(const Key&) const = default;
  };
  struct Sum {
    Key key;
    UsageCounts counts;
    std::uint16_t first = 0, last = 0;
  };

  std::uint64_t hash(const Key& key) const;
  std::uint32_t number(std::string_view text);

  const FlatHasher hasher_ = flat_hasher();
  std::vector<Sum> sums_;
  FlatIndex index_;  // to sums_
  std::vector<std::string> texts_;
  FlatIndex numbers_;  // to texts_
};

}  // namespace sallyport::discovery::foreign
