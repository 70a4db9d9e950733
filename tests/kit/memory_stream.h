#pragma once
// Streams in memory, for running the whole walk without a socket, a sleep or a port. Every
// operation can be made to fail.

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/io/signal.h"
#include "base/io/stream.h"
#include "base/io/tcp.h"

namespace sallyport::testkit {

// Counts fallible operations and fails the n-th, from 0.
struct Faults {
  int fail_at = -1;  // -1: none
  int count = 0;
  bool fired = false;

  bool next() {
    if (count++ != fail_at) return false;
    fired = true;
    return true;
  }
};

// One direction.
struct Pipe {
  std::string bytes;
  bool ended = false;          // no more will be written
  bool broken = false;         // reset
  std::size_t room = 1 << 20;  // bytes it holds; writing blocks beyond
  io::Signal* reader = nullptr;
  io::Signal* writer = nullptr;

  void wake();
};

// The system's end of a connection.
class MemoryStream final : public io::ByteStream {
 public:
  MemoryStream(std::shared_ptr<Pipe> in, std::shared_ptr<Pipe> out, Faults& faults);
  ~MemoryStream() override;

  Outcome try_read(std::span<std::byte> into) override;
  Outcome try_write(std::span<const io::Bytes> pieces) override;
  Task<Result<void>> readable() override;
  Task<Result<void>> writable() override;
  void stop_reading() override;
  void resume_reading() override { stopped_ = false; }
  void end_writing() override;
  void close() override;
  bool is_open() const override { return open_; }
  const Error& failure() const override { return failure_; }
  std::uint64_t wire_out() const override { return written_; }
  std::uint64_t delivered() const override { return written_ - out_->bytes.size(); }

 private:
  Outcome broken();
  std::shared_ptr<Pipe> in_;
  std::shared_ptr<Pipe> out_;
  Faults& faults_;
  io::Signal readable_;
  io::Signal writable_;
  bool open_ = true;
  bool stopped_ = false;
  std::uint64_t written_ = 0;
  Error failure_;
};

// The test's end of a connection: speaks and hears at once, never waits.
struct PeerPipes {
  std::shared_ptr<Pipe> to_system = std::make_shared<Pipe>();
  std::shared_ptr<Pipe> from_system = std::make_shared<Pipe>();
};

// Connects to addresses that a test listens on.
class MemoryConnector final : public io::Connector {
 public:
  // Called for each connection; gets the peer's side of it.
  using OnConnect = std::function<void(PeerPipes)>;

  explicit MemoryConnector(Faults& faults) : faults_(faults) {}
  void listen(const IpEndpoint& at, OnConnect on_connect) {
    listeners_[at] = std::move(on_connect);
  }
  std::unique_ptr<Attempt> attempt(const IpEndpoint& to) override;
  int attempts() const { return attempts_; }

 private:
  class MemoryAttempt;
  Faults& faults_;
  std::map<IpEndpoint, OnConnect> listeners_;
  int attempts_ = 0;
};

}  // namespace sallyport::testkit
