// Squid's native access.log (logformat squid), as Squid writes it and as our own log does
// (discovery/logs), and the access log of Cisco WSA (IronPort), which goes on behind it:
//
//   1764265743.123    85 192.0.2.7 TCP_MISS/200 4512 GET https://files.example.com/a?b=c ana
//   HIER_DIRECT/198.51.100.9 text/html [DEFAULT_CASE_12-Group-... <...> - "agent"]
//
//   field        yields
//   time         time, the end of the request
//   elapsed      -
//   client       client
//   code/status  action (..._DENIED is blocked), status
//   bytes        bytes down; what went up is not logged
//   method, URL  method; scheme, host or server, port, path
//   user         user, percent-decoded; in quotes for WSA
//   peer/address server, where it was asked directly
//   type         content type
//   decision     of WSA: BLOCK_..., DROP_... are blocked, the rest allowed
//
// A challenge (TCP_DENIED/407) is no use of anything, and neither is a connection without a request
// (error:...): they are set aside.

#include "discovery/imports/fields.h"
#include "discovery/imports/parsers.h"
#include "discovery/imports/scan.h"
#include "discovery/imports/syslog_header.h"

namespace sallyport::discovery::imports {
namespace {

// "1764265743.123" without asking what shape it has.
bool read_stamp(std::string_view word, Time& out) {
  const std::size_t point = word.find('.');
  std::uint64_t whole = 0, part = 0;
  if (point == word.npos || point < 9 || point > 10) return false;
  if (!read_number(word.substr(0, point), whole)) return false;
  const std::string_view fraction = word.substr(point + 1);
  if (fraction.size() != 3 || !read_number(fraction, part)) return false;
  out = Time(std::chrono::microseconds(whole * 1'000'000 + part * 1'000));
  return true;
}

class SquidParser final : public LineParser {
 public:
  SquidParser(const TimeOptions& times, bool wsa) : LineParser(times), wsa_(wsa) {}

  Reading read(std::string_view line, LogRecord& record) override {
    std::string_view rest = line;
    if (rest.empty()) return Reading::aside;
    if (!is_digit(rest[0]) || rest.size() < 5 || rest[4] == '-') rest = read_syslog(line).message;
    while (rest.starts_with(' ')) rest.remove_prefix(1);

    if (!read_stamp(take_word(rest), record.time)) return Reading::shape;
    if (!is_elapsed(take_word(rest))) return Reading::shape;
    const std::string_view client = take_word(rest);
    const std::string_view result = take_word(rest);
    const std::string_view bytes = take_word(rest);
    const std::string_view method = take_word(rest);
    const std::string_view url = take_word(rest);
    const std::string_view user = take_user(rest);
    const std::string_view peer = take_word(rest);
    const std::string_view type = take_word(rest);
    if (type.empty()) return Reading::shape;
    if (wsa_ ? rest.empty() : !rest.empty() && rest[0] != '[') return Reading::shape;

    if (!read_result(result, record)) return Reading::shape;
    std::uint64_t down = 0;
    if (!read_number(bytes, down)) return Reading::number;
    record.bytes_down = down;
    if (is_method(method)) record.method = method;
    if (url == "-" || url.starts_with("error:")) return Reading::aside;
    if (!destinations_.url(url, record)) return Reading::destination;
    record.client = read_address(client);
    if (!record.client && client != "-") return Reading::address;
    record.user = decoded(user);
    read_peer(peer, record);
    if (type != "-") record.content_type = type;
    if (wsa_ && !read_decision(rest, record)) return Reading::shape;
    return challenged_ ? Reading::aside : Reading::record;
  }

 private:
  static bool is_elapsed(std::string_view word) {
    if (word.starts_with('-')) word.remove_prefix(1);
    std::uint64_t number = 0;
    return word.empty() || read_number(word, number);
  }

  // Of WSA in quotes, with blanks inside.
  static std::string_view take_user(std::string_view& rest) {
    if (!rest.starts_with('"')) return take_word(rest);
    rest.remove_prefix(1);
    const std::string_view user = take_until(rest, '"');
    while (rest.starts_with(' ')) rest.remove_prefix(1);
    return user;
  }

  // "TCP_MISS/200"
  bool read_result(std::string_view word, LogRecord& record) {
    const std::size_t slash = word.find('/');
    if (slash == word.npos || slash < 4) return false;
    const std::string_view code = word.substr(0, slash);
    std::uint64_t status = 0;
    if (code[0] < 'A' || code[0] > 'Z') return false;
    const std::string_view digits = word.substr(slash + 1);
    if (digits != "-" && (digits.size() > 3 || !read_number(digits, status))) return false;
    if (status >= 100 && status <= 599) record.status = static_cast<std::uint16_t>(status);
    const bool denied = code.find("DENIED") != code.npos;
    challenged_ = denied && status == 407;
    if (denied) {
      record.action = LogAction::blocked;
    } else if (!code.starts_with("NONE")) {
      record.action = LogAction::allowed;
    }
    return true;
  }

  // Squid writes %5c for what would end the word.
  std::string_view decoded(std::string_view user) {
    if (user == "-" || user.empty()) return {};
    if (user.find('%') == user.npos) return user;
    user_.clear();
    for (std::size_t i = 0; i < user.size(); ++i) {
      if (user[i] == '%' && i + 2 < user.size() && is_hex(user[i + 1]) && is_hex(user[i + 2])) {
        user_ += static_cast<char>(hex_value(user[i + 1]) * 16 + hex_value(user[i + 2]));
        i += 2;
      } else {
        user_ += user[i];
      }
    }
    return user_;
  }

  // "HIER_DIRECT/198.51.100.9": of a parent the address is the parent's.
  static void read_peer(std::string_view word, LogRecord& record) {
    const std::size_t slash = word.find('/');
    if (slash == word.npos || slash < 6) return;
    if (!word.substr(0, slash).ends_with("DIRECT")) return;
    if (const auto server = read_address(word.substr(slash + 1))) record.server = server;
  }

  // "BLOCK_WEBCAT_12-Group-Identity-NONE-..."
  static bool read_decision(std::string_view rest, LogRecord& record) {
    const std::string_view word = take_word(rest);
    const std::string_view decision = word.substr(0, word.find('-'));
    if (decision.size() < 3 || decision.size() == word.size() || decision[0] < 'A' ||
        decision[0] > 'Z') {
      return false;
    }
    const bool blocked = decision.starts_with("BLOCK") || decision.starts_with("DROP");
    record.action = blocked ? LogAction::blocked : LogAction::allowed;
    // The client's User-Agent is the last field, where it was asked for.
    rest = trim(rest);
    if (rest.size() > 2 && rest.back() == '"') {
      rest.remove_suffix(1);
      const std::size_t begin = rest.rfind('"');
      if (begin != rest.npos && !is_nothing(rest.substr(begin + 1))) {
        record.user_agent = rest.substr(begin + 1);
      }
    }
    return true;
  }

  const bool wsa_;
  bool challenged_ = false;
  DestinationReader destinations_;
  std::string user_;
};

}  // namespace

ParserPtr make_squid(const TimeOptions& times) {
  return std::make_unique<SquidParser>(times, false);
}
ParserPtr make_wsa(const TimeOptions& times) { return std::make_unique<SquidParser>(times, true); }

}  // namespace sallyport::discovery::imports
