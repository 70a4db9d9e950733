#pragma once
// A body that counts what passes, and keeps the stall deadline of its exchange from firing while
// bytes move.

#include <chrono>
#include <cstdint>

#include "base/http/body.h"
#include "base/io/deadline.h"

namespace sallyport::session {

class CountedBody final : public http::PassingBody {
 public:
  CountedBody(http::Body& inner, std::uint64_t& count, io::Deadline& stall,
              const std::chrono::milliseconds& patience)
      : PassingBody(inner), count_(count), stall_(stall), patience_(patience) {}

  Task<Result<http::Bytes>> read(std::size_t most) override {
    reading_ = true;
    Result<http::Bytes> chunk = co_await inner_.read(most);
    reading_ = false;
    count(chunk);
    co_return chunk;
  }
  std::optional<Result<http::Bytes>> read_now(std::size_t most) override {
    std::optional<Result<http::Bytes>> chunk = inner_.read_now(most);
    if (chunk) count(*chunk);
    return chunk;
  }

  // Whether the body itself broke, and not whoever took it.
  bool failed() const { return failed_; }
  // Whether it was read to its end.
  bool ended() const { return ended_; }
  // Whether somebody waits for more of it.
  bool reading() const { return reading_; }

 private:
  void count(const Result<http::Bytes>& chunk) {
    if (!chunk) {
      failed_ = true;
      return;
    }
    count_ += chunk->size();
    ended_ = chunk->empty();
    stall_.set(patience_);
  }

  std::uint64_t& count_;
  io::Deadline& stall_;
  const std::chrono::milliseconds& patience_;
  bool failed_ = false;
  bool reading_ = false;
  bool ended_ = false;
};

}  // namespace sallyport::session
