#pragma once
// Counted use summed up before it is kept: what one user, from one address, with one device, used
// of one service within one hour is one count.
//
//   tally.add(use);
//   if (tally.size() >= UseTally::kMost) { keep(tally.uses()); tally.clear(); }
//
// Memory: about 20 MiB with kMost counts. Thread rule: one thread.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "discovery/store/usage_count.h"

namespace sallyport::discovery::foreign {

class UseTally {
 public:
  static constexpr std::size_t kMost = 64 * 1024;

  void add(const CountedUse& use);
  std::size_t size() const { return sums_.size(); }
  // By day, so that whoever keeps them goes from one to the next. Texts live until clear().
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
  struct HashKey {
    std::size_t operator()(const Key& key) const;
  };
  struct Sum {
    UsageCounts counts;
    std::uint16_t first = 0, last = 0;
  };
  struct HashText : std::hash<std::string_view> {
    using is_transparent = void;
  };

  std::uint32_t number(std::string_view text);

  std::unordered_map<Key, Sum, HashKey> sums_;
  std::unordered_map<std::string, std::uint32_t, HashText, std::equal_to<>> numbers_;
  std::vector<const std::string*> texts_;  // by number; keys of numbers_
};

}  // namespace sallyport::discovery::foreign
