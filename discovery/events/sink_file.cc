#include "discovery/events/sink_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "discovery/events/encode.h"

namespace sallyport::discovery {

FileSink::FileSink(FileSinkOptions options) : options_(std::move(options)) {}

FileSink::~FileSink() { close(); }

std::string FileSink::path() const { return options_.directory + "/" + options_.name; }

void FileSink::note(const char* what) {
  trouble_ = path() + " " + what + ": " + std::strerror(errno);
}

bool FileSink::open() {
  const int fd = ::open(path().c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
  if (fd < 0) {
    note("cannot be opened");
    return false;
  }
  fd_ = fd;
  struct stat status {};
  size_ = ::fstat(fd_, &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
  // A crash may have left half a line: it is ended here, so that only it is unreadable.
  char last = '\n';
  if (size_ > 0 && ::pread(fd_, &last, 1, static_cast<off_t>(size_ - 1)) == 1 && last != '\n') {
    if (::write(fd_, "\n", 1) == 1) ++size_;
  }
  return true;
}

void FileSink::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

void FileSink::rotate() {
  close();
  const std::string base = path();
  const auto rotated = [&](int n) { return base + "." + std::to_string(n); };
  for (int n = options_.keep - 1; n >= 1; --n) {
    if (::rename(rotated(n).c_str(), rotated(n + 1).c_str()) != 0 && errno != ENOENT) {
      return note("an older log cannot be renamed");  // Else the next step would write over it.
    }
  }
  const bool moved = options_.keep > 0 ? ::rename(base.c_str(), rotated(1).c_str()) == 0
                                       : ::unlink(base.c_str()) == 0;
  if (!moved) note("cannot be rotated");
}

bool FileSink::append(std::size_t events) {
  if (fd_ < 0 && !open()) {
    failures_ += events;
    return false;
  }
  std::string_view rest = buffer_;
  while (!rest.empty()) {
    const ssize_t wrote = ::write(fd_, rest.data(), rest.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) {
      note("cannot be written");
      failures_ += events;
      if (::ftruncate(fd_, static_cast<off_t>(size_)) != 0)
        note("cannot be cut after half a write");
      close();
      return false;
    }
    rest.remove_prefix(static_cast<std::size_t>(wrote));
  }
  size_ += buffer_.size();
  return true;
}

void FileSink::write(std::span<const Event> events) {
  if (events.empty()) return;
  if (reopen_.exchange(false, std::memory_order_relaxed)) close();
  buffer_.clear();
  for (const Event& event : events) {
    append_json(buffer_, event);
    buffer_ += '\n';
  }
  trouble_.clear();
  // Opened first, because only then the size is known.
  if (fd_ < 0 && !open()) {
    failures_ += events.size();
    return;
  }
  if (options_.rotate_at > 0 && size_ > 0 && size_ + buffer_.size() > options_.rotate_at) rotate();
  append(events.size());
}

void FileSink::flush() {
  if (reopen_.exchange(false, std::memory_order_relaxed)) close();
  if (fd_ < 0 && !trouble_.empty() && open()) trouble_.clear();
}

}  // namespace sallyport::discovery
