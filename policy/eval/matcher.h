#pragma once
// The values of one condition, prepared so that a comparison allocates nothing and costs little,
// however many values there are. A matcher answers "is the fact one of these?"; what a missing fact
// means is not asked here.
//
// INVARIANT: immutable after construction.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/core/address.h"
#include "policy/activity/attribute_table.h"

namespace sallyport::policy {

// Whole texts and globs ('*' any run, '?' one byte). With `fold`, ASCII case does not count.
class TextMatcher {
 public:
  TextMatcher(std::vector<std::string> exact, std::vector<std::string> globs, bool fold);
  bool matches(std::string_view text) const;

 private:
  std::vector<std::string> exact_;  // sorted
  std::vector<std::string> globs_;
  bool fold_;
};

// Host names in canonical form (base/core/host.h).
class HostMatcher {
 public:
  struct Patterns {
    std::vector<std::string> exact;  // "=example.com"
    std::vector<std::string> under;  // "example.com": itself and everything below
    std::vector<std::string> below;  // "*.example.com": only what is below
  };
  explicit HostMatcher(Patterns patterns);
  bool matches(std::string_view host) const;

 private:
  Patterns
      patterns_;  // each list sorted, without "=" and "*."; in the latter two no name below another
};

// Paths, case kept. A prefix ends at a segment: "/admin" covers "/admin" and "/admin/x", not
// "/administrator"; "/admin/" covers only what is below.
class PathMatcher {
 public:
  PathMatcher(std::vector<std::string> prefixes, std::vector<std::string> globs);
  bool matches(std::string_view path) const;

 private:
  std::vector<std::string> prefixes_;  // sorted
  std::size_t longest_ = 0;            // of the prefixes, in bytes
  std::vector<std::string> globs_;
};

class NumberMatcher {
 public:
  struct Interval {  // both ends belong to it
    std::int64_t least = 0;
    std::int64_t most = 0;
  };
  explicit NumberMatcher(std::vector<Interval> intervals) : intervals_(std::move(intervals)) {}
  bool matches(std::int64_t number) const;

 private:
  std::vector<Interval> intervals_;
};

class AddressMatcher {
 public:
  // Host bits are masked away; the compiler has refused them before.
  explicit AddressMatcher(std::vector<IpPrefix> prefixes);
  bool matches(const IpAddress& address) const;

 private:
  std::vector<IpPrefix>
      prefixes_;  // sorted, none inside another: at most one can contain an address
};

using Matcher = std::variant<TextMatcher, HostMatcher, PathMatcher, NumberMatcher, AddressMatcher>;

// Whether `value` is one of the matcher's; for a list, whether any of its texts is. A value of a
// kind that the matcher does not know never matches.
bool matches(const Matcher& matcher, const Value& value);

}  // namespace sallyport::policy
