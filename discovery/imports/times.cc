#include "discovery/imports/times.h"

#include <array>

#include "base/core/text.h"

namespace sallyport::discovery::imports {

using std::chrono::microseconds;
using std::chrono::seconds;

struct TimeReader::Parts {
  int year = 0;  // 0: not said
  unsigned month = 0, day = 0;
  unsigned hour = 0, minute = 0, second = 0;
  std::uint32_t micros = 0;
  std::optional<std::int32_t> offset;    // seconds
  std::optional<std::int64_t> absolute;  // microseconds since 1970; then nothing else counts
};

namespace {

constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                      "jul", "aug", "sep", "oct", "nov", "dec"};

// The rest of a text, taken from its front.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  bool done() const { return rest_.empty(); }
  char peek() const { return rest_.empty() ? '\0' : rest_.front(); }
  bool take(char c) {
    if (peek() != c || done()) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool take_one_of(std::string_view set) {
    if (done() || set.find(peek()) == set.npos) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool blanks() {
    const std::size_t before = rest_.size();
    while (take_one_of(" \t")) {
    }
    return rest_.size() != before;
  }
  // `least` to `most` digits.
  bool number(unsigned& out, std::size_t least, std::size_t most) {
    std::size_t size = 0;
    unsigned value = 0;
    while (size < most && size < rest_.size() && is_digit(rest_[size])) {
      value = value * 10 + static_cast<unsigned>(rest_[size++] - '0');
    }
    if (size < least) return false;
    out = value;
    rest_.remove_prefix(size);
    return true;
  }
  // Digits behind a point; more than six are passed over.
  bool fraction(std::uint32_t& micros) {
    std::uint32_t value = 0;
    std::size_t size = 0;
    for (; size < rest_.size() && is_digit(rest_[size]); ++size) {
      if (size < 6) value = value * 10 + static_cast<std::uint32_t>(rest_[size] - '0');
    }
    for (std::size_t i = size; i < 6; ++i) value *= 10;
    micros = value;
    rest_.remove_prefix(size);
    return size > 0;
  }
  bool month(unsigned& out) {
    if (rest_.size() < 3) return false;
    for (unsigned i = 0; i < kMonths.size(); ++i) {
      if (!iequals(rest_.substr(0, 3), kMonths[i])) continue;
      rest_.remove_prefix(3);
      while (!done() && is_alpha(peek())) rest_.remove_prefix(1);  // "November"
      out = i + 1;
      return true;
    }
    return false;
  }
  std::string_view word() {
    std::size_t size = 0;
    while (size < rest_.size() && is_alpha(rest_[size])) ++size;
    const std::string_view word = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return word;
  }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

// "17:49:03", "17:49:03.123", "17:49:03,123"
template <class Parts>
bool take_clock(Cursor& at, Parts& parts) {
  if (!at.number(parts.hour, 1, 2) || !at.take(':') || !at.number(parts.minute, 2, 2) ||
      !at.take(':') || !at.number(parts.second, 2, 2)) {
    return false;
  }
  return !at.take_one_of(".,") || at.fraction(parts.micros);
}

// "+01:00", "-0500", "+01"
bool take_offset(Cursor& at, std::optional<std::int32_t>& offset) {
  const bool west = at.peek() == '-';
  if (!at.take_one_of("+-")) return false;
  unsigned hours = 0, minutes = 0;
  if (!at.number(hours, 2, 2)) return false;
  at.take(':');
  if (is_digit(at.peek()) && !at.number(minutes, 2, 2)) return false;
  if (hours > 18 || minutes > 59) return false;
  const auto value = static_cast<std::int32_t>(hours * 3600 + minutes * 60);
  offset = west ? -value : value;
  return true;
}

// What may stand behind a time: nothing, "Z", " UTC", " +0100", " CET".
bool take_zone(Cursor& at, std::optional<std::int32_t>& offset) {
  at.blanks();
  if (at.done()) return true;
  if (at.peek() == '+' || at.peek() == '-') return take_offset(at, offset);
  const std::string_view word = at.word();
  if (word.empty() || word.size() > 5) return false;
  if (word == "Z" || iequals(word, "utc") || iequals(word, "gmt")) offset = 0;
  // "GMT+01:00", "UTC+0100"
  if (offset && (at.peek() == '+' || at.peek() == '-')) return take_offset(at, offset);
  return true;
}

// Seconds, milli-, micro- or nanoseconds since 1970, told by how many digits there are.
std::optional<std::int64_t> epoch_micros(std::string_view text) {
  std::size_t size = 0;
  std::uint64_t value = 0;
  while (size < text.size() && is_digit(text[size]) && size < 19) {
    value = value * 10 + static_cast<std::uint64_t>(text[size++] - '0');
  }
  std::string_view rest = text.substr(size);
  std::uint32_t micros = 0;
  if (!rest.empty()) {
    Cursor at(rest);
    if (!at.take('.') || !at.fraction(micros) || !at.done()) return std::nullopt;
  }
  switch (size) {
    case 9:
    case 10:
      return static_cast<std::int64_t>(value) * 1'000'000 + micros;
    case 13:
      return static_cast<std::int64_t>(value) * 1'000 + micros / 1'000;
    case 16:
      return static_cast<std::int64_t>(value);
    case 19:
      return value > 9'000'000'000'000'000'000U
                 ? std::nullopt
                 : std::optional(static_cast<std::int64_t>(value / 1'000));
    default:
      return std::nullopt;
  }
}

// "2026-11-27" with what may stand between it and the time.
template <class Parts>
bool take_year_first(Cursor& at, Parts& parts) {
  unsigned year = 0;
  if (!at.number(year, 4, 4) || !at.take_one_of("-/") || !at.number(parts.month, 1, 2) ||
      !at.take_one_of("-/") || !at.number(parts.day, 1, 2)) {
    return false;
  }
  parts.year = static_cast<int>(year);
  return true;
}

// "27/Nov/2026", "27 Nov 2026", "27-Nov-2026"
template <class Parts>
bool take_day_first(Cursor& at, Parts& parts) {
  unsigned year = 0;
  if (!at.number(parts.day, 1, 2) || !at.take_one_of("/- ") || !at.month(parts.month) ||
      !at.take_one_of("/- ") || !at.number(year, 4, 4)) {
    return false;
  }
  parts.year = static_cast<int>(year);
  return true;
}

// "Nov 27 2026 17:49:03", "Nov 27 17:49:03 2026", "Nov 27 17:49:03"
template <class Parts>
bool take_month_first(Cursor& at, Parts& parts) {
  unsigned year = 0;
  if (!at.month(parts.month) || !at.blanks() || !at.number(parts.day, 1, 2)) return false;
  at.take(',');
  if (!at.blanks()) return false;
  Cursor ahead = at;
  if (ahead.number(year, 4, 4) && ahead.blanks()) {
    at = ahead;
    parts.year = static_cast<int>(year);
  }
  if (!take_clock(at, parts)) return false;
  if (parts.year != 0) return true;
  ahead = at;
  if (ahead.blanks() && ahead.number(year, 4, 4) && (ahead.done() || ahead.peek() == ' ')) {
    at = ahead;
    parts.year = static_cast<int>(year);
  }
  return true;
}

// "Fri ", "Fri, "
void pass_weekday(Cursor& at) {
  Cursor ahead = at;
  const std::string_view word = ahead.word();
  if (word.size() < 3) return;
  for (const std::string_view day : {"mon", "tue", "wed", "thu", "fri", "sat", "sun"}) {
    if (!istarts_with(word, day)) continue;
    ahead.take(',');
    if (ahead.blanks()) at = ahead;
    return;
  }
}

std::optional<std::int64_t> days_of(int year, unsigned month, unsigned day) {
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month},
                                         std::chrono::day{day}};
  if (!date.ok() || year < 1970 || year > 2100) return std::nullopt;
  return std::chrono::sys_days(date).time_since_epoch().count();
}

}  // namespace

std::optional<Time> TimeReader::made_of(const Parts& parts) {
  if (parts.absolute) return Time(microseconds(*parts.absolute));
  // 60 is a leap second.
  if (parts.hour > 23 || parts.minute > 59 || parts.second > 60) return std::nullopt;
  const auto at = [&](int year) -> std::optional<Time> {
    const auto days = days_of(year, parts.month, parts.day);
    if (!days) return std::nullopt;
    const Time local(
        seconds(*days * 86'400 + parts.hour * 3'600 + parts.minute * 60 + parts.second) +
        microseconds(parts.micros));
    if (parts.offset) return local - seconds(*parts.offset);
    if (!options_.zone) return local;
    // The offset before the change of the clocks leads to the first of two.
    const Time earlier = local - options_.zone->offset(local - std::chrono::hours(14));
    if (earlier + options_.zone->offset(earlier) == local) return earlier;
    const Time later = local - options_.zone->offset(earlier);
    return later + options_.zone->offset(later) == local ? later : earlier;
  };
  std::optional<Time> time;
  if (parts.year != 0) {
    time = at(parts.year);
  } else {
    const std::chrono::year_month_day today{std::chrono::floor<std::chrono::days>(options_.now)};
    const int year = static_cast<int>(today.year());
    time = at(year);
    if (!time || *time > options_.now + std::chrono::days(1)) time = at(year - 1);
  }
  if (time && !parts.offset) ++without_zone_;
  return time;
}

std::optional<Time> TimeReader::read(std::string_view text) {
  text = trim(text);
  while (text.size() > 1 && ((text.front() == '[' && text.back() == ']') ||
                             (text.front() == '"' && text.back() == '"'))) {
    text = trim(text.substr(1, text.size() - 2));
  }
  Parts parts;
  Cursor at(text);
  if (is_digit(at.peek())) {
    if (const auto micros = epoch_micros(text)) {
      parts.absolute = *micros;
      return made_of(parts);
    }
    const bool year_first = text.size() > 4 && (text[4] == '-' || text[4] == '/');
    if (!(year_first ? take_year_first(at, parts) : take_day_first(at, parts))) return std::nullopt;
    if (!at.take_one_of("Tt_:") && !at.blanks()) return std::nullopt;
    if (!take_clock(at, parts)) return std::nullopt;
  } else {
    pass_weekday(at);
    if (is_digit(at.peek())) {
      if (!take_day_first(at, parts) || !at.blanks() || !take_clock(at, parts)) return std::nullopt;
    } else if (!take_month_first(at, parts)) {
      return std::nullopt;
    }
  }
  if (!take_zone(at, parts.offset) || !at.done()) return std::nullopt;
  return made_of(parts);
}

std::optional<Time> TimeReader::read(std::string_view date, std::string_view clock,
                                     std::string_view zone) {
  Parts parts;
  Cursor days(trim(date)), hours(trim(clock)), offset(trim(zone));
  const bool year_first = date.size() > 4 && !is_digit(date[4]);
  if (!(year_first ? take_year_first(days, parts) : take_day_first(days, parts)) || !days.done()) {
    return std::nullopt;
  }
  if (!take_clock(hours, parts) || !take_zone(hours, parts.offset) || !hours.done()) {
    return std::nullopt;
  }
  if (!parts.offset && (!take_zone(offset, parts.offset) || !offset.done())) return std::nullopt;
  return made_of(parts);
}

namespace {

struct Format {
  bool day = false, clock = false, absolute = false;
};

// One code of a format. `pm`: -1 where nothing was said of it.
template <class Parts>
bool take_code(char code, Cursor& at, Parts& parts, int& pm) {
  unsigned number = 0;
  switch (code) {
    case 'Y':
      if (!at.number(number, 4, 4)) return false;
      parts.year = static_cast<int>(number);
      return true;
    case 'y':
      if (!at.number(number, 2, 2)) return false;
      parts.year = static_cast<int>(2000 + number);
      return true;
    case 'm':
      return at.number(parts.month, 1, 2);
    case 'b':
      return at.month(parts.month);
    case 'd':
    case 'e':
      at.blanks();
      return at.number(parts.day, 1, 2);
    case 'H':
    case 'I':
      return at.number(parts.hour, 1, 2);
    case 'M':
      return at.number(parts.minute, 2, 2);
    case 'S':
      return at.number(parts.second, 2, 2);
    case 'f':
      return at.fraction(parts.micros);
    case 'p': {
      const std::string_view word = at.word();
      pm = iequals(word, "pm") ? 1 : 0;
      return pm == 1 || iequals(word, "am");
    }
    case 'z':
      if (at.take('Z')) {
        parts.offset = 0;
        return true;
      }
      return take_offset(at, parts.offset);
    case 's': {
      std::size_t size = 0;
      while (size < at.rest().size() && (is_digit(at.rest()[size]) || at.rest()[size] == '.'))
        ++size;
      parts.absolute = epoch_micros(at.rest().substr(0, size));
      at = Cursor(at.rest().substr(size));
      return parts.absolute.has_value();
    }
    default:
      return false;
  }
}

}  // namespace

std::optional<Time> TimeReader::read_by(std::string_view format, std::string_view text) {
  Parts parts;
  int pm = -1;
  Cursor at(trim(text));
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] == ' ') {
      if (!at.blanks()) return std::nullopt;
    } else if (format[i] == '%' && i + 1 < format.size()) {
      const char code = format[++i];
      if (code == '%' ? !at.take('%') : !take_code(code, at, parts, pm)) return std::nullopt;
    } else if (!at.take(format[i])) {
      return std::nullopt;
    }
  }
  if (!at.done()) return std::nullopt;
  if (pm >= 0) {
    if (parts.hour < 1 || parts.hour > 12) return std::nullopt;
    parts.hour = parts.hour % 12 + (pm == 1 ? 12 : 0);
  }
  return made_of(parts);
}

bool is_time_format(std::string_view format) {
  std::string_view known = "YymbdeHIpMSfzs%";
  std::string seen;
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') continue;
    if (++i == format.size() || known.find(format[i]) == known.npos) return false;
    seen += format[i];
  }
  const auto has = [&](std::string_view any) { return seen.find_first_of(any) != seen.npos; };
  if (has("s")) return true;
  return has("mb") && has("de") && has("HI") && has("M") && has("S") && (!has("I") || has("p"));
}

}  // namespace sallyport::discovery::imports
