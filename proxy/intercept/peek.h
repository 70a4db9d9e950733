#pragma once
// Reading one ClientHello without answering, so that the connection may still be spliced, opened or
// refused.

#include <string>

#include "base/io/stream.h"
#include "tls/hello/client_hello.h"

namespace sallyport::intercept {

struct Peeked {
  tls::PeekResult::State state = tls::PeekResult::State::need_more;
  tls::ClientHello hello;
  std::string bytes;   // Everything read so far; to be replayed or passed on.
  bool ended = false;  // The client closed, or reading failed, before it was decided.
};

// `early`: bytes that came before. Ends with state need_more where the stream ended or was stopped.
Task<Peeked> peek(io::ByteStream& stream, std::string early);

}  // namespace sallyport::intercept
