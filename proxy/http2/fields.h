#pragma once
// Field blocks of HTTP/2, to and from heads (RFC 9113 section 8.3). Pure; fuzzed.
//
// nghttp2 checks much of this before; what policy, routing or another codec rests on is checked
// here again, so that no version of a library decides it. Nothing is repaired.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "base/http/head.h"
#include "proxy/http1/parser.h"

namespace sallyport::http2 {

// A field block as it comes in, field by field.
class FieldBlock {
 public:
  explicit FieldBlock(Side sender, const http1::HeadLimits& limits)
      : side_(sender), limits_(limits) {}

  // The first fault is kept and later fields are only counted. False where the block has passed
  // four times the limits: nothing of its kind is worth decoding any longer.
  bool add(std::string_view name, std::string_view value);

  // The block is none, whatever else comes.
  void spoil(const char* why);
  bool has_fault() const { return fault_.has_value(); }
  // What it takes, about: as it would in HTTP/1.
  std::size_t bytes() const { return bytes_; }

  struct Request {
    http::RequestHead head;
    std::optional<std::uint64_t> length;  // Content-Length
  };
  // Errors: http_syntax, http_framing, http_head_too_large, http_target_too_long, http_expectation,
  // http_unsupported (CONNECT other than for a WebSocket).
  Result<Request> take_request();

  struct Reply {
    http::ReplyHead head;
    std::optional<std::uint64_t> length;
  };
  Result<Reply> take_reply();

  // Trailers: no pseudo-header, nothing that only makes sense before content.
  Result<http::Headers> take_trailers();

 private:
  Result<void> check_regular() const;
  Result<std::optional<std::uint64_t>> take_length();
  void join_cookies();

  Side side_;
  http1::HeadLimits limits_;
  std::optional<Error> fault_;
  std::optional<std::string> method_, scheme_, authority_, path_, protocol_, status_;
  http::Headers fields_;
  std::size_t bytes_ = 0;
  std::size_t count_ = 0;
};

// A field to send. The name is in lower case.
struct OutField {
  std::string name;
  std::string_view value;  // of the head, which outlives the list, or of a constant
  bool secret = false;     // never to be indexed (RFC 7541 section 7.1.3)
};

// What is to be sent, beginning with pseudo-headers. `numbers` holds texts that the values point
// to.
struct OutFields {
  std::vector<OutField> fields;
  std::vector<std::string> texts;
};
// `length` is written as Content-Length.
OutFields request_fields(const http::RequestHead& head, std::optional<std::uint64_t> length);
OutFields reply_fields(const http::ReplyHead& head, std::optional<std::uint64_t> length);
OutFields trailer_fields(const http::Headers& trailers);

}  // namespace sallyport::http2
