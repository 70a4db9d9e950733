#include "discovery/imports/time_cursor.h"

namespace sallyport::discovery::imports {

using std::chrono::microseconds;
using std::chrono::seconds;

namespace {

// "17:49:03", "17:49:03.123", "17:49:03,123"
template <class Parts>
bool take_clock(TimeCursor& at, Parts& parts) {
  if (!at.number(parts.hour, 1, 2) || !at.take(':') || !at.number(parts.minute, 2, 2) ||
      !at.take(':') || !at.number(parts.second, 2, 2)) {
    return false;
  }
  return !at.take_one_of(".,") || at.fraction(parts.micros);
}

// What may stand behind a time: nothing, "Z", " UTC", " +0100", " CET".
bool take_zone(TimeCursor& at, std::optional<std::int32_t>& offset) {
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

// "2026-11-27" with what may stand between it and the time.
template <class Parts>
bool take_year_first(TimeCursor& at, Parts& parts) {
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
bool take_day_first(TimeCursor& at, Parts& parts) {
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
bool take_month_first(TimeCursor& at, Parts& parts) {
  unsigned year = 0;
  if (!at.month(parts.month) || !at.blanks() || !at.number(parts.day, 1, 2)) return false;
  at.take(',');
  if (!at.blanks()) return false;
  TimeCursor ahead = at;
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
void pass_weekday(TimeCursor& at) {
  TimeCursor ahead = at;
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
  TimeCursor at(text);
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
  TimeCursor days(trim(date)), hours(trim(clock)), offset(trim(zone));
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

}  // namespace sallyport::discovery::imports
