#pragma once
// Pipes of the kernel, through which bytes go from one socket to another uncopied: splice(2).
//
// A worker keeps a few. Whoever has bytes to move takes one and gives it back when it is empty, so
// that what is idle holds none.

#include <cstddef>
#include <memory>
#include <vector>

#include "base/io/stream.h"

namespace sallyport::io {

class Pipe {
 public:
  // Null where this process may open no more files, or few are left.
  static std::unique_ptr<Pipe> open();
  ~Pipe();
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  // Bytes that went in and did not come out yet.
  std::size_t held() const { return held_; }

  // One splice(2), as try_read and try_write of a stream, with errno where it failed.
  struct Moved {
    ByteStream::Status status = ByteStream::Status::failed;
    std::size_t bytes = 0;
    int error = 0;
  };
  // REQUIRES: held() == 0, so that would_block speaks of the socket.
  Moved take_from(int socket);
  // REQUIRES: held() > 0. SIGPIPE is ignored by the process.
  Moved give_to(int socket);

 private:
  Pipe(int read_end, int write_end) : read_end_(read_end), write_end_(write_end) {}
  const int read_end_;
  const int write_end_;
  std::size_t held_ = 0;
};

// What a stream is whose bytes splice(2) can carry: a socket with nothing buffered above it.
class Spliceable {
 public:
  virtual ByteStream::Outcome try_read_into(Pipe& pipe) = 0;
  virtual ByteStream::Outcome try_write_from(Pipe& pipe) = 0;

 protected:
  ~Spliceable() = default;
};

// The pipes of one worker. Outlives what it lent.
class PipePool {
 public:
  static constexpr std::size_t kMost = 32;  // lent at once; who comes then copies
  static constexpr std::size_t kKept = 4;   // open though nobody has them

  // A pipe, for as long as this object has it; or none. Given back where it is empty, closed where
  // it is not.
  class Lease {
   public:
    Lease() = default;
    Lease(PipePool& pool, std::unique_ptr<Pipe> pipe) : pool_(&pool), pipe_(std::move(pipe)) {}
    Lease(Lease&& other) noexcept = default;
    Lease& operator=(Lease&& other) noexcept {
      end();
      pool_ = other.pool_;
      pipe_ = std::move(other.pipe_);
      return *this;
    }
    ~Lease() { end(); }

    void end() {
      if (pipe_) pool_->give_back(std::move(pipe_));
    }
    explicit operator bool() const { return pipe_ != nullptr; }
    Pipe& operator*() const { return *pipe_; }
    Pipe* operator->() const { return pipe_.get(); }

   private:
    PipePool* pool_ = nullptr;
    std::unique_ptr<Pipe> pipe_;
  };

  Lease take();
  std::size_t lent() const { return lent_; }
  std::size_t kept() const { return kept_.size(); }

 private:
  void give_back(std::unique_ptr<Pipe> pipe);
  std::vector<std::unique_ptr<Pipe>> kept_;
  std::size_t lent_ = 0;
};

}  // namespace sallyport::io
