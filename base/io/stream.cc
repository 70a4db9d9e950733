#include "base/io/stream.h"

#include <algorithm>
#include <array>

#include "base/core/check.h"

namespace sallyport::io {

std::optional<Result<void>> write_now(ByteStream& stream, std::span<Bytes>& pieces) {
  while (!pieces.empty()) {
    if (pieces.front().empty()) {
      pieces = pieces.subspan(1);
      continue;
    }
    const ByteStream::Outcome outcome = stream.try_write(pieces);
    if (outcome.status == ByteStream::Status::would_block) return std::nullopt;
    if (outcome.status != ByteStream::Status::moved) return std::unexpected(stream.failure());
    std::size_t moved = outcome.bytes;
    while (moved > 0) {
      const std::size_t from_first = std::min(moved, pieces.front().size());
      pieces.front() = pieces.front().subspan(from_first);
      moved -= from_first;
      if (pieces.front().empty()) pieces = pieces.subspan(1);
    }
  }
  if (stream.unsent()) return std::nullopt;
  return Result<void>{};
}

Task<Result<void>> write_all(ByteStream& stream, std::span<const Bytes> pieces) {
  CHECK(pieces.size() <= 8);
  std::array<Bytes, 8> rest;
  std::copy(pieces.begin(), pieces.end(), rest.begin());
  std::span<Bytes> left(rest.data(), pieces.size());
  while (true) {
    std::optional<Result<void>> written = write_now(stream, left);
    if (written) co_return std::move(*written);
    Result<void> waited = co_await stream.writable();
    if (!waited) co_return waited;
  }
}

Task<Result<void>> write_all(ByteStream& stream, Bytes bytes) {
  std::array<Bytes, 1> pieces{bytes};
  std::span<Bytes> left(pieces);
  while (true) {
    std::optional<Result<void>> written = write_now(stream, left);
    if (written) co_return std::move(*written);
    Result<void> waited = co_await stream.writable();
    if (!waited) co_return waited;
  }
}

Task<Result<std::size_t>> read_some(ByteStream& stream, std::span<std::byte> into) {
  while (true) {
    const ByteStream::Outcome outcome = stream.try_read(into);
    switch (outcome.status) {
      case ByteStream::Status::moved:
        co_return outcome.bytes;
      case ByteStream::Status::end:
        co_return std::size_t{0};
      case ByteStream::Status::failed:
        co_return std::unexpected(stream.failure());
      case ByteStream::Status::would_block:
        break;
    }
    Result<void> waited = co_await stream.readable();
    if (!waited) co_return std::unexpected(std::move(waited.error()));
  }
}

}  // namespace sallyport::io
