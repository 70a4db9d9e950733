#pragma once
// Wire: a stream with one input buffer in front, which heads and bodies are read from without
// copying.
//
// INVARIANT: held() is one contiguous run of at most kCapacity bytes. Views of it live until the
// next fill() or release(). The buffer exists only while there is something to read: release()
// gives it back on idle connections.

#include <cstddef>
#include <memory>
#include <string_view>

#include "base/io/stream.h"
#include "base/io/worker.h"

namespace sallyport::http1 {

class Wire {
 public:
  // 64 KiB: a head of the largest size fits, and bulk reads are not slowed (io-spike.md: 16 KiB
  // costs a third).
  static constexpr std::size_t kCapacity = 64 * 1024;

  explicit Wire(io::ByteStream& stream) : stream_(stream) {}

  std::string_view held() const { return {buffer_.get() + begin_, end_ - begin_}; }
  void consume(std::size_t bytes);
  bool full() const { return end_ - begin_ == kCapacity; }

  // Puts bytes in front that were read from the stream elsewhere. REQUIRES: nothing held, it fits.
  void preload(std::string_view bytes);

  // Reads more behind what is held, waiting where it must. 0 is the end of the stream. REQUIRES:
  // !full().
  Task<Result<std::size_t>> fill();

  // The same without waiting.
  io::ByteStream::Outcome try_fill();

  // Frees the buffer where nothing is held, and the stream's own.
  void release();

  io::ByteStream& stream() { return stream_; }

 private:
  io::ByteStream& stream_;
  std::unique_ptr<char[]> buffer_;
  io::FairTurns turns_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace sallyport::http1
