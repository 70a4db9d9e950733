#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/core/text.h"
#include "base/crypto/random.h"
#include "proxy/admin/api.h"

namespace sallyport::admin {

namespace {

constexpr std::size_t kTokenBytes = 32;

std::unexpected<Error> system_error(ErrorKind kind, const std::string& what) {
  return fail(kind, Side::ours, what + ": " + std::strerror(errno));
}

bool is_token(std::string_view text) {
  if (text.size() != 2 * kTokenBytes) return false;
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

Result<std::string> read_token(const std::string& file) {
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) {
    const ErrorKind kind = errno == ENOENT ? ErrorKind::not_found : ErrorKind::permission;
    return system_error(kind, "cannot read " + file);
  }
  struct stat status{};
  const bool known = ::fstat(fd, &status) == 0;
  std::string token(256, '\0');
  const ssize_t got = ::read(fd, token.data(), token.size());
  ::close(fd);
  if (known && (status.st_mode & 077) != 0) {
    return fail(ErrorKind::permission, Side::ours,
                file +
                    " can be read by others; it lets whoever knows it command the gateway: "
                    "delete it, and a new one is made at the next start");
  }
  token.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  if (token.ends_with('\n')) token.pop_back();
  if (!is_token(token)) {
    return fail(ErrorKind::invalid, Side::ours,
                file + " holds no token; delete it, and one is made at the next start");
  }
  return token;
}

Result<std::string> open_token(const std::string& file) {
  Result<std::string> token = read_token(file);
  if (token || token.error().kind != ErrorKind::not_found) return token;
  std::array<std::uint8_t, kTokenBytes> bytes;
  random_bytes(bytes);
  const std::string fresh = to_hex(bytes.data(), bytes.size());
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return system_error(ErrorKind::storage, "cannot make " + file);
  const std::string line = fresh + "\n";
  const bool written = ::write(fd, line.data(), line.size()) == static_cast<ssize_t>(line.size()) &&
                       ::fsync(fd) == 0;
  ::close(fd);
  if (!written) {
    ::unlink(file.c_str());
    return system_error(ErrorKind::storage, "cannot write " + file);
  }
  return fresh;
}

}  // namespace sallyport::admin
