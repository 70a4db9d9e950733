#include "proxy/http1/target.h"

#include <vector>

#include "base/core/text.h"

namespace sallyport::http1 {

namespace {

std::unexpected<Error> refuse(std::string detail) {
  return fail(ErrorKind::http_syntax, Side::client, std::move(detail));
}

std::uint16_t default_port(std::string_view scheme) { return scheme == "https" ? 443 : 80; }

}  // namespace

Result<Target> parse_target(std::string_view method, std::string_view text, int minor,
                            const http::Headers& headers, std::string_view connection_scheme) {
  Target target;
  target.scheme = connection_scheme;
  const std::size_t hosts = headers.count("Host");
  if (hosts > 1) return refuse("more than one Host");
  if (hosts == 0 && minor >= 1) return refuse("no Host");

  if (method == "CONNECT") {
    // RFC 9110 section 9.3.6: host and port, nothing else.
    target.form = TargetForm::authority;
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos || text.ends_with(']'))
      return refuse("CONNECT without a port");
    const auto authority = Authority::parse(text, 443);
    if (!authority) return refuse("CONNECT to something that is no host and port");
    target.authority = *authority;
    return target;
  }

  if (text.front() == '/') {
    target.form = TargetForm::origin;
    target.path = text;
  } else if (text == "*") {
    if (method != "OPTIONS") return refuse("'*' with a method other than OPTIONS");
    target.form = TargetForm::asterisk;
    target.path = "*";
  } else {
    target.form = TargetForm::absolute;
    std::string_view rest;
    if (istarts_with(text, "http://")) {
      target.scheme = "http";
      rest = text.substr(7);
    } else if (istarts_with(text, "https://")) {
      target.scheme = "https";
      rest = text.substr(8);
    } else {
      return refuse("a target in no form that HTTP has");
    }
    const std::size_t end = rest.find_first_of("/?");
    const auto authority = Authority::parse(rest.substr(0, end), default_port(target.scheme));
    if (!authority) return refuse("a target whose authority is no host and port");
    target.authority = *authority;
    if (end == std::string_view::npos) {
      target.path = method == "OPTIONS" ? "*" : "/";
    } else {
      target.path =
          rest[end] == '?' ? "/" + std::string(rest.substr(end)) : std::string(rest.substr(end));
    }
    return target;
  }

  if (hosts == 0) return refuse("no Host and no absolute target");
  const auto authority = Authority::parse(*headers.find("Host"), default_port(target.scheme));
  if (!authority) return refuse("Host is no host and port");
  target.authority = *authority;
  return target;
}

}  // namespace sallyport::http1
