#pragma once
// Chunked coding (RFC 9112 section 7.1). The decoder is pure and is fed what has arrived; the
// encoder writes size lines of our own, so nothing of a peer's framing is ever copied.
//
// A size is 1 to 16 hexadecimal digits; extensions are refused (they carry nothing that an HTTP
// gateway needs and have smuggled much); lines end with CRLF and nothing else.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/core/result.h"
#include "base/http/headers.h"
#include "proxy/http1/parser.h"

namespace sallyport::http1 {

class ChunkDecoder {
 public:
  explicit ChunkDecoder(Side side) : side_(side) {}

  struct Step {
    std::size_t consumed = 0;  // bytes of input that are done with, framing included
    std::string_view data;     // payload at the end of what was consumed; may be empty
    bool done = false;         // the terminal chunk and its trailer section are over
  };

  // Goes on with `input`, at most `most` bytes of payload. Nothing consumed and not done: more
  // input is needed. `input` starts where the last step stopped.
  Result<Step> step(std::string_view input, std::size_t most);

  const http::Headers& trailers() const { return trailers_; }

 private:
  enum class State : std::uint8_t { size, data, data_end, trailers, done };

  Side side_;
  State state_ = State::size;
  std::uint64_t left_ = 0;
  std::size_t scanned_ = 0;
  http::Headers trailers_;
};

// "1a2b\r\n" into `out` (at least 20 bytes); how many were written.
std::size_t write_chunk_size(std::uint64_t size, char* out);

// Whether a trailer field may be passed on: never framing, routing, credentials, caching or content
// descriptions (RFC 9110 section 6.5.1).
bool may_be_trailer(std::string_view name);

}  // namespace sallyport::http1
