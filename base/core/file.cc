#include "base/core/file.h"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include "base/core/text.h"

namespace sallyport {
namespace {

std::unexpected<Error> refused(int code, const std::string& path) {
  const ErrorKind kind = code == ENOENT || code == ENOTDIR ? ErrorKind::not_found
                         : code == EACCES || code == EPERM ? ErrorKind::permission
                                                           : ErrorKind::storage;
  return fail(kind, Side::ours, path + ": " + std::generic_category().message(code));
}

}  // namespace

Result<std::string> read_regular_file(const std::string& path, std::size_t most) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return refused(errno, path);
  struct stat status {};
  int failure = ::fstat(file, &status) == 0 ? 0 : errno;
  if (failure == 0 && !S_ISREG(status.st_mode)) failure = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
  // What is read counts, not what the size said: a file may change while it is read.
  std::string text;
  if (failure == 0) {
    text.reserve(std::min(most, static_cast<std::size_t>(status.st_size)) + 1);
  }
  char block[64 * 1024];
  while (failure == 0 && text.size() <= most) {
    const ssize_t got = ::read(file, block, sizeof block);
    if (got == 0) break;
    if (got > 0) text.append(block, static_cast<std::size_t>(got));
    if (got < 0 && errno != EINTR) failure = errno;
  }
  ::close(file);
  if (failure != 0) return refused(failure, path);
  if (text.size() > most) {
    return fail(ErrorKind::limit, Side::ours, path + ": more than " + human_bytes(most));
  }
  return text;
}

}  // namespace sallyport
