#pragma once
// The values of one condition, prepared so that a comparison allocates nothing and costs little,
// however many values there are. A matcher answers "is the fact one of these?"; what a missing fact
// means is not asked here.
//
// INVARIANT: immutable after construction.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/core/address.h"
#include "base/core/time_zone.h"
#include "policy/activity/attribute_table.h"

namespace re2 {
class RE2;
}

namespace sallyport::policy {

// Whole texts and globs ('*' any run, '?' one byte). With `fold`, ASCII case does not count.
class TextMatcher {
 public:
  TextMatcher(std::vector<std::string> exact, std::vector<std::string> globs, bool fold);
  bool matches(std::string_view text) const;
  // The whole texts, in small letters where `fold`; null where there are globs too.
  const std::vector<std::string>* only_exact() const { return globs_.empty() ? &exact_ : nullptr; }
  const std::vector<std::string>& exact() const { return exact_; }
  const std::vector<std::string>& globs() const { return globs_; }
  bool folds() const { return fold_; }

 private:
  // Which pairs of neighbouring bytes a text has, as a hash: 256 bits.
  using Pairs = std::array<std::uint64_t, 4>;
  static Pairs pairs_of(std::string_view text, bool is_glob);
  bool any_glob_matches(std::string_view text) const;

  std::vector<std::string> exact_;  // sorted
  std::vector<std::string> globs_;
  std::vector<Pairs>
      needed_;  // what a text that a glob covers must have; empty where globs are few
  bool fold_;
};

// Expressions of RE2, which match anywhere in the text unless they say ^ and $. Linear in the text,
// whatever is written.
class RegexMatcher {
 public:
  explicit RegexMatcher(std::vector<std::shared_ptr<const re2::RE2>> expressions)
      : expressions_(std::move(expressions)) {}
  bool matches(std::string_view text) const;

  // Null and a sentence where `written` is no expression, or one that grows too large.
  static std::shared_ptr<const re2::RE2> parse(std::string_view written, bool fold,
                                               std::string& error);
  // As written.
  std::vector<std::string_view> patterns() const;

 private:
  std::vector<std::shared_ptr<const re2::RE2>> expressions_;
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
  const Patterns& patterns() const { return patterns_; }

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
  // Whether a prefix covers the path, and so everything below it.
  bool covers(std::string_view path) const;
  const std::vector<std::string>& prefixes() const { return prefixes_; }
  const std::vector<std::string>& globs() const { return globs_; }

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
  const std::vector<Interval>& intervals() const { return intervals_; }

 private:
  std::vector<Interval> intervals_;
};

class AddressMatcher {
 public:
  // Host bits are masked away; the compiler has refused them before.
  explicit AddressMatcher(std::vector<IpPrefix> prefixes);
  bool matches(const IpAddress& address) const;
  const std::vector<IpPrefix>& prefixes() const { return prefixes_; }

 private:
  std::vector<IpPrefix>
      prefixes_;  // sorted, none inside another: at most one can contain an address
};

// Moments by the wall clock of a zone.
class TimeMatcher {
 public:
  enum class What : std::uint8_t { of_day, weekday, date };
  // Both ends belong to it. of_day: minutes since midnight; least > most goes over midnight, and
  // `most` is the minute before the end that was written. weekday: 0 is Monday. date: days since
  // 1970-01-01.
  using Interval = NumberMatcher::Interval;
  TimeMatcher(What what, std::shared_ptr<const TimeZone> zone, std::vector<Interval> intervals)
      : what_(what), zone_(std::move(zone)), intervals_(std::move(intervals)) {}
  bool matches(Time time) const;
  What what() const { return what_; }
  const TimeZone* zone() const { return zone_.get(); }
  const std::vector<Interval>& intervals() const { return intervals_; }

 private:
  What what_;
  std::shared_ptr<const TimeZone> zone_;
  std::vector<Interval> intervals_;
};

using Matcher = std::variant<TextMatcher, RegexMatcher, HostMatcher, PathMatcher, NumberMatcher,
                             AddressMatcher, TimeMatcher>;

// Whether `value` is one of the matcher's; for a list, whether any of its texts is. A value of a
// kind that the matcher does not know never matches.
bool matches(const Matcher& matcher, const Value& value);

}  // namespace sallyport::policy
