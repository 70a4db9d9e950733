// RFC 9112 sections 2 to 5.
#include "proxy/http1/parser.h"

#include <algorithm>
#include <cstring>

#include "base/core/text.h"

namespace sallyport::http1 {

namespace {

std::unexpected<Error> refuse(ErrorKind kind, Side side, std::string detail) {
  return fail(kind, side, std::move(detail));
}

// The line at the start of `rest` without its CRLF; `rest` moves behind it. False where the line
// holds a bare CR or LF or a NUL, or does not end.
bool take_line(std::string_view& rest, std::string_view& line) {
  const std::size_t end = rest.find('\r');
  if (end == std::string_view::npos || end + 1 >= rest.size() || rest[end + 1] != '\n')
    return false;
  line = rest.substr(0, end);
  rest.remove_prefix(end + 2);
  return line.find('\n') == std::string_view::npos && line.find('\0') == std::string_view::npos;
}

// "HTTP/1.0" or "HTTP/1.1", exactly (RFC 9112 section 2.3); -1 for another version, -2 for none.
int parse_version(std::string_view token) {
  if (token == "HTTP/1.1") return 1;
  if (token == "HTTP/1.0") return 0;
  const bool shaped = token.size() == 8 && token.starts_with("HTTP/") && is_digit(token[5]) &&
                      token[6] == '.' && is_digit(token[7]);
  return shaped ? -1 : -2;
}

constexpr std::size_t kRoomForVia = 64;  // bytes, and for what else is added on the way

bool is_target_byte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte > 0x20 && byte < 0x7f && c != '"' && c != '<' && c != '>' && c != '#';
}

// The bytes of `text` that may stand inside a value (RFC 9110 section 5.5): all but control bytes,
// of which it may hold tabs.
std::size_t value_bytes(std::string_view text) {
  std::size_t at = 0;
  const auto is_fine = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 && byte != 0x7f) || c == '\t';
  };
  // Eight at a time while none is below 0x20 or is 0x7f; the rest, and what follows a tab, one by
  // one.
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  while (at + 8 <= text.size()) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + at, 8);
    const std::uint64_t low = (word - kOnes * 0x20) & ~word;
    const std::uint64_t rubout = word ^ (kOnes * 0x7f);
    if (((low | ((rubout - kOnes) & ~rubout)) & (kOnes * 0x80)) != 0) {
      if (!is_fine(text[at])) return at;
      ++at;
    } else {
      at += 8;
    }
  }
  while (at < text.size() && is_fine(text[at])) ++at;
  return at;
}

// A whole field at the start of `rest`, as nearly all are: a name, a colon, a value, CRLF. False,
// and nothing taken, where anything about it is unusual. `headers` holds `block`.
bool take_usual_field(std::string_view block, std::string_view& rest, http::Headers& headers) {
  const std::size_t name = http::token_bytes(rest);
  if (name == 0 || name > 0xffff || name == rest.size() || rest[name] != ':') return false;
  const std::string_view behind = rest.substr(name + 1);
  const std::size_t value = value_bytes(behind);
  if (value + 1 >= behind.size() || behind[value] != '\r' || behind[value + 1] != '\n')
    return false;
  const std::string_view trimmed = trim(behind.substr(0, value));
  const auto place = [&](const char* at) { return static_cast<std::size_t>(at - block.data()); };
  headers.add_within(place(rest.data()), name, place(trimmed.data()), trimmed.size());
  rest = behind.substr(value + 2);
  return true;
}

Result<http::Headers> take_fields(std::string_view& rest, Side side, const HeadLimits& limits) {
  http::Headers headers;
  const std::string_view block = rest;
  const bool held = block.size() <= http::Headers::kMostText;
  if (held) headers.hold(block, kRoomForVia);
  std::string_view line;
  while (true) {
    while (held && headers.size() < limits.fields && take_usual_field(block, rest, headers)) {
    }
    // The end, or something that is to be told what is wrong with it.
    if (!take_line(rest, line)) return refuse(ErrorKind::http_syntax, side, "bare CR, LF or NUL");
    if (line.empty()) return headers;
    // obs-fold: RFC 9112 section 5.2 lets a server refuse it.
    if (line.front() == ' ' || line.front() == '\t') {
      return refuse(ErrorKind::http_syntax, side, "folded field");
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) {
      return refuse(ErrorKind::http_syntax, side, "field without a colon");
    }
    if (headers.size() == limits.fields) {
      return refuse(ErrorKind::http_head_too_large, side, "too many fields");
    }
    // RFC 9110 section 5.5: other control bytes have no place in a value either.
    const bool controlled = std::any_of(line.begin(), line.end(), [](char c) {
      const auto byte = static_cast<unsigned char>(c);
      return (byte < 0x20 && c != '\t') || byte == 0x7f;
    });
    if (controlled) return refuse(ErrorKind::http_syntax, side, "a control byte in a field");
    // add() refuses an empty or non-token name, so also the blank before a colon (section 5.1).
    if (!headers.add(line.substr(0, colon), line.substr(colon + 1))) {
      return refuse(ErrorKind::http_syntax, side, "field name or value with bytes not allowed");
    }
  }
}

}  // namespace

std::size_t find_head_end(std::string_view bytes, std::size_t& scanned) {
  const std::size_t from = scanned > 3 ? scanned - 3 : 0;
  const std::size_t found = bytes.find("\r\n\r\n", from);
  if (found == std::string_view::npos) {
    scanned = bytes.size();
    return 0;
  }
  return found + 4;
}

Result<RawRequest> parse_request_head(std::string_view head, const HeadLimits& limits) {
  constexpr Side side = Side::client;
  if (head.size() > limits.head)
    return refuse(ErrorKind::http_head_too_large, side, "head too large");
  std::string_view rest = head;
  std::string_view line;
  if (!take_line(rest, line)) return refuse(ErrorKind::http_syntax, side, "bare CR, LF or NUL");

  // method SP request-target SP HTTP-version, single blanks (section 3).
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || last == first) {
    return refuse(ErrorKind::http_syntax, side, "no request line");
  }
  RawRequest request;
  const std::string_view method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, last - first - 1);
  const int minor = parse_version(line.substr(last + 1));
  if (minor == -2) return refuse(ErrorKind::http_syntax, side, "no HTTP version");
  if (minor == -1)
    return refuse(ErrorKind::http_version, side, "a version other than HTTP/1.0 and 1.1");
  if (!http::is_token(method) || method.size() > 32) {
    return refuse(ErrorKind::http_syntax, side, "method is no token");
  }
  if (target.size() > limits.target) {
    return refuse(ErrorKind::http_target_too_long, side, "target too long");
  }
  if (target.empty() || !std::all_of(target.begin(), target.end(), is_target_byte)) {
    return refuse(ErrorKind::http_syntax, side, "target with bytes not allowed");
  }
  request.method = method;
  request.target = target;
  request.minor = minor;
  Result<http::Headers> headers = take_fields(rest, side, limits);
  if (!headers) return pass_on(std::move(headers));
  if (!rest.empty()) return refuse(ErrorKind::http_syntax, side, "bytes behind the head");
  request.headers = std::move(*headers);
  return request;
}

Result<RawReply> parse_reply_head(std::string_view head, const HeadLimits& limits) {
  constexpr Side side = Side::origin;
  if (head.size() > limits.head)
    return refuse(ErrorKind::http_head_too_large, side, "head too large");
  std::string_view rest = head;
  std::string_view line;
  if (!take_line(rest, line)) return refuse(ErrorKind::http_syntax, side, "bare CR, LF or NUL");

  // HTTP-version SP status-code SP [reason-phrase] (section 4). The blank before an absent phrase
  // is often left out, and harmless. The phrase itself is dropped.
  if (line.size() < 12 || line[8] != ' ')
    return refuse(ErrorKind::http_syntax, side, "no status line");
  const int minor = parse_version(line.substr(0, 8));
  if (minor < 0)
    return refuse(ErrorKind::http_version, side, "a version other than HTTP/1.0 and 1.1");
  const std::string_view code = line.substr(9, 3);
  if (!is_digit(code[0]) || !is_digit(code[1]) || !is_digit(code[2]) || code[0] == '0' ||
      (line.size() > 12 && line[12] != ' ')) {
    return refuse(ErrorKind::http_syntax, side, "no status code");
  }
  RawReply reply;
  reply.status = (code[0] - '0') * 100 + (code[1] - '0') * 10 + (code[2] - '0');
  reply.minor = minor;
  Result<http::Headers> headers = take_fields(rest, side, limits);
  if (!headers) return pass_on(std::move(headers));
  if (!rest.empty()) return refuse(ErrorKind::http_syntax, side, "bytes behind the head");
  reply.headers = std::move(*headers);
  return reply;
}

Result<http::Headers> parse_fields(std::string_view block, Side side, const HeadLimits& limits) {
  if (block.size() > limits.head) return refuse(ErrorKind::http_head_too_large, side, "too large");
  Result<http::Headers> headers = take_fields(block, side, limits);
  if (headers && !block.empty())
    return refuse(ErrorKind::http_syntax, side, "bytes behind the fields");
  return headers;
}

}  // namespace sallyport::http1
