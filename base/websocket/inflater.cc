#include "base/websocket/inflater.h"

#include <algorithm>
#include <array>
#include <new>
#include <zlib.h>

#include "base/core/check.h"

namespace sallyport::websocket {

namespace {
constexpr std::size_t kPiece = 4096;  // bytes
// What a sender leaves off the end of a message (RFC 7692 section 7.2.1).
constexpr std::array<std::byte, 4> kTail = {std::byte{0}, std::byte{0}, std::byte{0xff},
                                            std::byte{0xff}};
}  // namespace

struct Inflater::Zlib {
  // Negative: bare DEFLATE. zlib cannot inflate with a window of 8 bits, and a larger one reads the
  // same.
  explicit Zlib(int window_bits) {
    if (inflateInit2(&stream, -std::max(window_bits, 9)) != Z_OK) throw std::bad_alloc();
  }
  ~Zlib() { inflateEnd(&stream); }
  z_stream stream{};
};

Inflater::Inflater(const DeflateTerms& terms, const InflateBounds& bounds)
    : terms_(terms), bounds_(bounds), zlib_(std::make_unique<Zlib>(terms.window_bits)) {}

Inflater::~Inflater() = default;

Inflater::Outcome Inflater::lose(Outcome outcome) {
  usable_ = !terms_.keeps_context;
  message_ = 0;
  CHECK(inflateReset(&zlib_->stream) == Z_OK);
  return outcome;
}

Inflater::Outcome Inflater::run(Bytes compressed, const Take& take) {
  std::array<std::byte, kPiece> piece;
  z_stream& stream = zlib_->stream;
  while (true) {
    // A span of our own callers is never larger than 4 GiB, zlib's measure.
    CHECK(compressed.size() <= UINT32_MAX);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(compressed.data()));
    stream.avail_in = static_cast<uInt>(compressed.size());
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = kPiece;
    const int said = inflate(&stream, Z_SYNC_FLUSH);
    const std::size_t got = kPiece - stream.avail_out;
    compressed = compressed.last(stream.avail_in);
    if (said != Z_OK && said != Z_STREAM_END && said != Z_BUF_ERROR) return Outcome::broken;
    out_ += got;
    message_ += got;
    if (message_ > bounds_.most ||
        (out_ > bounds_.floor && (out_ - bounds_.floor) / bounds_.ratio > in_)) {
      return Outcome::too_much;
    }
    if (got > 0) take(Bytes(piece).first(got));
    if (said == Z_STREAM_END) {
      // A block with BFINAL ends the stream of zlib, not the message (RFC 7692 section 7.2.3.4).
      // The window goes on, which this is for; inflateReset() and a copy of the window would do the
      // same at 32 KiB for every two bytes of a message made of such blocks.
      CHECK(inflateResetKeep(&stream) == Z_OK);
      if (compressed.empty()) return Outcome::good;
      continue;
    }
    // With room left zlib has given all that it could.
    if (stream.avail_out > 0) return Outcome::good;
  }
}

Inflater::Outcome Inflater::add(Bytes compressed, bool last, const Take& take) {
  CHECK(usable_);
  in_ += compressed.size();
  if (!compressed.empty()) {
    const Outcome outcome = run(compressed, take);
    if (outcome != Outcome::good) return lose(outcome);
  }
  if (!last) return Outcome::good;
  const Outcome outcome = run(kTail, take);
  if (outcome != Outcome::good) return lose(outcome);
  // Behind the tail a stream stands between two blocks, at a whole byte. Anything else was cut.
  const bool between = (zlib_->stream.data_type & 128) != 0 && (zlib_->stream.data_type & 7) == 0;
  if (!between) return lose(Outcome::broken);
  message_ = 0;
  if (!terms_.keeps_context) CHECK(inflateReset(&zlib_->stream) == Z_OK);
  return Outcome::good;
}

}  // namespace sallyport::websocket
