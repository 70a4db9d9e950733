#pragma once
// Wire: a stream with one input buffer in front, which heads and bodies are read from without
// copying.
//
// INVARIANT: held() is one contiguous run of at most kCapacity bytes. Views of it live until the
// next fill() or release(). The buffer is there only while something is held, or read.

#include <cstddef>
#include <memory>
#include <string_view>

#include "base/io/block.h"
#include "base/io/stream.h"
#include "base/io/worker.h"

namespace sallyport::http1 {

class Wire {
 public:
  // 64 KiB: a head of the largest size fits, and bulk reads are not slowed (io-spike.md: 16 KiB
  // costs a third).
  static constexpr std::size_t kCapacity = io::Block::kSize;

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

  // Gives the buffer back where nothing is held.
  void let_go();
  // The same, and the stream's own: for connections that have been idle for a while.
  void release();

  io::ByteStream& stream() { return stream_; }

 private:
  io::ByteStream& stream_;
  io::Block buffer_;
  io::FairTurns turns_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace sallyport::http1
