#include "discovery/tags/feed_file.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include "discovery/tags/feed.h"

namespace sallyport::discovery {
namespace {

Error file_error(int failure, const std::string& path) {
  ErrorKind kind = ErrorKind::storage;
  if (failure == ENOENT || failure == ENOTDIR) kind = ErrorKind::not_found;
  if (failure == EACCES || failure == EPERM) kind = ErrorKind::permission;
  return {kind, Side::ours, false, path + ": " + std::generic_category().message(failure)};
}

}  // namespace

Result<FeedFile> read_feed_file(const std::string& path) {
  // O_NONBLOCK: opening a pipe that nobody writes must not hang the start.
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return std::unexpected(file_error(errno, path));
  struct stat status {};
  int failure = ::fstat(file, &status) == 0 ? 0 : errno;
  if (failure == 0 && !S_ISREG(status.st_mode)) failure = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
  FeedFile out;
  out.changed = Time(std::chrono::seconds(status.st_mtim.tv_sec));
  if (failure == 0 && static_cast<std::uint64_t>(status.st_size) <= kMaxFeedBytes) {
    out.text.reserve(static_cast<std::size_t>(status.st_size) + 1);
  }
  char block[64 * 1024];
  while (failure == 0 && out.text.size() <= kMaxFeedBytes) {
    const ssize_t got = ::read(file, block, sizeof block);
    if (got == 0) break;
    if (got > 0) out.text.append(block, static_cast<std::size_t>(got));
    if (got < 0 && errno != EINTR) failure = errno;
  }
  ::close(file);
  if (failure != 0) return std::unexpected(file_error(failure, path));
  if (out.text.size() > kMaxFeedBytes) {
    return fail(ErrorKind::limit, Side::ours, path + ": more than 64 MiB");
  }
  return out;
}

}  // namespace sallyport::discovery
