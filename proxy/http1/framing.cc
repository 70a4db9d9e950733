#include "proxy/http1/framing.h"

#include <algorithm>

#include "base/core/text.h"

namespace sallyport::http1 {

namespace {

struct Lengths {
  bool chunked = false;
  bool has_length = false;
  std::uint64_t length = 0;
};

Result<Lengths> read_lengths(int minor, const http::Headers& headers, Side side) {
  Lengths lengths;
  const std::size_t codings = headers.count("Transfer-Encoding");
  const std::size_t sizes = headers.count("Content-Length");
  if (codings > 0) {
    // RFC 9112 section 6.1: below 1.1 it is faulty framing.
    if (minor < 1) return fail(ErrorKind::http_framing, side, "Transfer-Encoding in HTTP/1.0");
    if (sizes > 0) {
      return fail(ErrorKind::http_framing, side, "Transfer-Encoding and Content-Length");
    }
    if (codings > 1 || !iequals(*headers.find("Transfer-Encoding"), "chunked")) {
      return fail(ErrorKind::http_framing, side, "a Transfer-Encoding other than one 'chunked'");
    }
    lengths.chunked = true;
    return lengths;
  }
  if (sizes > 1) return fail(ErrorKind::http_framing, side, "more than one Content-Length");
  if (sizes == 1) {
    const auto length = parse_decimal(*headers.find("Content-Length"));
    if (!length || *length > (std::uint64_t{1} << 62)) {
      return fail(ErrorKind::http_framing, side, "Content-Length is no length");
    }
    lengths.has_length = true;
    lengths.length = *length;
  }
  return lengths;
}

bool wants_keep_alive(int minor, const http::Headers& headers) {
  if (headers.list_has("Connection", "close")) return false;
  if (minor >= 1) return true;
  return headers.list_has("Connection", "keep-alive");
}

// Fields that say something about the message as a whole or its sender; a Connection field that
// names one of them wants a proxy to drop it on the way (Davison 2019, CVE-2022-31813).
constexpr http::NameSet kEndToEnd({"host",
                                   "content-length",
                                   "transfer-encoding",
                                   "content-type",
                                   "authorization",
                                   "cookie",
                                   "set-cookie",
                                   "origin",
                                   "referer",
                                   "date",
                                   "content-encoding",
                                   "content-range",
                                   "range",
                                   "via",
                                   "cache-control",
                                   "location",
                                   "forwarded",
                                   "x-forwarded-for",
                                   "x-forwarded-host",
                                   "x-forwarded-proto",
                                   "expect",
                                   "content-disposition"});

constexpr http::NameSet kHopByHop({"connection", "keep-alive", "proxy-connection", "te", "trailer",
                                   "transfer-encoding", "upgrade", "content-length",
                                   "proxy-authorization", "proxy-authenticate", "http2-settings"});

}  // namespace

Result<Framing> request_framing(std::string_view method, int minor, const http::Headers& headers) {
  Result<Lengths> lengths = read_lengths(minor, headers, Side::client);
  if (!lengths) return pass_on(std::move(lengths));
  Framing framing;
  framing.keep_alive = wants_keep_alive(minor, headers);
  if (lengths->chunked) {
    framing.kind = BodyKind::chunked;
  } else if (lengths->has_length && lengths->length > 0) {
    framing.kind = BodyKind::length;
    framing.length = lengths->length;
  } else if (lengths->has_length) {
    framing.kind = BodyKind::length;  // An announced nothing stays announced.
  }
  if (method == "CONNECT" && framing.kind != BodyKind::none) {
    return fail(ErrorKind::http_framing, Side::client, "CONNECT with a body");
  }
  // RFC 9110 section 10.1.1: the only expectation there is.
  if (headers.has("Expect")) {
    if (headers.count("Expect") > 1 || !iequals(*headers.find("Expect"), "100-continue")) {
      return fail(ErrorKind::http_expectation, Side::client,
                  "an expectation other than 100-continue");
    }
    framing.expects_continue = minor >= 1 && framing.kind != BodyKind::none;
  }
  // RFC 6455 section 4.1. An Upgrade to anything else is ignored, which every server may do; so h2c
  // never reaches an origin.
  if (method == "GET" && minor >= 1 && framing.kind == BodyKind::none &&
      headers.list_has("Connection", "upgrade") && headers.count("Upgrade") == 1 &&
      iequals(*headers.find("Upgrade"), "websocket") && headers.count("Sec-WebSocket-Key") == 1 &&
      headers.count("Sec-WebSocket-Version") == 1 &&
      *headers.find("Sec-WebSocket-Version") == "13") {
    framing.upgrade = "websocket";
  }
  return framing;
}

Result<ReplyFraming> reply_framing(std::string_view request_method, int status, int minor,
                                   const http::Headers& headers) {
  ReplyFraming framing;
  framing.keep_alive = wants_keep_alive(minor, headers);
  // RFC 9112 section 6.3 rules 1 and 2. What a 1xx or 204 says of a body is a lie or a trick.
  if (status / 100 == 1 || status == 204) {
    if (headers.has("Transfer-Encoding") || headers.has("Content-Length")) {
      const auto length = headers.find("Content-Length");
      if (headers.has("Transfer-Encoding") || !length || *length != "0") {
        return fail(ErrorKind::http_framing, Side::origin, "a reply without a body announces one");
      }
    }
    return framing;
  }
  Result<Lengths> lengths = read_lengths(minor, headers, Side::origin);
  if (!lengths) return pass_on(std::move(lengths));
  if (request_method == "HEAD" || status == 304) {
    framing.announced = lengths->has_length;
    framing.length = lengths->length;
    return framing;
  }
  if (lengths->chunked) {
    framing.kind = BodyKind::chunked;
  } else if (lengths->has_length) {
    framing.kind = BodyKind::length;
    framing.length = lengths->length;
    framing.announced = true;
  } else {
    framing.kind = BodyKind::until_close;
    framing.keep_alive = false;
  }
  return framing;
}

Result<void> strip_hop_by_hop(http::Headers& headers, Side side) {
  std::vector<std::string> named;
  if (const auto only = headers.find("Connection")) {
    const std::string all = headers.count("Connection") > 1 ? headers.joined("Connection") : "";
    std::string_view rest = all.empty() ? *only : std::string_view(all);
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(','), rest.size());
      const std::string_view option = trim(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
      if (option.empty()) continue;
      if (kEndToEnd.has(option)) {
        // From an origin it is a slip of its configuration; the field stays.
        if (side == Side::origin) continue;
        return fail(ErrorKind::http_framing, side, "Connection names an end-to-end field");
      }
      if (!iequals(option, "close") && !iequals(option, "keep-alive")) named.emplace_back(option);
      if (named.size() > 16)
        return fail(ErrorKind::http_framing, side, "Connection names too much");
    }
  }
  headers.remove_if([&](const http::Headers::Field& field) {
    if (kHopByHop.has(field.name)) return true;
    for (const std::string& one : named) {
      if (iequals(one, field.name)) return true;
    }
    return false;
  });
  return {};
}

}  // namespace sallyport::http1
