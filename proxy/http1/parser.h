#pragma once
// HTTP/1 heads, from bytes to fields. Pure: bytes in, values or a refusal out. Fuzzed.
//
// Strict where the field has learnt to be strict (safety.md C0, C1): CRLF is the only line end; no
// obs-fold, no blank before a colon, no empty or non-token name, no control byte in a value; exact
// version tokens. Nothing is repaired. Written by hand instead of on Boost.Beast 1.81, because a
// dozen of that version's liberties would each need a check of our own behind it (ARCHITECTURE.md).

#include <cstddef>
#include <string>
#include <string_view>

#include "base/core/result.h"
#include "base/http/headers.h"

namespace sallyport::http1 {

struct HeadLimits {
  std::size_t head = 64 * 1024;    // bytes, first line and fields; more is 431
  std::size_t target = 16 * 1024;  // bytes of the request target; more is 414
  std::size_t fields = 128;        // more is 431
};

struct RawRequest {
  std::string method;
  std::string target;  // As written; see target.h
  int minor = 1;       // HTTP/1.minor, 0 or 1
  http::Headers headers;
};

struct RawReply {
  int status = 0;
  int minor = 1;
  http::Headers headers;
};

// The length of the head at the start of `bytes` with its empty line, or 0 where it has not ended.
// `scanned` is kept by the caller between calls (0 at first), so that a head that drips in costs
// linear time.
std::size_t find_head_end(std::string_view bytes, std::size_t& scanned);

// `head` is one whole head, empty line included. Errors: http_syntax, http_version,
// http_target_too_long, http_head_too_large; the side is the sender's.
Result<RawRequest> parse_request_head(std::string_view head, const HeadLimits& limits = {});
Result<RawReply> parse_reply_head(std::string_view head, const HeadLimits& limits = {});

// The fields of a trailer section, which ends with its empty line. Same rules.
Result<http::Headers> parse_fields(std::string_view block, Side side,
                                   const HeadLimits& limits = {});

}  // namespace sallyport::http1
