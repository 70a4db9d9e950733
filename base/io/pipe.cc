#include "base/io/pipe.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/core/check.h"

namespace sallyport::io {

namespace {

// Bytes that a pipe may hold: a kernel gives 64 KiB unasked, which takes four times the calls.
constexpr int kSize = 256 * 1024;

// The lowest free number is given out, so a high one says that few are left: those are for
// connections, files and who else cannot do without.
bool few_left(int fd) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return false;
  return static_cast<rlim_t>(fd) >= limit.rlim_cur - limit.rlim_cur / 8;
}

}  // namespace

std::unique_ptr<Pipe> Pipe::open() {
  int ends[2];
  if (::pipe2(ends, O_NONBLOCK | O_CLOEXEC) != 0) return nullptr;
  auto pipe = std::unique_ptr<Pipe>(new Pipe(ends[0], ends[1]));
  ::fcntl(ends[1], F_SETPIPE_SZ, kSize);  // Refused where a user has too many: it stays small.
  if (few_left(std::max(ends[0], ends[1]))) return nullptr;
  return pipe;
}

Pipe::~Pipe() {
  ::close(read_end_);
  ::close(write_end_);
}

Pipe::Moved Pipe::take_from(int socket) {
  CHECK(held_ == 0);
  while (true) {
    const ssize_t moved =
        ::splice(socket, nullptr, write_end_, nullptr, kSize, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
    if (moved > 0) {
      held_ = static_cast<std::size_t>(moved);
      return {ByteStream::Status::moved, held_, 0};
    }
    if (moved == 0) return {ByteStream::Status::end, 0, 0};
    if (errno == EINTR) continue;
    if (errno == EAGAIN) return {ByteStream::Status::would_block, 0, 0};
    return {ByteStream::Status::failed, 0, errno};
  }
}

Pipe::Moved Pipe::give_to(int socket) {
  CHECK(held_ > 0);
  while (true) {
    const ssize_t moved =
        ::splice(read_end_, nullptr, socket, nullptr, held_, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
    if (moved > 0) {
      CHECK(static_cast<std::size_t>(moved) <= held_);
      held_ -= static_cast<std::size_t>(moved);
      return {ByteStream::Status::moved, static_cast<std::size_t>(moved), 0};
    }
    if (moved < 0 && errno == EINTR) continue;
    if (moved < 0 && errno == EAGAIN) return {ByteStream::Status::would_block, 0, 0};
    return {ByteStream::Status::failed, 0, moved < 0 ? errno : EIO};
  }
}

PipePool::Lease PipePool::take() {
  if (lent_ == kMost) return {};
  std::unique_ptr<Pipe> pipe;
  if (!kept_.empty()) {
    pipe = std::move(kept_.back());
    kept_.pop_back();
  } else {
    pipe = Pipe::open();
    if (!pipe) return {};
  }
  ++lent_;
  return {*this, std::move(pipe)};
}

void PipePool::give_back(std::unique_ptr<Pipe> pipe) {
  --lent_;
  if (pipe->held() == 0 && kept_.size() < kKept) kept_.push_back(std::move(pipe));
}

}  // namespace sallyport::io
