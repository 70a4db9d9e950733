// RFC 5424 section 6: <PRI>VERSION SP TIMESTAMP SP HOSTNAME SP APP-NAME SP PROCID SP MSGID SP SD
// [SP MSG] RFC 3164 section 4: <PRI>Mmm dd hh:mm:ss HOSTNAME TAG[PID]: MSG
//
// Of the second there are many: no priority, an ISO time, a year, no host, no tag, a blank in front
// of the colon. A host is only taken off behind a time.

#include "discovery/imports/syslog_header.h"

#include "discovery/imports/scan.h"

namespace sallyport::discovery::imports {
namespace {

bool is_clock(std::string_view text) {
  return text.size() >= 8 && is_digit(text[0]) && is_digit(text[1]) && text[2] == ':' &&
         is_digit(text[3]) && is_digit(text[4]) && text[5] == ':' && is_digit(text[6]) &&
         is_digit(text[7]);
}

// Bytes of "Nov 27 17:49:03", "Nov 27 2026 17:49:03", "Nov 27 17:49:03 2026", or 0.
std::size_t bsd_time(std::string_view text) {
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  if (text.size() < 15 || text[3] != ' ' || kMonths.find(text.substr(0, 3)) % 3 != 0) return 0;
  std::string_view rest = text.substr(4);
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  const std::string_view day = take_word(rest);
  if (day.empty() || day.size() > 2 || !is_digit(day[0])) return 0;
  std::string_view word = take_word(rest);
  if (word.size() == 4 && is_digit(word[0]) && is_digit(word[3])) word = take_word(rest);
  if (!is_clock(word)) return 0;
  const auto end = static_cast<std::size_t>(word.data() + word.size() - text.data());
  return text[end - 1] == ':' ? end - 1 : end;
}

// Bytes of "2026-11-27T17:49:03...", or 0.
std::size_t iso_time(std::string_view text) {
  if (text.size() < 19 || text[4] != '-' || text[7] != '-' || text[10] != 'T') return 0;
  if (!is_digit(text[0]) || !is_clock(text.substr(11))) return 0;
  return std::min(text.find(' '), text.size());
}

// "[id a="b"][c]" or "-": what structured data take, or npos.
std::size_t data_size(std::string_view text) {
  if (text.starts_with('-')) return 1;
  std::size_t at = 0;
  while (at < text.size() && text[at] == '[') {
    bool quoted = false;
    for (++at; at < text.size() && (quoted || text[at] != ']'); ++at) {
      if (text[at] == '"') quoted = !quoted;
      if (quoted && text[at] == '\\') ++at;
    }
    if (at >= text.size()) return text.npos;
    ++at;
  }
  return at == 0 ? text.npos : at;
}

bool read_rfc5424(std::string_view rest, SyslogLine& found) {
  if (!rest.starts_with("1 ")) return false;
  rest.remove_prefix(2);
  const std::string_view time = take_until(rest, ' ');
  if (time != "-" && iso_time(time) == 0) return false;
  take_until(rest, ' ');  // host
  const std::string_view app = take_until(rest, ' ');
  take_until(rest, ' ');  // process
  take_until(rest, ' ');  // kind of message
  const std::size_t size = data_size(rest);
  if (size == rest.npos) return false;
  if (time != "-") found.time = time;
  if (app != "-") found.tag = app;
  if (size > 1) found.data = rest.substr(0, size);
  rest.remove_prefix(size);
  if (rest.starts_with(' ')) rest.remove_prefix(1);
  if (rest.starts_with("\xef\xbb\xbf")) rest.remove_prefix(3);
  found.message = rest;
  return true;
}

// "squid[1234]:" -> "squid"; "" for what is no tag.
std::string_view tag_of(std::string_view word) {
  if (word.size() < 2 || !word.ends_with(':')) return {};
  word.remove_suffix(1);
  const std::string_view tag = word.substr(0, word.find('['));
  const bool fits = std::ranges::all_of(tag, [](char c) {
    return is_alpha(c) || is_digit(c) || c == '-' || c == '_' || c == '.' || c == '/' || c == '(' ||
           c == ')' || c == '%';
  });
  return fits ? tag : std::string_view();
}

bool is_host(std::string_view word) {
  return !word.empty() && word.size() < 256 && word.find_first_of("=|,\"[]{}<>") == word.npos &&
         !word.starts_with('%');
}

}  // namespace

SyslogLine read_syslog(std::string_view line) {
  SyslogLine found;
  std::string_view rest = line;
  if (rest.starts_with('<')) {
    const std::size_t end = rest.find('>');
    if (end == rest.npos || end < 2 || end > 4) return {line, {}, {}, {}};
    rest.remove_prefix(end + 1);
    if (read_rfc5424(rest, found)) return found;
    while (rest.starts_with(' ')) rest.remove_prefix(1);
    found.message = rest;
  } else {
    found.message = line;
    // The quick way out: most lines of most formats.
    if (rest.size() < 16 || !(is_alpha(rest[0]) || rest[4] == '-')) return found;
  }
  std::size_t size = bsd_time(rest);
  if (size == 0) size = iso_time(rest);
  if (size == 0) return found;
  found.time = rest.substr(0, size);
  rest.remove_prefix(size);
  while (rest.starts_with(' ') || rest.starts_with(':')) rest.remove_prefix(1);
  std::string_view ahead = rest;
  const std::string_view first = take_word(ahead);
  found.tag = tag_of(first);
  if (found.tag.empty() && is_host(first)) {
    rest = ahead;
    found.tag = tag_of(take_word(ahead));
  }
  if (!found.tag.empty()) {
    rest = ahead;
  } else if (rest.starts_with(": ")) {
    rest.remove_prefix(2);
  }
  found.message = rest;
  return found;
}

}  // namespace sallyport::discovery::imports
