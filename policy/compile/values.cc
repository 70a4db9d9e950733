// What a value may look like, by the attribute's type:
//
//   word      one of the closed list
//   text(s)   alice, "*@example.com"       case does not count where Attribute::fold_case; '*' any
//                                          run, '?' one byte
//   host      example.com, *.example.com, =example.com, 192.0.2.1, 2001:db8::1
//   path      /admin, /admin/, /files/*.exe
//   number    443, "> 400", ">= 500", "< 3", "<= 3", "400..499"; of bytes also "> 25 MB"
//   address   192.0.2.1, 192.0.2.0/24, 2001:db8::/32
//   time      08:00..18:00, mon, 2026-11-26, 2026-01-01..2026-03-31
//
// And everywhere: "is set", "is not set", list/NAME; for texts "~ EXPRESSION" (RE2).

#include "policy/compile/values.h"

#include <algorithm>
#include <fmt/format.h>
#include <limits>
#include <set>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "base/core/host.h"
#include "base/core/text.h"
#include "base/core/zone_hint.h"
#include "base/yaml/reader.h"

namespace sallyport::policy {
namespace {

using Texts = std::vector<Spanned<std::string>>;
using Interval = NumberMatcher::Interval;

constexpr std::size_t kMaxGlobs = 64;        // per condition
constexpr std::ptrdiff_t kMaxStars = 8;      // per glob
constexpr std::size_t kMaxExpressions = 64;  // per condition
constexpr std::size_t kMaxExpression = 500;  // bytes
constexpr std::size_t kMaxListEntries = 1'000'000;
constexpr std::size_t kMaxListedWords = 26;  // in a hint
constexpr std::size_t kMaxTold = 100;        // faults of one condition
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

constexpr std::string_view kUnknown = "unknown";
constexpr std::string_view kSet = "is set";
constexpr std::string_view kNotSet = "is not set";
constexpr std::string_view kList = "list/";

std::vector<std::string_view> allowed_words(const Attribute& attribute) {
  const auto words = attribute.allowed();
  return {words.begin(), words.end()};
}

// As the list spells it, or null.
const std::string_view* find_word(const Attribute& attribute,
                                  const std::vector<std::string_view>& words,
                                  std::string_view word) {
  const auto at = std::find_if(words.begin(), words.end(), [&](std::string_view listed) {
    return attribute.fold_case ? iequals(listed, word) : listed == word;
  });
  return at == words.end() ? nullptr : &*at;
}

// Whether enough was told of one condition; `before` errors were there when it began.
bool is_enough(const Place& place, std::size_t before, Diagnostics& found) {
  if (found.errors() < before + kMaxTold) return false;
  found.error(place, "too many faults in one condition; the rest is not shown");
  return true;
}

void warn_of_everything(const Attribute& attribute, const Place& place, Diagnostics& found) {
  found.warning(place, fmt::format("this matches every {} there is", attribute.name),
                fmt::format("write '{}: is set' if that is meant", attribute.name));
}

bool holds(const std::vector<std::string_view>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// Globs cost time with every stranger's text, so they are counted.
void take_glob(const Spanned<std::string>& value, std::vector<std::string>& globs,
               Diagnostics& found) {
  if (std::count(value->begin(), value->end(), '*') > kMaxStars) {
    found.error(value.place, fmt::format("a pattern has at most {} stars", kMaxStars),
                "an expression can say more: '~ ^a.*b'");
    return;
  }
  // Equal, not more: one diagnostic is enough.
  if (globs.size() == kMaxGlobs) {
    found.error(value.place,
                fmt::format("a condition has at most {} patterns with '*' or '?'", kMaxGlobs),
                "write whole values, or spread the patterns over 'any'");
  }
  globs.push_back(*value);
}

// ---- word

std::string hint_for_word(const Attribute& attribute, const std::string& written,
                          const std::vector<std::string_view>& words) {
  const Attribute* owner = find_attribute(attribute.name.substr(0, attribute.name.find('.')));
  if (written == kUnknown && owner && owner->says_unknown) {
    return fmt::format("did you mean '{}: unknown'?", owner->name);
  }
  if (!attribute.written.empty()) return std::string(attribute.written);
  std::string hint = did_you_mean(written, words);
  if (hint.empty() && words.size() <= kMaxListedWords) {
    hint = fmt::format("one of: {}", fmt::join(words, ", "));
  }
  if (hint.empty())
    hint = fmt::format("the {} words are listed in conf/policies/reference.md", words.size());
  return hint;
}

Matcher lower_words(const Attribute& attribute, const Texts& values, Diagnostics& found) {
  const auto words = allowed_words(attribute);
  const std::size_t before = found.errors();
  std::vector<std::string> exact;
  std::set<std::string_view> named;
  for (const auto& value : values) {
    if (is_enough(value.place, before, found)) break;
    if (const std::string_view* word = find_word(attribute, words, *value)) {
      exact.emplace_back(*word);
      named.insert(*word);
    } else {
      found.error(value.place, fmt::format("'{}' is no {}", *value, attribute.name),
                  hint_for_word(attribute, *value, words));
    }
  }
  if (named.size() == words.size()) {
    warn_of_everything(attribute, values.front().place, found);
  }
  return TextMatcher(std::move(exact), {}, false);
}

// ---- text

Matcher lower_texts(const Attribute& attribute, const Texts& values, Diagnostics& found) {
  const auto words = attribute.allowed ? allowed_words(attribute) : std::vector<std::string_view>();
  const std::size_t before = found.errors();
  std::size_t warned = 0;
  std::vector<std::string> exact;
  std::vector<std::string> globs;
  for (const auto& value : values) {
    if (is_enough(value.place, before, found)) break;
    if (value->find_first_of("*?") != std::string::npos) {
      if (value->find_first_not_of('*') == std::string::npos) {
        warn_of_everything(attribute, value.place, found);
      }
      take_glob(value, globs, found);
      continue;
    }
    if (attribute.says_unknown && iequals(*value, "none")) {
      found.error(value.place,
                  fmt::format("'none' does not say that there is no {}", attribute.name),
                  "did you mean 'unknown'?");
    }
    // Tags of one's own are legal, but a near miss of one of ours is a rule that never holds.
    const bool known = holds(words, lower(*value)) || warned == kMaxTold;
    const std::string nearly = known ? "" : did_you_mean(*value, words);
    if (!nearly.empty()) {
      ++warned;
      found.warning(value.place, fmt::format("'{}' is no {} that we know", *value, attribute.name),
                    nearly);
    }
    exact.push_back(*value);
  }
  return TextMatcher(std::move(exact), std::move(globs), attribute.fold_case);
}

// ---- host

std::optional<Host> parse_host(std::string_view text) {
  if (const auto address = IpAddress::parse(text)) return Host::from_address(*address);
  return Host::parse(text);
}

std::string hint_for_host(std::string_view written) {
  if (IpPrefix::parse(written)) return fmt::format("did you mean 'destination.ip: {}'?", written);
  if (const auto scheme = written.find("://"); scheme != written.npos) {
    const std::string_view rest = written.substr(scheme + 3);
    const std::string_view host = rest.substr(0, rest.find_first_of("/:"));
    if (parse_host(host)) return fmt::format("did you mean '{}'?", host);
  }
  if (written.starts_with('.') && parse_host(written.substr(1))) {
    return fmt::format("did you mean '{0}' (itself and below) or '*.{0}' (only below)?",
                       written.substr(1));
  }
  if (written.find('*') != written.npos) {
    return "'*' stands only in front, for everything below: '*.example.com'";
  }
  if (written.find('/') != written.npos) return "write the path under 'path'";
  if (written.find(':') != written.npos) return "write the port under 'port'";
  return {};
}

Matcher lower_hosts(const Attribute& attribute, const Texts& values, Diagnostics& found) {
  const std::size_t before = found.errors();
  HostMatcher::Patterns patterns;
  for (const auto& value : values) {
    if (is_enough(value.place, before, found)) break;
    std::string_view name = *value;
    const bool exact = name.starts_with('=');
    const bool below = name.starts_with("*.");
    if (exact) name.remove_prefix(1);
    if (below) name.remove_prefix(2);
    const auto host = parse_host(name);
    if (!host) {
      found.error(value.place, fmt::format("'{}' is no {} name or address", *value, attribute.name),
                  hint_for_host(*value));
    } else if (below && host->is_address()) {
      found.error(value.place, "nothing is below an address",
                  fmt::format("did you mean '{}'?", host->text()));
    } else if (exact || host->is_address()) {
      patterns.exact.push_back(host->text());
    } else {
      (below ? patterns.below : patterns.under).push_back(host->text());
    }
  }
  return HostMatcher(std::move(patterns));
}

// ---- path

Matcher lower_paths(const Attribute& attribute, const Texts& values, Diagnostics& found) {
  const std::size_t before = found.errors();
  std::vector<std::string> prefixes;
  std::vector<std::string> globs;
  for (const auto& value : values) {
    if (is_enough(value.place, before, found)) break;
    if (*value == "/" || *value == "/*" || *value == "*") {
      warn_of_everything(attribute, value.place, found);
    }
    if (value->find_first_of("?#") != std::string::npos) {
      found.error(value.place, fmt::format("a {} has no '?' and no '#'", attribute.name),
                  "the query is an attribute of its own: 'query'");
    } else if (!value->starts_with('/') && !value->starts_with('*')) {
      found.error(value.place, fmt::format("a {} begins with '/'", attribute.name),
                  fmt::format("did you mean '/{}'?", *value));
    } else if (value->find('*') != std::string::npos) {
      take_glob(value, globs, found);
    } else {
      prefixes.push_back(*value);
    }
  }
  return PathMatcher(std::move(prefixes), std::move(globs));
}

// ---- number

// With `bytes`, "25 MB" too.
std::optional<std::int64_t> parse_number(std::string_view text, bool bytes) {
  const auto number = bytes ? yaml::parse_bytes(trim(text)) : parse_decimal(trim(text));
  // The ends stay free, so that "> n" and "< n" never overflow.
  if (!number || *number >= static_cast<std::uint64_t>(kMost)) return std::nullopt;
  return static_cast<std::int64_t>(*number);
}

bool cover_everything(std::vector<Interval> intervals) {
  std::sort(intervals.begin(), intervals.end(),
            [](const Interval& a, const Interval& b) { return a.least < b.least; });
  std::int64_t next = 0;  // the least number that is not covered yet
  for (const Interval& interval : intervals) {
    if (interval.least > next) return false;
    if (interval.most == kMost) return true;
    next = std::max(next, interval.most + 1);
  }
  return false;
}

Matcher lower_numbers(const Attribute& attribute, const Texts& values, Diagnostics& found) {
  const std::size_t before = found.errors();
  std::vector<Interval> intervals;
  for (const auto& value : values) {
    if (is_enough(value.place, before, found)) break;
    if (const auto interval = parse_interval(*value, attribute.bytes)) {
      if (interval->least > interval->most) {
        found.warning(value.place, fmt::format("this matches no {}", attribute.name),
                      "nothing is less than 0");
      }
      intervals.push_back(*interval);
    } else {
      found.error(value.place, fmt::format("'{}' is no {}", *value, attribute.name),
                  !attribute.written.empty() ? std::string(attribute.written)
                  : attribute.bytes
                      ? "write bytes with a unit ('> 25 MB', '<= 64 KiB') or a range ('1 MB..5 MB')"
                      : "write a number, a comparison ('> 400', '>= 500') or a range "
                        "('400..499')");
    }
  }
  if (cover_everything(intervals)) {
    found.warning(values.front().place, fmt::format("this matches every {}", attribute.name),
                  "a list means any of its values; write a range as '400..499'");
  }
  return NumberMatcher(std::move(intervals));
}

// ---- address

Matcher lower_addresses(const Attribute& attribute, const Texts& values, Diagnostics& found) {
  const std::size_t before = found.errors();
  std::vector<IpPrefix> prefixes;
  for (const auto& value : values) {
    if (is_enough(value.place, before, found)) break;
    const auto prefix = IpPrefix::parse(*value);
    if (!prefix) {
      found.error(value.place, fmt::format("'{}' is no address and no range of addresses", *value),
                  "write '192.0.2.1', '192.0.2.0/24' or '2001:db8::/32'");
    } else if (prefix->has_host_bits()) {
      found.error(value.place, fmt::format("'{}' has bits set behind its prefix", *value),
                  fmt::format("did you mean '{}' or the address '{}'?",
                              prefix->masked().to_string(), prefix->address.to_string()));
    } else {
      prefixes.push_back(*prefix);
    }
  }
  const auto is_whole = [&](bool v4) {
    return std::any_of(prefixes.begin(), prefixes.end(), [&](const IpPrefix& one) {
      return one.length == 0 && one.address.is_v4() == v4;
    });
  };
  if (is_whole(true) && is_whole(false)) {
    warn_of_everything(attribute, values.front().place, found);
  }
  return AddressMatcher(std::move(prefixes));
}

// ---- time

std::optional<std::int64_t> parse_minutes(std::string_view text) {
  const auto colon = text.find(':');
  if (colon != 2 || text.size() != 5) return std::nullopt;
  const auto hour = parse_decimal(text.substr(0, 2));
  const auto minute = parse_decimal(text.substr(3));
  if (!hour || !minute || *minute > 59 || *hour > 24 || (*hour == 24 && *minute != 0)) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(*hour * 60 + *minute);
}

// The end that is written does not belong to it: 08:00..18:00 ends as it strikes six.
std::optional<Interval> parse_times(std::string_view text) {
  const auto dots = text.find("..");
  if (dots == text.npos) return std::nullopt;
  const auto from = parse_minutes(trim(text.substr(0, dots)));
  const auto to = parse_minutes(trim(text.substr(dots + 2)));
  if (!from || !to || *from == *to || *from == 24 * 60) return std::nullopt;
  return Interval{*from, *to == 0 ? 24 * 60 - 1 : *to - 1};
}

std::optional<Interval> parse_dates(std::string_view text) {
  const auto dots = text.find("..");
  const auto from = parse_date(trim(text.substr(0, dots)));
  const auto to = dots == text.npos ? from : parse_date(trim(text.substr(dots + 2)));
  if (!from || !to || *to < *from) return std::nullopt;
  return Interval{*from, *to};
}

std::optional<Interval> parse_weekdays(std::string_view text) {
  const auto words = weekday_words();
  const auto day = [&](std::string_view word) -> std::optional<std::int64_t> {
    const auto at = std::find(words.begin(), words.end(), trim(word));
    if (at == words.end()) return std::nullopt;
    return at - words.begin();
  };
  const auto dots = text.find("..");
  const auto from = day(text.substr(0, dots));
  const auto to = dots == text.npos ? from : day(text.substr(dots + 2));
  if (!from || !to) return std::nullopt;
  return Interval{*from, *to};
}

// Whether every moment from 0 to `round` is in one of them; one that ends before it begins goes over
// the end.
bool cover_the_round(const std::vector<Interval>& intervals, std::int64_t round) {
  std::vector<Interval> all;
  for (const Interval& one : intervals) {
    if (one.least <= one.most) {
      all.push_back(one);
    } else {
      all.push_back({0, one.most});
      all.push_back({one.least, round - 1});
    }
  }
  all.push_back({round, kMost});
  return cover_everything(std::move(all));
}

Matcher lower_times(const Attribute& attribute, const Texts& values,
                    std::shared_ptr<const TimeZone> zone, Diagnostics& found) {
  const std::size_t before = found.errors();
  std::vector<Interval> intervals;
  for (const auto& value : values) {
    if (is_enough(value.place, before, found)) break;
    const auto interval = attribute.type == Type::time_of_day ? parse_times(*value)
                          : attribute.type == Type::weekday   ? parse_weekdays(*value)
                                                              : parse_dates(*value);
    if (interval) {
      intervals.push_back(*interval);
      continue;
    }
    std::string hint = "write '2026-11-26' or '2026-01-01..2026-03-31'";
    if (attribute.type == Type::time_of_day) {
      hint = "write '08:00..18:00'; '22:00..06:00' goes over midnight";
    } else if (attribute.type == Type::weekday) {
      const auto words = weekday_words();
      const std::string front = lower(value->substr(0, 3));
      hint = std::find(words.begin(), words.end(), front) != words.end()
                 ? fmt::format("did you mean '{}'?", front)
                 : did_you_mean(front, {words.begin(), words.end()});
      if (hint.empty()) hint = "write mon, tue, wed, thu, fri, sat, sun, or 'mon..fri'";
    }
    found.error(value.place, fmt::format("'{}' is no {}", *value, attribute.name), std::move(hint));
  }
  if (cover_the_round(intervals, attribute.type == Type::time_of_day ? 24 * 60
                                 : attribute.type == Type::weekday   ? 7
                                                                     : kMost)) {
    found.warning(values.front().place, fmt::format("this matches every {}", attribute.name),
                  "leave the condition out if that is meant");
  }
  const auto what = attribute.type == Type::time_of_day ? TimeMatcher::What::of_day
                    : attribute.type == Type::weekday   ? TimeMatcher::What::weekday
                                                        : TimeMatcher::What::date;
  return TimeMatcher(what, std::move(zone), std::move(intervals));
}

// ---- expressions

bool is_text(const Attribute& attribute) {
  return attribute.type == Type::text || attribute.type == Type::texts;
}

std::shared_ptr<const re2::RE2> take_expression(const Attribute& attribute,
                                                const Spanned<std::string>& value,
                                                Diagnostics& found) {
  const std::string_view written = trim(std::string_view(*value).substr(1));
  if (!is_text(attribute)) {
    found.error(value.place,
                fmt::format("'{}' is compared whole, not by an expression", attribute.name),
                "a list of values means any of them");
    return nullptr;
  }
  if (written.empty() || written.size() > kMaxExpression) {
    found.error(value.place, fmt::format("an expression has 1 to {} bytes", kMaxExpression));
    return nullptr;
  }
  std::string error;
  auto made = RegexMatcher::parse(written, attribute.fold_case, error);
  if (made == nullptr) {
    found.error(value.place, fmt::format("this is no expression: {}", printable(error)),
                "the syntax is RE2's: no look-ahead, no back references; '\\' needs single quotes "
                "around the value");
    return nullptr;
  }
  // What fits nothing at all fits anywhere, unless it says where or what kind of text.
  const bool anchored = written.find_first_of("^$\\") != written.npos ||
                        written.find("(?") != written.npos;
  static constexpr std::string_view kEverything[] = {"^", "$", "^.*", ".*$", "^.*$"};
  if ((!anchored && RegexMatcher({made}).matches("")) ||
      std::find(std::begin(kEverything), std::end(kEverything), written) !=
          std::end(kEverything)) {
    found.warning(value.place, "this expression matches everything",
                  fmt::format("write '{}: is set' if that is meant", attribute.name));
  }
  return made;
}

Matcher lower_values(const Attribute& attribute, const Texts& values,
                     const std::shared_ptr<const TimeZone>& zone, Diagnostics& found) {
  switch (attribute.type) {
    case Type::word:
    case Type::words:
      return lower_words(attribute, values, found);
    case Type::text:
    case Type::texts:
      if (attribute.host_suffix) return lower_hosts(attribute, values, found);
      if (attribute.path_prefix) return lower_paths(attribute, values, found);
      return lower_texts(attribute, values, found);
    case Type::number:
      return lower_numbers(attribute, values, found);
    case Type::address:
      return lower_addresses(attribute, values, found);
    case Type::time_of_day:
    case Type::weekday:
    case Type::date:
      return lower_times(attribute, values, zone, found);
  }
  std::unreachable();
}

bool is_time(const Attribute& attribute) {
  return attribute.type == Type::time_of_day || attribute.type == Type::weekday ||
         attribute.type == Type::date;
}

}  // namespace

std::optional<std::int64_t> parse_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = parse_decimal(text.substr(0, 4));
  const auto month = parse_decimal(text.substr(5, 2));
  const auto day = parse_decimal(text.substr(8, 2));
  if (!year || !month || !day || *year < 1970) return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day)));
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date).time_since_epoch().count();
}

Time midnight(std::int64_t day, const TimeZone& zone) {
  const Time as_utc{std::chrono::duration_cast<Time::duration>(std::chrono::days(day))};
  return as_utc - zone.offset(as_utc - zone.offset(as_utc));
}

std::optional<std::chrono::seconds> parse_window(std::string_view text) {
  text = trim(text);
  if (text.size() < 2) return std::nullopt;
  const std::int64_t unit = text.back() == 's'   ? 1
                            : text.back() == 'm' ? 60
                            : text.back() == 'h' ? 3600
                            : text.back() == 'd' ? 86400
                                                 : 0;
  const auto number = parse_decimal(trim(text.substr(0, text.size() - 1)));
  if (unit == 0 || !number || *number == 0 || *number > 100'000'000) return std::nullopt;
  return std::chrono::seconds(static_cast<std::int64_t>(*number) * unit);
}

// Facts that are numbers are never below zero.
std::optional<Interval> parse_interval(std::string_view text, bool bytes) {
  text = trim(text);
  if (const auto dots = text.find(".."); dots != text.npos) {
    const auto least = parse_number(text.substr(0, dots), bytes);
    const auto most = parse_number(text.substr(dots + 2), bytes);
    if (!least || !most || *most < *least) return std::nullopt;
    return Interval{*least, *most};
  }
  std::string_view sign = text.substr(0, std::min(text.find_first_not_of("<>="), text.size()));
  const auto number = parse_number(text.substr(sign.size()), bytes);
  if (!number) return std::nullopt;
  if (sign.empty() || sign == "=") return Interval{*number, *number};
  if (sign == ">") return Interval{*number + 1, kMost};
  if (sign == ">=") return Interval{*number, kMost};
  if (sign == "<") return Interval{0, *number - 1};
  if (sign == "<=") return Interval{0, *number};
  return std::nullopt;
}

std::shared_ptr<const TimeZone> ValueReader::zone(const std::string& name, const Place& place,
                                                  Diagnostics& found) {
  auto& kept = zones_[name];
  if (kept == nullptr) kept = TimeZone::find(name);
  if (kept == nullptr) {
    std::string hint = zone_hint(name, TimeZone::names());
    if (hint.empty()) hint = "a zone is written as 'Europe/Vienna' or 'UTC'";
    found.error(place, fmt::format("there is no time zone '{}'", printable(name)), std::move(hint));
  }
  return kept;
}

namespace {

// Of a list's lines, which may be very many: the first and how many more.
void warn_of_repeats(const Texts& lines, Diagnostics& found) {
  std::unordered_set<std::string_view> seen;
  seen.reserve(lines.size());
  const Spanned<std::string>* first = nullptr;
  std::size_t more = 0;
  for (const auto& line : lines) {
    if (seen.insert(*line).second) continue;
    if (first == nullptr) {
      first = &line;
    } else {
      ++more;
    }
  }
  if (first == nullptr) return;
  found.warning(first->place, fmt::format("'{}' is in the list already", printable(**first)),
                more == 0   ? ""
                : more == 1 ? "and one more line is"
                            : fmt::format("and {} more lines are", more));
}

}  // namespace

const ValueReader::Texts* ValueReader::list(const Spanned<std::string>& value, Diagnostics& found) {
  const std::string name = value->substr(kList.size());
  const auto source = lists_.find(name);
  if (source == lists_.end()) {
    std::vector<std::string> known;
    for (const auto& [one, text] : lists_) known.push_back(std::string(kList) + one);
    std::string hint = did_you_mean(*value, {known.begin(), known.end()});
    if (hint.empty()) hint = fmt::format("a list is a file lists/{}.txt beside the policies", name);
    found.error(value.place, fmt::format("there is no list '{}'", printable(name)),
                std::move(hint));
    return nullptr;
  }
  used_[name] = true;
  const auto [at, fresh] = read_.try_emplace(name);
  Texts& texts = at->second;
  if (!fresh) return &texts;
  std::uint32_t line = 0;
  for (std::string_view text : split(source->second->text, '\n')) {
    ++line;
    if (text.ends_with('\r')) text.remove_suffix(1);  // as Windows ends lines
    const std::size_t indent = std::min(text.find_first_not_of(" \t"), text.size());
    // A comment begins a line or stands behind a blank.
    std::size_t end = text.size();
    for (std::size_t hash = text.find('#'); hash != text.npos; hash = text.find('#', hash + 1)) {
      if (hash != indent && text[hash - 1] != ' ' && text[hash - 1] != '\t') continue;
      end = hash;
      break;
    }
    const std::string_view entry = trim(text.substr(0, end));
    if (entry.empty()) continue;
    if (texts.size() == kMaxListEntries) {
      found.error({source->second, line, 1},
                  fmt::format("a list has at most {} entries", kMaxListEntries));
      break;
    }
    texts.push_back({std::string(entry),
                     {source->second, line, static_cast<std::uint32_t>(indent + 1),
                      static_cast<std::uint32_t>(entry.size())}});
  }
  if (texts.empty()) {
    found.error({source->second, 1, 1}, "a list without entries matches nothing",
                "write one entry a line");
  }
  warn_of_repeats(texts, found);
  return &texts;
}

std::optional<Expression> ValueReader::read(const Attribute& attribute, const Texts& values,
                                            const std::string& zone_name, Diagnostics& found) {
  const std::size_t before = found.errors();
  std::unordered_set<std::string> written;
  for (const auto& value : values) {
    if (values.size() == 1) break;
    if (written.insert(attribute.fold_case ? lower(*value) : *value).second) continue;
    found.warning(value.place, fmt::format("'{}' stands here twice", printable(*value)));
  }
  Texts compared;
  std::vector<std::shared_ptr<const re2::RE2>> expressions;
  bool present = false;
  bool unset = false;
  const auto take = [&](const Spanned<std::string>& value) {
    if (*value == kSet) {
      present = true;
    } else if (*value == kNotSet || (attribute.says_unknown && iequals(*value, kUnknown))) {
      unset = true;
    } else if (value->starts_with("~")) {
      if (expressions.size() == kMaxExpressions) {
        found.error(value.place,
                    fmt::format("a condition has at most {} expressions", kMaxExpressions),
                    "join them with '|'");
      } else if (auto made = take_expression(attribute, value, found)) {
        expressions.push_back(std::move(made));
      }
    } else {
      compared.push_back(value);
    }
  };
  for (const auto& value : values) {
    if (!value->starts_with(kList)) {
      take(value);
    } else if (const Texts* texts = list(value, found)) {
      for (const auto& one : *texts) take(one);
    }
  }
  if (present && (unset || !compared.empty() || !expressions.empty())) {
    found.warning(values.front().place, fmt::format("'{}' makes the other values useless", kSet),
                  unset ? "together they match everything" : "");
  }

  std::shared_ptr<const TimeZone> used_zone;
  if (is_time(attribute)) used_zone = zone(zone_name, values.front().place, found);
  std::vector<Matcher> matchers;
  if (!compared.empty()) matchers.push_back(lower_values(attribute, compared, used_zone, found));
  if (!expressions.empty()) matchers.emplace_back(RegexMatcher(std::move(expressions)));
  if (found.errors() != before) return std::nullopt;
  const auto missing = unset     ? Expression::Missing::holds
                       : present ? Expression::Missing::fails
                                 : Expression::Missing::unknown;
  return Expression::test(attribute, std::move(matchers), missing, present);
}

}  // namespace sallyport::policy
