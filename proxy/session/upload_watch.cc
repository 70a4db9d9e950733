#include "proxy/session/upload_watch.h"

#include <algorithm>
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
    // Who knows the length may not ask for the end.
    passed_ += chunk->size();
    if (inner_.length() == passed_) files_.end(true);
  }
}

Task<Result<bool>> UploadWatch::hold(std::unique_ptr<Spool> spool, std::uint64_t most, bool must) {
  spool_ = std::move(spool);
  // Of one that says it is larger only how it begins is of use.
  const std::optional<std::uint64_t> length = inner_.length();
  if (length && *length > most) most = std::min<std::uint64_t>(most, kPiece);
  while (spool_->size() <= most) {
    const std::uint64_t room = most - spool_->size() + 1;
    Result<http::Bytes> chunk =
        co_await inner_.read(static_cast<std::size_t>(std::min<std::uint64_t>(kPiece, room)));
    look(chunk);
    if (!chunk) co_return std::unexpected(std::move(chunk.error()));
    if (chunk->empty()) {
      held_ = true;
      co_return true;
    }
    Result<void> kept = spool_->append(*chunk);
    if (kept) continue;
    if (must) co_return std::unexpected(std::move(kept.error()));
    back_.append(reinterpret_cast<const char*>(chunk->data()), chunk->size());
    break;
  }
  files_.note_so_far();
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

std::optional<Result<http::Bytes>> UploadWatch::from_back(std::size_t most) {
  if (stopped_) return fail(ErrorKind::cancelled, Side::ours, "a policy stopped the upload");
  const std::size_t kept = judge_ ? kKeptBack : 0;
  if (back_.size() - given_ <= kept) {
    if (judge_ || given_ == 0) return std::nullopt;
    back_.clear();
    given_ = 0;
    return std::nullopt;
  }
  const std::size_t size = std::min(most, back_.size() - given_ - kept);
  const auto* bytes = reinterpret_cast<const std::byte*>(back_.data()) + given_;
  given_ += size;
  return http::Bytes(bytes, size);
}

void UploadWatch::put_back(const Result<http::Bytes>& chunk) {
  if (!chunk) return;
  if (chunk->empty()) {
    const std::function<bool()> judge = std::exchange(judge_, nullptr);
    held_ = true;
    stopped_ = !judge();
    return;
  }
  // What was given is no longer looked at; now and then, as it means moving the rest.
  if (given_ >= 4 * kKeptBack) {
    back_.erase(0, given_);
    given_ = 0;
  }
  back_.append(reinterpret_cast<const char*>(chunk->data()), chunk->size());
}

Task<Result<http::Bytes>> UploadWatch::read(std::size_t most) {
  if (auto kept = from_spool(most)) co_return std::move(*kept);
  for (;;) {
    if (auto kept = from_back(most)) co_return std::move(*kept);
    if (held_) co_return http::Bytes();
    Result<http::Bytes> chunk = co_await inner_.read(most);
    look(chunk);
    if (!judge_ || !chunk) co_return chunk;
    put_back(chunk);
  }
}

std::optional<Result<http::Bytes>> UploadWatch::read_now(std::size_t most) {
  if (auto kept = from_spool(most)) return kept;
  for (;;) {
    if (auto kept = from_back(most)) return kept;
    if (held_) return http::Bytes();
    std::optional<Result<http::Bytes>> chunk = inner_.read_now(most);
    if (!chunk) return chunk;
    look(*chunk);
    if (!judge_ || !*chunk) return chunk;
    put_back(*chunk);
  }
}

}  // namespace sallyport::session
