#pragma once
// The body of a message that is being read from a Wire, for both sides.

#include <cstdint>
#include <optional>

#include "base/http/body.h"
#include "proxy/http1/chunked.h"
#include "proxy/http1/framing.h"
#include "proxy/http1/wire.h"

namespace sallyport::http1 {

class BodyReader {
 public:
  BodyReader(Wire& wire, Side side, BodyKind kind, std::uint64_t length)
      : wire_(wire), side_(side), kind_(kind), left_(length), decoder_(side) {
    done_ = kind == BodyKind::none || (kind == BodyKind::length && length == 0);
  }

  // Body::read(). A stream that ends too early is ErrorKind::closed with the sender's side.
  Task<Result<http::Bytes>> read(std::size_t most);
  // Body::read_now().
  std::optional<Result<http::Bytes>> read_now(std::size_t most);

  // Whether read() would return at once.
  bool ready() const;
  // The message is over and every byte of it was taken from the wire.
  bool done() const { return done_ && lent_ == 0; }
  // Lets go of the bytes that the last read() lent.
  void settle();
  bool stopped() const { return stopped_; }
  void stop();
  // Takes stop() back, so that the rest can be read away.
  void resume() { stopped_ = false; }

  const http::Headers* trailers() const;

 private:
  // What can be given from what is held: bytes, nothing yet (nullopt), or an error.
  Result<std::optional<http::Bytes>> take(std::size_t most);

  Wire& wire_;
  Side side_;
  BodyKind kind_;
  std::uint64_t left_;
  ChunkDecoder decoder_;
  std::size_t lent_ = 0;  // bytes at the front of the wire that a reader is looking at
  bool done_ = false;
  bool stopped_ = false;
  // Broken framing stays broken: nothing behind it means anything.
  std::optional<Error> broken_;
};

}  // namespace sallyport::http1
