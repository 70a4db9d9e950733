// Times by a format that somebody wrote, as strptime(3) has them.

#include <string>

#include "discovery/imports/time_cursor.h"

namespace sallyport::discovery::imports {
namespace {

// One code of a format. `pm`: -1 where nothing was said of it.
template <class Parts>
bool take_code(char code, TimeCursor& at, Parts& parts, int& pm) {
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
      at = TimeCursor(at.rest().substr(size));
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
  TimeCursor at(trim(text));
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
