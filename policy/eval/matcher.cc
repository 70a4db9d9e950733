#include "policy/eval/matcher.h"

#include <algorithm>
#include <array>
#include <functional>
#include <re2/re2.h>

#include "base/core/text.h"

namespace sallyport::policy {
namespace {

// Lower case, without an allocation for texts of ordinary size.
class Folded {
 public:
  explicit Folded(std::string_view text) {
    if (text.size() <= small_.size()) {
      std::transform(text.begin(), text.end(), small_.begin(), to_lower);
      view_ = {small_.data(), text.size()};
    } else {
      large_ = lower(text);
      view_ = large_;
    }
  }
  Folded(const Folded&) = delete;
  Folded& operator=(const Folded&) = delete;

  std::string_view view() const { return view_; }

 private:
  std::array<char, 256> small_;
  std::string large_;
  std::string_view view_;
};

// As if both were in lower case.
bool folded_less(std::string_view a, std::string_view b) {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return static_cast<unsigned char>(to_lower(x)) < static_cast<unsigned char>(to_lower(y));
  });
}

// Host names by their labels from the right: "example.com", "a.example.com", "b.a.example.com",
// "x-example.com". A name comes right before what is below it, because '.' counts as the least
// character.
bool domain_less(std::string_view a, std::string_view b) {
  const auto rank = [](char c) { return c == '.' ? 0 : static_cast<unsigned char>(c); };
  return std::lexicographical_compare(a.rbegin(), a.rend(), b.rbegin(), b.rend(),
                                      [&](char x, char y) { return rank(x) < rank(y); });
}

bool is_below(std::string_view host, std::string_view parent) {
  return host.size() > parent.size() && host.ends_with(parent) &&
         host[host.size() - parent.size() - 1] == '.';
}

void sort_unique(std::vector<std::string>& texts) {
  std::sort(texts.begin(), texts.end());
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
}

// By domain_less, and without names below others: then, if a parent of a host is among them, it is
// what stands right before the host.
void sort_domains(std::vector<std::string>& names) {
  std::sort(names.begin(), names.end(), domain_less);
  std::vector<std::string> kept;
  for (std::string& name : names) {
    if (kept.empty() || (name != kept.back() && !is_below(name, kept.back()))) {
      kept.push_back(std::move(name));
    }
  }
  names = std::move(kept);
}

bool has(const std::vector<std::string>& sorted, std::string_view text) {
  return std::binary_search(sorted.begin(), sorted.end(), text, std::less<>());
}

// The last of `domains` that is not behind `host`, or null.
const std::string* find_nearest(const std::vector<std::string>& domains, std::string_view host) {
  const auto after = std::upper_bound(domains.begin(), domains.end(), host, domain_less);
  return after == domains.begin() ? nullptr : &*std::prev(after);
}

constexpr std::size_t kManyGlobs = 4;

bool any_glob(const std::vector<std::string>& globs, std::string_view text) {
  return std::any_of(globs.begin(), globs.end(),
                     [&](const std::string& glob) { return glob_match(glob, text); });
}

}  // namespace

TextMatcher::TextMatcher(std::vector<std::string> exact, std::vector<std::string> globs, bool fold)
    : exact_(std::move(exact)), globs_(std::move(globs)), fold_(fold) {
  if (fold_) {
    for (std::string& text : exact_) text = lower(text);
    for (std::string& glob : globs_) glob = lower(glob);
  }
  sort_unique(exact_);
  if (globs_.size() < kManyGlobs) return;
  for (const std::string& glob : globs_) needed_.push_back(pairs_of(glob, true));
}

TextMatcher::Pairs TextMatcher::pairs_of(std::string_view text, bool is_glob) {
  Pairs pairs{};
  const auto stands_for_others = [&](char c) { return is_glob && (c == '*' || c == '?'); };
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (stands_for_others(text[i - 1]) || stands_for_others(text[i])) continue;
    const unsigned pair =
        static_cast<unsigned char>(text[i - 1]) * 37U + static_cast<unsigned char>(text[i]);
    pairs[pair >> 6 & 3] |= std::uint64_t{1} << (pair & 63);
  }
  return pairs;
}

// Of many globs nearly none covers a text, and a look at the pairs tells that of nearly all.
bool TextMatcher::any_glob_matches(std::string_view text) const {
  if (needed_.empty()) return any_glob(globs_, text);
  const Pairs there = pairs_of(text, false);
  for (std::size_t i = 0; i < globs_.size(); ++i) {
    const Pairs& needed = needed_[i];
    const std::uint64_t missing = (needed[0] & ~there[0]) | (needed[1] & ~there[1]) |
                                  (needed[2] & ~there[2]) | (needed[3] & ~there[3]);
    if (missing == 0 && glob_match(globs_[i], text)) return true;
  }
  return false;
}

bool TextMatcher::matches(std::string_view text) const {
  if (!fold_) return has(exact_, text) || any_glob_matches(text);
  if (std::binary_search(exact_.begin(), exact_.end(), text, folded_less)) return true;
  return !globs_.empty() && any_glob_matches(Folded(text).view());
}

bool RegexMatcher::matches(std::string_view text) const {
  return std::any_of(expressions_.begin(), expressions_.end(), [&](const auto& expression) {
    return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *expression);
  });
}

std::vector<std::string_view> RegexMatcher::patterns() const {
  std::vector<std::string_view> patterns;
  for (const auto& expression : expressions_) patterns.emplace_back(expression->pattern());
  return patterns;
}

std::shared_ptr<const re2::RE2> RegexMatcher::parse(std::string_view written, bool fold,
                                                    std::string& error) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  // Texts are bytes of strangers, not always UTF-8.
  options.set_encoding(re2::RE2::Options::EncodingLatin1);
  options.set_case_sensitive(!fold);
  options.set_max_mem(1 << 20);
  auto made =
      std::make_shared<const re2::RE2>(re2::StringPiece(written.data(), written.size()), options);
  if (made->ok()) return made;
  error = made->error();
  return nullptr;
}

HostMatcher::HostMatcher(Patterns patterns) : patterns_(std::move(patterns)) {
  sort_unique(patterns_.exact);
  sort_domains(patterns_.under);
  sort_domains(patterns_.below);
}

bool HostMatcher::matches(std::string_view host) const {
  if (has(patterns_.exact, host)) return true;
  const std::string* under = find_nearest(patterns_.under, host);
  if (under && (*under == host || is_below(host, *under))) return true;
  const std::string* below = find_nearest(patterns_.below, host);
  return below && is_below(host, *below);
}

PathMatcher::PathMatcher(std::vector<std::string> prefixes, std::vector<std::string> globs)
    : prefixes_(std::move(prefixes)), globs_(std::move(globs)) {
  sort_unique(prefixes_);
  for (const std::string& prefix : prefixes_) longest_ = std::max(longest_, prefix.size());
}

bool PathMatcher::matches(std::string_view path) const {
  return covers(path) || any_glob(globs_, path);
}

bool PathMatcher::covers(std::string_view path) const {
  if (has(prefixes_, path)) return true;
  // Only as far as a prefix can reach: the path is a stranger's, and may be all slashes.
  const std::string_view front = path.substr(0, longest_ + 1);
  for (std::size_t slash = front.find('/'); slash != front.npos;
       slash = front.find('/', slash + 1)) {
    if (has(prefixes_, front.substr(0, slash)) || has(prefixes_, front.substr(0, slash + 1))) {
      return true;
    }
  }
  return false;
}

bool NumberMatcher::matches(std::int64_t number) const {
  return std::any_of(intervals_.begin(), intervals_.end(), [&](const Interval& interval) {
    return interval.least <= number && number <= interval.most;
  });
}

AddressMatcher::AddressMatcher(std::vector<IpPrefix> prefixes) {
  for (IpPrefix& prefix : prefixes) prefix = prefix.masked();
  // Two prefixes are disjoint or one holds the other, and sorted by address and length the holder
  // comes first.
  std::sort(prefixes.begin(), prefixes.end());
  for (const IpPrefix& prefix : prefixes) {
    if (prefixes_.empty() || !prefixes_.back().contains(prefix.address))
      prefixes_.push_back(prefix);
  }
}

bool AddressMatcher::matches(const IpAddress& address) const {
  const auto after = std::upper_bound(
      prefixes_.begin(), prefixes_.end(), address,
      [](const IpAddress& wanted, const IpPrefix& prefix) { return wanted < prefix.address; });
  return after != prefixes_.begin() && std::prev(after)->contains(address);
}

bool TimeMatcher::matches(Time time) const {
  using namespace std::chrono;
  const microseconds local = time.time_since_epoch() + zone_->offset(time);
  const auto day = floor<days>(local);
  std::int64_t value = 0;
  switch (what_) {
    case What::of_day:
      value = floor<minutes>(local - day).count();
      break;
    case What::weekday:
      value = (day.count() % 7 + 7 + 3) % 7;  // 1970-01-01 was a Thursday.
      break;
    case What::date:
      value = day.count();
      break;
  }
  return std::any_of(intervals_.begin(), intervals_.end(), [&](const Interval& interval) {
    if (interval.least <= interval.most) return interval.least <= value && value <= interval.most;
    return value >= interval.least || value <= interval.most;
  });
}

namespace {

// Which matcher reads which kind of value; the compiler pairs them by the attribute's type.
struct Compare {
  const Value& value;

  bool operator()(const TextMatcher& matcher) const { return any_text(matcher); }
  bool operator()(const RegexMatcher& matcher) const { return any_text(matcher); }
  bool operator()(const TimeMatcher& matcher) const {
    const auto* micros = std::get_if<std::int64_t>(&value);
    return micros && matcher.matches(Time(std::chrono::microseconds(*micros)));
  }
  bool operator()(const HostMatcher& matcher) const { return any_text(matcher); }
  bool operator()(const PathMatcher& matcher) const { return any_text(matcher); }
  bool operator()(const NumberMatcher& matcher) const {
    const auto* number = std::get_if<std::int64_t>(&value);
    return number && matcher.matches(*number);
  }
  bool operator()(const AddressMatcher& matcher) const {
    const auto* address = std::get_if<IpAddress>(&value);
    return address && matcher.matches(*address);
  }

  template <class M>
  bool any_text(const M& matcher) const {
    if (const auto* text = std::get_if<std::string_view>(&value)) return matcher.matches(*text);
    const auto* texts = std::get_if<std::span<const std::string>>(&value);
    return texts && std::any_of(texts->begin(), texts->end(),
                                [&](const std::string& text) { return matcher.matches(text); });
  }
};

}  // namespace

bool matches(const Matcher& matcher, const Value& value) {
  return std::visit(Compare{value}, matcher);
}

}  // namespace sallyport::policy
