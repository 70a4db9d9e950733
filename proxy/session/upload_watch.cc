#include "proxy/session/upload_watch.h"

#include <utility>

namespace sallyport::session {
namespace {

constexpr std::size_t kPiece = 64 * 1024;  // bytes

}  // namespace

void UploadWatch::look(const Result<http::Bytes>& chunk) {
  if (!chunk) {
    files_.end(false);
  } else if (chunk->empty()) {
    files_.end(true);
  } else {
    files_.feed({reinterpret_cast<const char*>(chunk->data()), chunk->size()});
  }
}

Task<Result<bool>> UploadWatch::hold(std::unique_ptr<Spool> spool, std::uint64_t most) {
  spool_ = std::move(spool);
  while (spool_->size() < most) {
    Result<http::Bytes> chunk = co_await inner_.read(kPiece);
    look(chunk);
    if (!chunk) co_return std::unexpected(std::move(chunk.error()));
    if (chunk->empty()) {
      held_ = true;
      co_return true;
    }
    Result<void> kept = spool_->append(*chunk);
    if (kept) continue;
    co_return std::unexpected(std::move(kept.error()));
  }
  co_return false;
}

std::optional<Result<http::Bytes>> UploadWatch::from_spool(std::size_t most) {
  if (spool_ == nullptr) return std::nullopt;
  Result<http::Bytes> bytes = spool_->next(most);
  if (bytes && !bytes->empty()) return bytes;
  if (!bytes) return bytes;
  spool_.reset();
  return std::nullopt;
}

Task<Result<http::Bytes>> UploadWatch::read(std::size_t most) {
  if (auto kept = from_spool(most)) co_return std::move(*kept);
  if (held_) co_return http::Bytes();
  Result<http::Bytes> chunk = co_await inner_.read(most);
  look(chunk);
  co_return chunk;
}

std::optional<Result<http::Bytes>> UploadWatch::read_now(std::size_t most) {
  if (auto kept = from_spool(most)) return kept;
  if (held_) return http::Bytes();
  std::optional<Result<http::Bytes>> chunk = inner_.read_now(most);
  if (chunk) look(*chunk);
  return chunk;
}

}  // namespace sallyport::session
