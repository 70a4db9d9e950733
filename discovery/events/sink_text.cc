#include "discovery/events/sink_text.h"

#include <cerrno>
#include <poll.h>
#include <unistd.h>

namespace sallyport::discovery {
namespace {

// What a pipe takes without blocking once poll(2) says that it takes anything (POSIX: PIPE_BUF).
constexpr std::size_t kPiece = 4096;  // bytes
constexpr int kPatience = 50;         // milliseconds per piece

bool send(int fd, std::string_view text) {
  while (!text.empty()) {
    pollfd poll_fd{fd, POLLOUT, 0};
    if (::poll(&poll_fd, 1, kPatience) <= 0 || (poll_fd.revents & POLLOUT) == 0) return false;
    const ssize_t wrote = ::write(fd, text.data(), text.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return true;
}

}  // namespace

void TextSink::write(EventSpan events) {
  buffer_.clear();
  std::size_t lines = 0;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const std::size_t before = buffer_.size();
    append_text(buffer_, events[i], colour_);
    if (buffer_.size() > kPiece && before > 0) {
      if (!send(fd_, std::string_view(buffer_).substr(0, before))) {
        // Who does not read now loses the rest of the batch: the scribe has others to serve.
        failures_ += lines + (events.size() - i);
        return;
      }
      buffer_.erase(0, before);
      lines = 0;
    }
    ++lines;
  }
  if (!send(fd_, buffer_)) failures_ += lines;
}

}  // namespace sallyport::discovery
