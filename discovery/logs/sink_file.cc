#include "discovery/logs/sink_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sallyport::discovery {
namespace {

// Lines are written before they fall out of the processor's cache.
constexpr std::size_t kPiece = 64 * 1024;

}  // namespace

FileSink::FileSink(FileSinkOptions options, const Clock& clock)
    : options_(std::move(options)), clock_(clock) {}

FileSink::~FileSink() { close(); }

FileSink::Day FileSink::today() const {
  return std::chrono::floor<std::chrono::days>(clock_.now());
}

void FileSink::note(const char* what) {
  trouble_ = path() + " " + what + ": " + std::strerror(errno);
}

bool FileSink::open() {
  const int fd = ::open(path().c_str(),
                        O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0640);
  if (fd < 0) {
    note("cannot be opened");
    return false;
  }
  struct stat status{};
  // A pipe or a socket could make the scribe wait; a device is the operator's own affair.
  if (::fstat(fd, &status) != 0 || S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode)) {
    ::close(fd);
    errno = EINVAL;
    note("is no file");
    return false;
  }
  fd_ = fd;
  size_ = static_cast<std::uint64_t>(status.st_size);
  day_ = today();
  if (size_ > 0) {
    day_ = std::chrono::floor<std::chrono::days>(
        std::chrono::sys_seconds(std::chrono::seconds(status.st_mtim.tv_sec)));
  }
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

bool FileSink::still_there() {
  struct stat named{};
  struct stat opened{};
  if (::fstat(fd_, &opened) != 0 || ::lstat(path().c_str(), &named) != 0 ||
      named.st_dev != opened.st_dev || named.st_ino != opened.st_ino) {
    return false;
  }
  size_ = static_cast<std::uint64_t>(opened.st_size);
  return true;
}

bool FileSink::rotation_is_due(std::size_t more) const {
  if (size_ == 0) return false;
  if (options_.daily && day_ < today()) return true;
  return options_.rotate_at > 0 && size_ + more > options_.rotate_at;
}

void FileSink::rotate() {
  close();
  const std::string& base = path();
  const auto rotated = [&](int n) { return base + "." + std::to_string(n); };
  // What an earlier, larger `keep` left.
  for (int n = options_.keep + 1; ::unlink(rotated(n).c_str()) == 0; ++n) {
  }
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
      write_failed_ = true;
      failures_ += events;
      if (rest.size() < buffer_.size() && ::ftruncate(fd_, static_cast<off_t>(size_)) != 0)
        note("cannot be cut after half a write");
      close();
      return false;
    }
    rest.remove_prefix(static_cast<std::size_t>(wrote));
  }
  size_ += buffer_.size();
  day_ = today();
  write_failed_ = false;
  return true;
}

void FileSink::write(EventSpan events) {
  bool first = true;
  std::size_t lines = 0;
  buffer_.clear();
  for (const Event& event : events) {
    if (!options_.only.takes(event)) continue;
    options_.format.append(buffer_, event);
    buffer_ += '\n';
    ++lines;
    if (buffer_.size() < kPiece) continue;
    write_piece(lines, first);
    first = false;
    lines = 0;
  }
  if (lines > 0) write_piece(lines, first);
}

void FileSink::write_piece(std::size_t lines, bool first) {
  if (first) {
    if (reopen_.exchange(false, std::memory_order_relaxed)) close();
    if (fd_ >= 0 && !still_there()) close();
    trouble_.clear();
  }
  // Opened first, because only then the size is known.
  if (fd_ < 0 && !open()) {
    failures_ += lines;
  } else {
    if (rotation_is_due(buffer_.size())) rotate();
    append(lines);
  }
  buffer_.clear();
}

void FileSink::flush() {
  if (reopen_.exchange(false, std::memory_order_relaxed)) close();
  // That it can be opened says nothing of a full disk: there only the next write does.
  if (fd_ < 0 && !trouble_.empty() && open() && !write_failed_) trouble_.clear();
}

}  // namespace sallyport::discovery
