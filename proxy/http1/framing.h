#pragma once
// Where a message ends, decided once and strictly, before an exchange exists (safety.md C0, C1; RFC
// 9112 section 6). Pure; fuzzed.
//
// A message about which two readers could disagree is refused: any Transfer-Encoding but exactly
// one "chunked", Transfer-Encoding together with Content-Length, Transfer-Encoding below HTTP/1.1,
// more than one Content-Length field or value (equal ones too), a length that is not plain digits.

#include <cstdint>
#include <string>

#include "base/core/result.h"
#include "base/http/headers.h"

namespace sallyport::http1 {

enum class BodyKind : std::uint8_t { none, length, chunked, until_close };

struct Framing {
  BodyKind kind = BodyKind::none;
  std::uint64_t length = 0;       // bytes, for BodyKind::length
  bool keep_alive = true;         // what the sender's version and Connection field say
  bool expects_continue = false;  // requests
  std::string upgrade;            // requests: "websocket" where asked for properly
};

Result<Framing> request_framing(std::string_view method, int minor, const http::Headers& headers);

// `length` is also set where there is no body but one was announced (HEAD, 304), with `announced`.
struct ReplyFraming : Framing {
  bool announced = false;
};
Result<ReplyFraming> reply_framing(std::string_view request_method, int status, int minor,
                                   const http::Headers& headers);

// Removes what belongs to one connection only (RFC 9110 section 7.6.1): Connection and what it
// names, Keep-Alive, Proxy-Connection, TE, Trailer, Transfer-Encoding, Upgrade, Content-Length, and
// Proxy-* credentials. A Connection field that names an end-to-end field which policy or framing
// rests on (Host, Content-Length, Authorization, Cookie, ...) is a refusal in a request, and in a
// reply the field stays.
Result<void> strip_hop_by_hop(http::Headers& headers, Side side);

}  // namespace sallyport::http1
