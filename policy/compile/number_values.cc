#include <algorithm>
#include <fmt/format.h>
#include <limits>
#include <optional>
#include <utility>

#include "base/core/text.h"
#include "base/yaml/reader.h"
#include "policy/compile/value_kinds.h"
#include "policy/compile/values.h"

namespace sallyport::policy {
namespace {

using Interval = NumberMatcher::Interval;

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

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

// Whether every moment from 0 to `round` is in one of them; one that ends before it begins goes
// over the end.
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

}  // namespace

Matcher lower_numbers(const Attribute& attribute, const ValueTexts& values, Diagnostics& found) {
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

Matcher lower_addresses(const Attribute& attribute, const ValueTexts& values, Diagnostics& found) {
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

Matcher lower_times(const Attribute& attribute, const ValueTexts& values,
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

}  // namespace sallyport::policy
