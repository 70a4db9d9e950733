#include "proxy/session/tunnel.h"

#include <array>
#include <cstring>
#include <memory>

#include "base/io/deadline.h"
#include "base/io/nursery.h"
#include "base/io/pipe.h"

namespace sallyport::session {

namespace {

using Status = io::ByteStream::Status;
using Outcome = io::ByteStream::Outcome;

// Up to this, copying costs less than the two calls of splice(2); a read that fills it says that
// more is coming.
constexpr std::size_t kSmall = 16 * 1024;
constexpr std::size_t kMost = 64 * 1024;        // bytes copied at once
constexpr std::size_t kTurn = 2 * 1024 * 1024;  // bytes moved before others get their turn
constexpr int kTurns = io::FairTurns::kTurns;   // and moves

struct Splice {
  io::ByteStream& client;
  io::ByteStream& origin;
  io::PipePool& pipes;
  io::Deadline* idle;
  std::chrono::milliseconds patience;
  TunnelEnd end;

  void fail(bool& blame, const Error& error) {
    if (end.error.empty()) {
      blame = true;
      end.error = describe(error);
    }
    client.close();
    origin.close();
  }
};

// One direction. It holds something only where `to` takes less than `from` gave: the rest of what
// was copied, or a pipe.
class Direction {
 public:
  enum class Next : std::uint8_t { move, read_wait, write_wait, ended, read_failed, write_failed };

  Direction(io::PipePool& pipes, io::ByteStream& from, io::ByteStream& to, std::uint64_t& count)
      : pipes_(pipes),
        from_(from),
        to_(to),
        count_(count),
        in_(from.spliceable()),
        out_(to.spliceable()) {}

  // As far as it goes without waiting: a read, and a write of what came.
  Next move() {
    if (rest_size_ > 0) return put_rest();
    if (pipe_ && pipe_->held() > 0) return drain_pipe();
    if (to_.unsent()) return Next::write_wait;
    if (mode_ == Mode::splicing) {
      if (!pipe_) pipe_ = pipes_.take();
      if (pipe_) return splice();
      mode_ = Mode::copying;
    }
    return copy();
  }

  // Whether others are due, after all that was moved without a wait.
  bool turn_is_over() {
    if (++turns_ < kTurns && count_ - turn_began_ < kTurn) return false;
    begin_turn();
    return true;
  }
  void begin_turn() {
    turns_ = 0;
    turn_began_ = count_;
  }

 private:
  enum class Mode : std::uint8_t {
    small,     // exchanges: copied
    splicing,  // bulk between two sockets
    copying,   // bulk where no pipe is to be had, or none can be used
  };

  Next copy() {
    std::array<std::byte, kMost> buffer;  // not initialised
    const std::size_t room = mode_ == Mode::small && in_ != nullptr ? kSmall : kMost;
    const Outcome got = from_.try_read(std::span(buffer.data(), room));
    if (got.status != Status::moved) return without(got.status);
    if (got.bytes < kSmall) {
      mode_ = Mode::small;
    } else if (mode_ == Mode::small && in_ != nullptr && out_ != nullptr) {
      mode_ = Mode::splicing;
    }
    const std::array<io::Bytes, 1> piece{io::Bytes(buffer.data(), got.bytes)};
    const Outcome put = to_.try_write(piece);
    if (put.status == Status::failed) return Next::write_failed;
    count_ += put.bytes;
    if (put.bytes < got.bytes) {
      rest_size_ = got.bytes - put.bytes;
      rest_begin_ = 0;
      rest_ = std::make_unique_for_overwrite<std::byte[]>(rest_size_);
      std::memcpy(rest_.get(), buffer.data() + put.bytes, rest_size_);
      return Next::write_wait;
    }
    return Next::move;
  }

  Next put_rest() {
    const std::array<io::Bytes, 1> piece{io::Bytes(rest_.get() + rest_begin_, rest_size_)};
    const Outcome put = to_.try_write(piece);
    if (put.status == Status::failed) return Next::write_failed;
    count_ += put.bytes;
    rest_begin_ += put.bytes;
    rest_size_ -= put.bytes;
    if (rest_size_ > 0) return Next::write_wait;
    rest_.reset();
    return Next::move;
  }

  Next splice() {
    const Outcome got = in_->try_read_into(*pipe_);
    if (got.status != Status::moved) {
      pipe_.end();
      return without(got.status);
    }
    if (got.bytes < kSmall) mode_ = Mode::small;
    return drain_pipe();
  }

  Next drain_pipe() {
    const Outcome put = out_->try_write_from(*pipe_);
    if (put.status == Status::failed) return Next::write_failed;
    count_ += put.bytes;
    if (pipe_->held() > 0) return Next::write_wait;
    if (mode_ != Mode::splicing) pipe_.end();
    return Next::move;
  }

  static Next without(Status status) {
    return status == Status::would_block ? Next::read_wait
           : status == Status::end       ? Next::ended
                                         : Next::read_failed;
  }

  io::PipePool& pipes_;
  io::ByteStream& from_;
  io::ByteStream& to_;
  std::uint64_t& count_;
  io::Spliceable* const in_;
  io::Spliceable* const out_;
  Mode mode_ = Mode::small;
  int turns_ = 0;
  std::uint64_t turn_began_ = 0;
  io::PipePool::Lease pipe_;
  std::unique_ptr<std::byte[]> rest_;
  std::size_t rest_begin_ = 0;
  std::size_t rest_size_ = 0;
};

Task<void> carry(Splice& splice, io::ByteStream& from, io::ByteStream& to, std::uint64_t& count,
                 bool& from_failed, bool& to_failed) {
  Direction way(splice.pipes, from, to, count);
  way.begin_turn();
  while (true) {
    if (way.turn_is_over()) co_await io::yield();
    const std::uint64_t before = count;
    const Direction::Next next = way.move();
    if (count != before) splice.idle->set(splice.patience);
    if (next == Direction::Next::move) continue;
    if (next == Direction::Next::read_wait) {
      Result<void> waited = co_await from.readable();
      if (!waited) {
        splice.fail(from_failed, waited.error());
        co_return;
      }
      way.begin_turn();
    } else if (next == Direction::Next::write_wait) {
      Result<void> waited = co_await to.writable();
      if (!waited) {
        splice.fail(to_failed, waited.error());
        co_return;
      }
      way.begin_turn();
    } else if (next == Direction::Next::ended) {
      to.end_writing();
      co_return;
    } else if (next == Direction::Next::read_failed) {
      splice.fail(from_failed, from.failure());
      co_return;
    } else {
      splice.fail(to_failed, to.failure());
      co_return;
    }
  }
}

}  // namespace

Task<TunnelEnd> splice(io::Worker& worker, io::ByteStream& client, io::ByteStream& origin,
                       std::string_view early, std::chrono::milliseconds idle) {
  Splice state{client, origin, worker.pipes(), nullptr, idle, {}};
  io::Deadline deadline(worker.deadlines(), [&state] {
    state.end.timed_out = true;
    state.client.close();
    state.origin.close();
  });
  state.idle = &deadline;
  deadline.set(idle);
  if (!early.empty()) {
    Result<void> sent = co_await io::write_all(origin, io::as_bytes(early));
    if (!sent) {
      state.fail(state.end.origin_failed, sent.error());
      co_return state.end;
    }
    state.end.to_origin += early.size();
  }
  io::Nursery nursery(worker.executor());
  nursery.start(carry(state, client, origin, state.end.to_origin, state.end.client_failed,
                      state.end.origin_failed));
  nursery.start(carry(state, origin, client, state.end.to_client, state.end.origin_failed,
                      state.end.client_failed));
  co_await nursery.join();
  co_return state.end;
}

}  // namespace sallyport::session
