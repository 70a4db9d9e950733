// HAProxy's HTTP log (option httplog, also with TLS details behind it); HAProxy's configuration
// manual 8.2.3:
//
//   192.0.2.7:51234 [27/Nov/2026:17:49:03.123] front back/server 0/0/1/2/3 200 4512 - - ----
//   1/1/0/0/0 0/0 {files.example.com|curl} {} "GET /a HTTP/1.1"
//
//   client         client
//   accept date    time; it has no zone
//   status         status
//   bytes read     bytes down
//   state          PR: HAProxy itself refused, blocked; else allowed
//   request        method; scheme, host, port, path
//   captured       host: the first captured header that is one, where the request names none
//
// Lines of the TCP log, of health checks and of errors name no host and are set aside.

#include "discovery/imports/fields.h"
#include "discovery/imports/parsers.h"
#include "discovery/imports/scan.h"
#include "discovery/imports/syslog_header.h"

namespace sallyport::discovery::imports {
namespace {

// "2001:db8::7:51234": the port is behind the last colon, and the address has no brackets.
std::optional<IpAddress> address_with_port(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  std::uint16_t port = 0;
  if (colon == text.npos || !read_port(text.substr(colon + 1), port)) return std::nullopt;
  return read_address(text.substr(0, colon));
}

class HaproxyParser final : public LineParser {
 public:
  using LineParser::LineParser;

  Reading read(std::string_view line, LogRecord& record) override {
    const SyslogLine syslog = read_syslog(line);
    std::string_view rest = syslog.message;
    const auto client = address_with_port(take_word(rest));
    if (!client || !rest.starts_with('[')) return Reading::shape;
    const std::string_view date = take_until(rest, ']').substr(1);
    if (date.size() < 20 || date.find('.') == date.npos) return Reading::shape;
    while (rest.starts_with(' ')) rest.remove_prefix(1);
    take_word(rest);  // frontend
    const std::string_view backend = take_word(rest);
    const std::string_view timers = take_word(rest);
    if (backend.find('/') == backend.npos) {
      // "front/1: SSL handshake failure"
      return rest.empty() ? Reading::shape : Reading::aside;
    }
    const auto slashes = std::ranges::count(timers, '/');
    if (slashes == 2) return rest.empty() ? Reading::shape : Reading::aside;  // TCP
    if (slashes != 4) return Reading::shape;
    const auto time = times_.read(date);
    if (!time) return Reading::time;
    record.time = *time;

    fields_.clear();
    fields_.set(Role::status, take_word(rest));
    std::string_view bytes = take_word(rest);
    if (bytes.starts_with('+')) bytes.remove_prefix(1);  // logged before its end
    fields_.set(Role::down, bytes);
    take_word(rest);  // cookies
    take_word(rest);
    const std::string_view state = take_word(rest);
    if (state.size() < 2 || state.size() > 4) return Reading::shape;
    const std::size_t quote = rest.find('"');
    if (quote == rest.npos) return Reading::shape;
    take_captured(rest.substr(0, quote));
    rest.remove_prefix(quote + 1);
    // A request is cut where the line would be too long, and has no quote behind it then.
    const std::string_view request = rest.substr(0, rest.rfind('"'));
    if (request.starts_with('<') || request.find(' ') == request.npos) return Reading::aside;
    fields_.set(Role::request, request);
    const Reading reading = fields_.into(record, destinations_);
    record.client = client;
    record.action = state.starts_with("PR") ? LogAction::blocked : LogAction::allowed;
    return reading;
  }

 private:
  // "1/1/0/0/0 0/0 {files.example.com|curl} {}"
  void take_captured(std::string_view text) {
    const std::size_t begin = text.find('{');
    if (begin == text.npos) return;
    std::string_view inside = text.substr(begin + 1);
    inside = inside.substr(0, inside.find('}'));
    while (!inside.empty()) {
      const std::string_view value = take_until(inside, '|');
      LogRecord trial;
      if (value.find('.') == value.npos || !destinations_.authority(value, trial)) continue;
      if (trial.host.empty()) continue;
      fields_.set(Role::host, value);
      return;
    }
  }

  Fields fields_;
  DestinationReader destinations_;
};

}  // namespace

ParserPtr make_haproxy(const TimeOptions& times) { return std::make_unique<HaproxyParser>(times); }

}  // namespace sallyport::discovery::imports
