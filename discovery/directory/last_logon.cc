#include "discovery/directory/last_logon.h"

#include <algorithm>
#include <fmt/format.h>
#include <limits>
#include <span>

#include "base/core/text.h"
#include "discovery/users/logon_day.h"

namespace sallyport::discovery::directory {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::size_t kFiletimeDigits = 15;  // fewer: 1604 and before

// Two digits below `limit`, taken from the front.
std::optional<int> take_two(std::string_view& text, int limit) {
  if (text.size() < 2 || !is_digit(text[0]) || !is_digit(text[1])) return std::nullopt;
  const int value = (text[0] - '0') * 10 + (text[1] - '0');
  text.remove_prefix(2);
  if (value >= limit) return std::nullopt;
  return value;
}

bool begins_with_digit(std::string_view text) { return !text.empty() && is_digit(text[0]); }

// ".5" or ",5" of `unit`; nothing for a '.' without digits.
std::optional<microseconds> take_fraction(std::string_view& text, microseconds unit) {
  if (text.empty() || (text[0] != '.' && text[0] != ',')) return microseconds(0);
  text.remove_prefix(1);
  if (!begins_with_digit(text)) return std::nullopt;
  double share = 0;
  for (double place = 0.1; begins_with_digit(text); place /= 10, text.remove_prefix(1)) {
    share += (text[0] - '0') * place;
  }
  return std::min(
      unit - microseconds(1),
      microseconds(static_cast<std::int64_t>(share * static_cast<double>(unit.count()))));
}

// g-time-zone: "Z", or what to take off to come to UTC. It must be all that is left.
std::optional<minutes> take_zone(std::string_view text) {
  if (text == "Z") return minutes(0);
  if (text.empty() || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const int sign = text[0] == '+' ? 1 : -1;
  text.remove_prefix(1);
  const auto hour = take_two(text, 24);
  const auto minute = text.empty() ? std::optional<int>(0) : take_two(text, 60);
  if (!hour || !minute || !text.empty()) return std::nullopt;
  return sign * (hours(*hour) + minutes(*minute));
}

std::optional<Time> parse_time(std::string_view text) {
  const bool is_number = std::ranges::all_of(text, is_digit);
  if (is_number) return text.size() < kFiletimeDigits ? std::nullopt : time_of_filetime(text);
  if (std::ranges::all_of(text.substr(0, 8), is_digit)) return parse_generalized_time(text);
  std::string whole(text);
  if (const std::size_t point = whole.find('.'); point != whole.npos) {
    // .NET writes seven digits of a second.
    whole.erase(point, whole.find_first_not_of("0123456789", point + 1) - point);
  }
  if (const auto time = parse_rfc3339(whole)) return time;
  return parse_rfc3339(whole + "T00:00:00Z");
}

// Whether it is how a directory writes that nobody ever signed in.
bool says_never(std::string_view text) {
  if (text.find_first_not_of('0') == text.npos || iequals(text, "never")) return true;
  if (text == "9223372036854775807") return true;
  const auto time = parse_time(text);
  return time && *time < kFirstLogonDay;
}

void take(std::string_view written, std::string_view name, Time now, LastLogon& into) {
  const std::string_view text = trim(written);
  if (says_never(text)) return;
  const auto time = parse_time(text);
  if (!time) {
    into.fault = fmt::format("{} is '{}', which is no time", name, text);
  } else if (*time > now + days(1)) {
    into.fault = fmt::format("{} is '{}', which is ahead of this machine's clock", name, text);
  } else {
    into.day = std::max(into.day.value_or(kFirstLogonDay), std::chrono::floor<days>(*time));
  }
}

}  // namespace

std::optional<Time> time_of_filetime(std::string_view text) {
  constexpr std::uint64_t kNever = std::numeric_limits<std::int64_t>::max();
  constexpr seconds kFrom1601To1970{11'644'473'600};
  const auto value = parse_decimal(trim(text));
  if (!value || *value == 0 || *value >= kNever) return std::nullopt;
  return Time(microseconds(static_cast<std::int64_t>(*value / 10)) - kFrom1601To1970);
}

std::optional<Time> parse_generalized_time(std::string_view text) {
  const auto century = take_two(text, 100);
  const auto year = take_two(text, 100);
  const auto month = take_two(text, 13);
  const auto day = take_two(text, 32);
  const auto hour = take_two(text, 24);
  if (!century || !year || !month || !day || !hour) return std::nullopt;
  microseconds of_day = hours(*hour);
  microseconds unit = hours(1);
  if (begins_with_digit(text)) {
    const auto minute = take_two(text, 60);
    if (!minute) return std::nullopt;
    of_day += minutes(*minute);
    unit = minutes(1);
    if (begins_with_digit(text)) {
      const auto second = take_two(text, 61);  // a leap second may be written
      if (!second) return std::nullopt;
      of_day += seconds(*second);
      unit = seconds(1);
    }
  }
  const auto fraction = take_fraction(text, unit);
  const auto zone = take_zone(text);
  const std::chrono::year_month_day date(std::chrono::year(*century * 100 + *year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day)));
  if (!fraction || !zone || !date.ok()) return std::nullopt;
  return Time(std::chrono::sys_days(date)) + of_day + *fraction - *zone;
}

LastLogon last_logon_of(const Entry& entry, Time now) {
  static constexpr std::string_view kSuccessful[] = {"signinactivity.lastsuccessfulsignindatetime",
                                                     "lastsuccessfulsignindatetime"};
  static constexpr std::string_view kTried[] = {
      "signinactivity.lastsignindatetime", "signinactivity.lastnoninteractivesignindatetime",
      "lastsignindatetime", "lastnoninteractivesignindatetime"};
  static constexpr std::string_view kOthers[] = {
      "lastlogon",     "lastlogontimestamp",    "lastlogondate", "authtimestamp", "pwdlastsuccess",
      "lastlogintime", "krblastsuccessfulauth", "logintime",     "lastlogin",     "last_logon",
      "last_login"};
  LastLogon found;
  const auto take_all = [&](std::span<const std::string_view> names) {
    for (const std::string_view name : names) {
      for (const std::string_view value : entry.all({name})) take(value, name, now, found);
    }
  };
  take_all(kSuccessful);
  if (!found.day) take_all(kTried);
  take_all(kOthers);
  return found;
}

}  // namespace sallyport::discovery::directory
