#pragma once
// A body whose beginning was read before anybody asked for it, and which gives it all the same.

#include <algorithm>
#include <optional>
#include <string>

#include "base/http/body.h"

namespace sallyport::session {

class PeekedBody final : public http::PassingBody {
 public:
  explicit PeekedBody(http::Body& inner) : PassingBody(inner) {}

  // Reads until `most` bytes are there, or the body has ended. May go on after a
  // shorter one. REQUIRES: nothing was read from this.
  Task<Result<void>> peek(std::size_t most) {
    while (prefix_.size() < most && !ended_) {
      Result<http::Bytes> chunk = co_await inner_.read(most - prefix_.size());
      if (!chunk) co_return std::unexpected(std::move(chunk.error()));
      ended_ = chunk->empty();
      prefix_.append(reinterpret_cast<const char*>(chunk->data()), chunk->size());
    }
    co_return Result<void>();
  }
  // What peek() read, until the last of it was given.
  std::string_view prefix() const { return prefix_; }
  // Whether the prefix is the whole body.
  bool whole() const { return ended_; }
  // Gives `text` in the body's place. REQUIRES: whole(), and nothing was read from this.
  void replace(std::string text) {
    prefix_ = std::move(text);
    replaced_ = prefix_.size();
  }

  Task<Result<http::Bytes>> read(std::size_t most) override {
    if (auto now = read_now(most)) co_return std::move(*now);
    co_return co_await inner_.read(most);
  }
  std::optional<Result<http::Bytes>> read_now(std::size_t most) override {
    if (at_ < prefix_.size()) {
      const std::size_t size = std::min(most, prefix_.size() - at_);
      const auto* bytes = reinterpret_cast<const std::byte*>(prefix_.data()) + at_;
      at_ += size;
      return http::Bytes(bytes, size);
    }
    if (ended_) return http::Bytes();
    if (!prefix_.empty()) {  // Given, and no longer looked at.
      prefix_.clear();
      prefix_.shrink_to_fit();
      at_ = 0;
    }
    return inner_.read_now(most);
  }
  std::optional<std::uint64_t> length() const override {
    return replaced_ ? replaced_ : inner_.length();
  }
  bool ready() const override { return at_ < prefix_.size() || ended_ || inner_.ready(); }
  const http::Headers* trailers() const override {
    return at_ < prefix_.size() ? nullptr : inner_.trailers();
  }
  bool at_end() const override { return at_ == prefix_.size() && (ended_ || inner_.at_end()); }

 private:
  std::string prefix_;
  std::size_t at_ = 0;
  bool ended_ = false;
  std::optional<std::uint64_t> replaced_;  // bytes of what is given instead
};

// A body of which the first bytes are kept as they pass.
class TappedBody final : public http::PassingBody {
 public:
  TappedBody(http::Body& inner, std::size_t most) : PassingBody(inner), most_(most) {}
  std::string_view prefix() const { return prefix_; }

  Task<Result<http::Bytes>> read(std::size_t most) override {
    Result<http::Bytes> chunk = co_await inner_.read(most);
    keep(chunk);
    co_return chunk;
  }
  std::optional<Result<http::Bytes>> read_now(std::size_t most) override {
    std::optional<Result<http::Bytes>> chunk = inner_.read_now(most);
    if (chunk) keep(*chunk);
    return chunk;
  }

 private:
  void keep(const Result<http::Bytes>& chunk) {
    if (!chunk || prefix_.size() >= most_) return;
    prefix_.append(reinterpret_cast<const char*>(chunk->data()),
                   std::min(chunk->size(), most_ - prefix_.size()));
  }

  std::size_t most_;
  std::string prefix_;
};

}  // namespace sallyport::session
