// The common and combined logs of Apache, nginx and Squid, with a virtual host in front or without:
//
//   [files.example.com:443 ]192.0.2.7 - ana [27/Nov/2026:17:49:03 +0000] "GET
//   https://files.example.com/a HTTP/1.1" 200 4512 ["referer" "agent" [...]] [TCP_MISS:HIER_DIRECT]
//
//   field         yields
//   virtual host  host and port, where the request names none
//   address       client
//   user          user
//   time          time, with its zone
//   request       method; scheme, host, port, path
//   status        status; 403 of Squid's TCP_DENIED is blocked
//   bytes         bytes down
//   agent         user agent
//
// A web server's own log names no host in its requests: without a virtual host its lines are bad.
// What is no request ("-", TLS on a plain port) is set aside.

#include "discovery/imports/fields.h"
#include "discovery/imports/parsers.h"
#include "discovery/imports/scan.h"
#include "discovery/imports/syslog_header.h"

namespace sallyport::discovery::imports {
namespace {

// "..." with \" inside, taken off the front with the blanks behind it.
bool take_quoted(std::string_view& rest, std::string_view& inside) {
  if (!rest.starts_with('"')) return false;
  std::size_t end = 1;
  while (end < rest.size() && rest[end] != '"') end += rest[end] == '\\' ? 2 : 1;
  if (end >= rest.size()) return false;
  inside = rest.substr(1, end - 1);
  rest.remove_prefix(end + 1);
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  return true;
}

class CombinedParser final : public LineParser {
 public:
  using LineParser::LineParser;

  Reading read(std::string_view line, LogRecord& record) override {
    std::string_view rest = read_syslog(line).message;
    fields_.clear();
    std::string_view first = take_word(rest);
    if (!read_endpoint(first)) {
      fields_.set(Role::host, first);
      first = take_word(rest);
      if (!read_endpoint(first)) return Reading::shape;
    }
    fields_.set(Role::client, first);
    take_word(rest);  // identd
    // A user may have blanks in it.
    const std::size_t bracket = rest.find(" [");
    if (bracket == rest.npos) return Reading::shape;
    fields_.set(Role::user, unquoted(rest.substr(0, bracket)));
    rest.remove_prefix(bracket + 2);
    fields_.set(Role::time, take_until(rest, ']'));
    if (!rest.starts_with(' ')) return Reading::shape;
    rest.remove_prefix(1);
    std::string_view request, agent;
    if (!take_quoted(rest, request)) return Reading::shape;
    const std::string_view status = take_word(rest);
    if (status.size() != 3 && status != "-" && status != "0") return Reading::shape;
    fields_.set(Role::status, status);
    const std::string_view bytes = take_word(rest);
    if (bytes.empty()) return Reading::shape;
    fields_.set(Role::down, bytes);
    std::string_view referer;
    if (rest.starts_with('"')) {
      if (!take_quoted(rest, referer) || !take_quoted(rest, agent)) return Reading::shape;
      fields_.set(Role::user_agent, agent);
    }
    const std::string_view result = take_word(rest);
    if (result.starts_with("TCP_")) fields_.set(Role::action, result);
    if (request.find(' ') == request.npos) return Reading::aside;
    fields_.set(Role::request, request);
    return fields_.into(record, times_, destinations_);
  }

 private:
  Fields fields_;
  DestinationReader destinations_;
};

}  // namespace

ParserPtr make_combined(const TimeOptions& times) {
  return std::make_unique<CombinedParser>(times);
}

}  // namespace sallyport::discovery::imports
