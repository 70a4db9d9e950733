#pragma once
// Heads from fields to bytes. Only parsed fields are ever written; nothing of a peer's bytes is
// copied through, so nothing can be smuggled through.

#include <cstdint>
#include <optional>
#include <string>

#include "base/http/body.h"
#include "base/http/head.h"
#include "base/io/stream.h"
#include "proxy/http1/framing.h"

namespace sallyport::http1 {

// How a body that we send is framed.
struct OutFraming {
  BodyKind kind = BodyKind::none;
  std::optional<std::uint64_t> length;  // written as Content-Length, also for HEAD
};

// The framing for `body` in a request: none writes no length, except for methods that usually carry
// one.
OutFraming frame_request(const std::string& method, const http::Body& body);
// The framing for a reply to `method`; `chunks` says whether the client understands them.
OutFraming frame_reply(const std::string& method, int status, const http::Body& body, bool chunks);

// Appends "HTTP/1.1 200 OK\r\n", the fields, framing and "Connection: close" where told, and the
// empty line.
void append_reply_head(std::string& out, const http::ReplyHead& head, const OutFraming& framing,
                       bool close, bool say_keep_alive);

// Appends the request line in origin form, Host first (RFC 9112 section 3.2), fields, framing.
void append_request_head(std::string& out, const http::RequestHead& head, const OutFraming& framing,
                         bool absolute_form);

// Pulls `body` to its end and writes it behind `head` (which may be empty), framed. The head leaves
// with the first bytes of the body where those are at hand, and at once where they are not. The
// error's side is `Side::ours` for the stream that is written to, the body's own otherwise;
// `wrote_head` is set as soon as a byte may have left.
struct Copied {
  Result<void> result;
  bool body_failed = false;  // the error is the body's; else the stream's
};
Task<Copied> write_message(io::ByteStream& stream, std::string& head, http::Body& body,
                           const OutFraming& framing);

}  // namespace sallyport::http1
