#include "proxy/http1/wire.h"

#include <cstring>

#include "base/core/check.h"

namespace sallyport::http1 {

void Wire::consume(std::size_t bytes) {
  CHECK(bytes <= end_ - begin_);
  begin_ += bytes;
  if (begin_ == end_) begin_ = end_ = 0;
}

void Wire::preload(std::string_view bytes) {
  CHECK(begin_ == end_ && bytes.size() <= kCapacity);
  if (bytes.empty()) return;
  buffer_.take();
  std::memcpy(buffer_.get(), bytes.data(), bytes.size());
  begin_ = 0;
  end_ = bytes.size();
}

io::ByteStream::Outcome Wire::try_fill() {
  CHECK(!full());
  buffer_.take();
  // Moved to the front only when the tail has become small, so that bulk reads stay large.
  if (begin_ > 0 && kCapacity - end_ < kCapacity / 4) {
    std::memmove(buffer_.get(), buffer_.get() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  const auto outcome =
      stream_.try_read(std::as_writable_bytes(std::span(buffer_.get() + end_, kCapacity - end_)));
  if (outcome.status == io::ByteStream::Status::moved) {
    end_ += outcome.bytes;
  } else {
    let_go();
  }
  return outcome;
}

Task<Result<std::size_t>> Wire::fill() {
  while (true) {
    const auto outcome = try_fill();
    switch (outcome.status) {
      case io::ByteStream::Status::moved:
        if (turns_.due()) co_await io::yield();
        co_return outcome.bytes;
      case io::ByteStream::Status::end:
        co_return std::size_t{0};
      case io::ByteStream::Status::failed:
        co_return std::unexpected(stream_.failure());
      case io::ByteStream::Status::would_block:
        break;
    }
    turns_.waited();
    Result<void> waited = co_await stream_.readable();
    if (!waited) co_return pass_on(std::move(waited));
  }
}

void Wire::let_go() {
  if (begin_ == end_) {
    buffer_.give_back();
    begin_ = end_ = 0;
  }
}

void Wire::release() {
  let_go();
  stream_.release_idle_buffers();
}

}  // namespace sallyport::http1
