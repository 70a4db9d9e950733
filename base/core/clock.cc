#include "base/core/clock.h"

#include <algorithm>

#include "base/core/text.h"

namespace sallyport {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::year_month_day;

// Four-digit years: what the formats can say.
constexpr Time kFirst = sys_days(std::chrono::year(0) / 1 / 1);
constexpr Time kLast = Time(sys_days(std::chrono::year(10000) / 1 / 1)) - microseconds(1);

constexpr std::uint64_t kMaxDuration = std::uint64_t{36'500} * 24 * 3600 * 1000;  // ms, a century

class SystemClock final : public Clock {
 public:
  Time now() const override {
    return std::chrono::time_point_cast<microseconds>(std::chrono::system_clock::now());
  }
  std::chrono::steady_clock::time_point steady() const override {
    return std::chrono::steady_clock::now();
  }
};

struct Parts {
  year_month_day date;
  unsigned weekday;  // 0 is Sunday
  unsigned hour, minute, second, micro;
};

Parts take_apart(Time time) {
  time = std::clamp(time, kFirst, kLast);
  const sys_days day = std::chrono::floor<days>(time);
  const auto rest = static_cast<std::uint64_t>((time - day).count());
  const auto whole = static_cast<unsigned>(rest / 1'000'000);
  return {year_month_day(day), std::chrono::weekday(day).c_encoding(),
          whole / 3600,        whole / 60 % 60,
          whole % 60,          static_cast<unsigned>(rest % 1'000'000)};
}

void put_digits(char* at, unsigned value, int width) {
  for (int i = width; i-- > 0; value /= 10) at[i] = static_cast<char>('0' + value % 10);
}

void append_digits(std::string& out, unsigned value, int width) {
  out.append(width, '0');
  put_digits(out.data() + out.size() - width, value, width);
}

// Takes fixed-width pieces off the front of a text; remembers whether all of them fitted.
class Scan {
 public:
  explicit Scan(std::string_view text) : text_(text) {}

  int digits(std::size_t count) {
    if (text_.size() < count) return refuse();
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!is_digit(text_[i])) return refuse();
      value = value * 10 + (text_[i] - '0');
    }
    text_.remove_prefix(count);
    return value;
  }
  bool take(char c) {
    if (!text_.starts_with(c)) return false;
    text_.remove_prefix(1);
    return true;
  }
  void expect(char c) {
    if (!take(c)) refuse();
  }
  int at_most(int value, int most) { return value > most ? refuse() : value; }
  bool at_digit() const { return !text_.empty() && is_digit(text_[0]); }
  int refuse() {
    good_ = false;
    return 0;
  }
  bool finished() const { return good_ && text_.empty(); }

 private:
  std::string_view text_;
  bool good_ = true;
};

struct Unit {
  std::string_view name;
  std::uint64_t milliseconds;
};
// The largest first, as format_duration tries them.
constexpr Unit kUnits[] = {{"w", 7 * 86'400'000}, {"d", 86'400'000}, {"h", 3'600'000},
                           {"m", 60'000},         {"s", 1000},       {"ms", 1}};

}  // namespace

const Clock& system_clock() {
  static const SystemClock clock;
  return clock;
}

std::string format_rfc3339(Time time) {
  const Parts parts = take_apart(time);
  std::string out = "0000-00-00T00:00:00.000000Z";
  put_digits(&out[0], static_cast<unsigned>(static_cast<int>(parts.date.year())), 4);
  put_digits(&out[5], static_cast<unsigned>(parts.date.month()), 2);
  put_digits(&out[8], static_cast<unsigned>(parts.date.day()), 2);
  put_digits(&out[11], parts.hour, 2);
  put_digits(&out[14], parts.minute, 2);
  put_digits(&out[17], parts.second, 2);
  put_digits(&out[20], parts.micro, 6);
  return out;
}

std::optional<Time> parse_rfc3339(std::string_view text) {
  Scan scan(text);
  const int year = scan.digits(4);
  scan.expect('-');
  const int month = scan.digits(2);
  scan.expect('-');
  const int day = scan.digits(2);
  scan.expect('T');
  const int hour = scan.at_most(scan.digits(2), 23);
  scan.expect(':');
  const int minute = scan.at_most(scan.digits(2), 59);
  scan.expect(':');
  const int second = scan.at_most(scan.digits(2), 59);
  int micro = 0;
  if (scan.take('.')) {
    int unit = 1'000'000;
    do {
      if (unit == 1) scan.refuse();  // A seventh digit.
      unit = std::max(unit / 10, 1);
      micro += scan.digits(1) * unit;
    } while (scan.at_digit());
  }
  minutes offset{0};
  if (!scan.take('Z')) {
    const bool west = scan.take('-');
    if (!west) scan.expect('+');
    const int offset_hours = scan.at_most(scan.digits(2), 23);
    scan.expect(':');
    offset = hours(offset_hours) + minutes(scan.at_most(scan.digits(2), 59));
    if (west) offset = -offset;
  }
  if (!scan.finished()) return std::nullopt;
  const year_month_day date{std::chrono::year(year),
                            std::chrono::month(static_cast<unsigned>(month)),
                            std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  return Time(sys_days(date)) + hours(hour) + minutes(minute) + seconds(second) +
         microseconds(micro) - offset;
}

std::string format_http_date(Time time) {
  static constexpr std::string_view kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const Parts parts = take_apart(time);
  std::string out;
  out.reserve(29);
  out += kDays[parts.weekday];
  out += ", ";
  append_digits(out, static_cast<unsigned>(parts.date.day()), 2);
  out += ' ';
  out += kMonths[static_cast<unsigned>(parts.date.month()) - 1];
  out += ' ';
  append_digits(out, static_cast<unsigned>(static_cast<int>(parts.date.year())), 4);
  out += ' ';
  append_digits(out, parts.hour, 2);
  out += ':';
  append_digits(out, parts.minute, 2);
  out += ':';
  append_digits(out, parts.second, 2);
  out += " GMT";
  return out;
}

std::optional<milliseconds> parse_duration(std::string_view text) {
  const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto count = parse_decimal(text.substr(0, end));
  if (!count) return std::nullopt;
  for (const Unit& unit : kUnits) {
    if (text.substr(end) != unit.name) continue;
    if (*count > kMaxDuration / unit.milliseconds) return std::nullopt;
    return milliseconds(static_cast<std::int64_t>(*count * unit.milliseconds));
  }
  return std::nullopt;
}

std::string format_duration(milliseconds duration) {
  const std::int64_t count = duration.count();
  if (count == 0) return "0s";
  std::string out = count < 0 ? "-" : "";
  const std::uint64_t size =
      count < 0 ? 0 - static_cast<std::uint64_t>(count) : static_cast<std::uint64_t>(count);
  for (const Unit& unit : kUnits) {
    if (size % unit.milliseconds != 0) continue;
    out += std::to_string(size / unit.milliseconds);
    out += unit.name;
    break;
  }
  return out;
}

}  // namespace sallyport
