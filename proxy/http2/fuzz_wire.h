#pragma once
// A connection for fuzz targets: the bytes of a stranger come in pieces, what we say goes nowhere.

#include <algorithm>
#include <cstring>

#include "base/core/check.h"
#include "base/core/clock.h"
#include "base/io/stream.h"
#include "base/io/worker.h"

namespace sallyport::http2 {

class FuzzClock final : public Clock {
 public:
  Time now() const override { return Time{}; }
  std::chrono::steady_clock::time_point steady() const override { return at; }
  std::chrono::steady_clock::time_point at{std::chrono::hours(1)};
};

// Gives `piece` bytes at a time; in between everything else runs.
class FuzzStream final : public io::ByteStream {
 public:
  FuzzStream(std::string_view bytes, std::size_t piece) : left_(bytes), piece_(piece) {}

  Outcome try_read(std::span<std::byte> into) override {
    if (!open_) return {Status::failed, 0};
    if (left_.empty()) return {Status::end, 0};
    if (pause_) return {Status::would_block, 0};
    const std::size_t size = std::min({into.size(), left_.size(), piece_});
    std::memcpy(into.data(), left_.data(), size);
    left_.remove_prefix(size);
    pause_ = true;
    return {Status::moved, size};
  }
  Outcome try_write(std::span<const io::Bytes> pieces) override {
    if (!open_) return {Status::failed, 0};
    std::size_t size = 0;
    for (const io::Bytes& one : pieces) size += one.size();
    said += size;
    return {Status::moved, size};
  }
  Task<Result<void>> readable() override {
    pause_ = false;
    co_await io::yield();
    if (stopped_) co_return fail(ErrorKind::cancelled, Side::ours);
    if (!open_) co_return fail(ErrorKind::closed, Side::ours);
    co_return Result<void>{};
  }
  Task<Result<void>> writable() override { co_return Result<void>{}; }
  void stop_reading() override { stopped_ = true; }
  void resume_reading() override { stopped_ = false; }
  void end_writing() override {}
  void close() override { open_ = false; }
  bool is_open() const override { return open_; }
  const Error& failure() const override { return failure_; }

  std::size_t said = 0;

 private:
  std::string_view left_;
  std::size_t piece_;
  bool pause_ = false;
  bool stopped_ = false;
  bool open_ = true;
  Error failure_{ErrorKind::closed, Side::ours, false, "closed"};
};

// Runs what is ready, and lets time pass where nothing is, until `over`.
template <class Over>
void run_until(io::Worker& worker, FuzzClock& clock, const Over& over) {
  for (int idle = 0; !over();) {
    if (worker.poll() > 0) continue;
    CHECK(++idle < 10'000);  // It hangs.
    clock.at += std::chrono::milliseconds(100);
    worker.deadlines().advance(clock.at);
  }
}

}  // namespace sallyport::http2
