#include "tls/ca/authority_files.h"

#include <cstring>
#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <stdio.h>
#include <stdlib.h>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

#include "tls/ca/authority.h"

namespace sallyport::tls {

namespace {

constexpr std::size_t kMaxFile = 64 * 1024;  // bytes
constexpr mode_t kKeyMode = 0600;
constexpr mode_t kCertificateMode = 0644;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_;
};

// Removes the file at the end of the scope, unless it was renamed away.
class TemporaryFile {
 public:
  explicit TemporaryFile(std::string path) : path_(std::move(path)) {}
  ~TemporaryFile() { ::unlink(path_.c_str()); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  const char* path() const { return path_.c_str(); }

 private:
  std::string path_;
};

std::unexpected<Error> failed(std::string_view what, const std::string& path, int error) {
  const ErrorKind kind = error == ENOENT                     ? ErrorKind::not_found
                         : error == EACCES || error == EPERM ? ErrorKind::permission
                                                             : ErrorKind::storage;
  return fail(kind, Side::ours, fmt::format("cannot {} {}: {}", what, path, std::strerror(error)));
}

Result<std::string> read_all(int fd, const std::string& path) {
  std::string text;
  text.reserve(8192);  // A key is not left behind in a smaller block.
  char buffer[4096];
  for (;;) {
    const ssize_t got = ::read(fd, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("read", path, errno);
    if (got == 0) break;
    text.append(buffer, static_cast<std::size_t>(got));
    if (text.size() > kMaxFile) {
      return fail(ErrorKind::limit, Side::ours, path + " is larger than 64 KiB");
    }
  }
  ::explicit_bzero(buffer, sizeof buffer);
  return text;
}

Result<void> write_all(int fd, std::string_view text, const std::string& path) {
  while (!text.empty()) {
    const ssize_t put = ::write(fd, text.data(), text.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return failed("write", path, errno);
    text.remove_prefix(static_cast<std::size_t>(put));
  }
  if (::fsync(fd) != 0) return failed("sync", path, errno);
  return {};
}

Result<void> sync_directory_of(const std::string& path) {
  const std::string dir = path.substr(0, path.rfind('/'));
  const Descriptor fd(::open(dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd || ::fsync(fd.get()) != 0) return failed("sync", dir, errno);
  return {};
}

// A file of random name beside `path`, complete and on disk. mkstemp opens with O_EXCL and 0600, so
// at no moment may anybody else read the key.
Result<std::string> write_beside(const std::string& path, std::string_view text, mode_t mode) {
  std::string name = path + ".new-XXXXXX";
  const Descriptor fd(::mkostemp(name.data(), O_CLOEXEC));
  if (!fd) return failed("create", name, errno);
  auto written = write_all(fd.get(), text, name);
  if (written && ::fchmod(fd.get(), mode) != 0) written = failed("set the mode of", name, errno);
  if (!written) {
    ::unlink(name.c_str());
    return pass_on(std::move(written));
  }
  return name;
}

bool exists(const std::string& path) {
  struct stat info {};
  return ::lstat(path.c_str(), &info) == 0;
}

std::string stamp(Time now) {
  std::string text;
  for (const char c : format_rfc3339(std::chrono::floor<std::chrono::seconds>(now))) {
    if (c == '.') break;
    if (c != '-' && c != ':') text += c;
  }
  if (!text.ends_with('Z')) text += 'Z';
  return text;
}

// A second name for what is there; nothing to do where there is nothing.
Result<void> keep(const std::string& path, const std::string& kept) {
  if (::link(path.c_str(), kept.c_str()) != 0 && errno != ENOENT) {
    return failed("keep the old file as", kept, errno);
  }
  return {};
}

Result<void> check_key_file(int fd, const std::string& path) {
  struct stat info {};
  if (::fstat(fd, &info) != 0) return failed("look at", path, errno);
  if (!S_ISREG(info.st_mode)) {
    return fail(ErrorKind::permission, Side::ours, path + " is no regular file");
  }
  if (info.st_uid != ::geteuid()) {
    return fail(ErrorKind::permission, Side::ours,
                fmt::format("{} belongs to user {}, and this process runs as {}; whoever owns the "
                            "key can be every site. Use: chown {} {}",
                            path, info.st_uid, ::geteuid(), ::geteuid(), path));
  }
  if ((info.st_mode & 0077) != 0) {
    return fail(ErrorKind::permission, Side::ours,
                fmt::format("{} has mode {:04o}, so others may read or change the authority's key. "
                            "Use: chmod 600 {} - and if others had access, make a new authority "
                            "(sallyport ca rotate)",
                            path, info.st_mode & 07777, path));
  }
  return {};
}

}  // namespace

AuthorityFiles AuthorityFiles::in(const std::string& dir) {
  return {dir + '/' + Authority::kKeyFile, dir + '/' + Authority::kCertificateFile};
}

Result<AuthorityText> read_authority(const AuthorityFiles& files) {
  // O_NONBLOCK: a pipe in this place must not hang the start.
  const Descriptor key(::open(files.key_path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!key) {
    auto error = failed("open", files.key_path, errno);
    if (error.error().kind == ErrorKind::not_found) {
      error.error().detail += ". Make an authority with: sallyport ca init";
    }
    return error;
  }
  if (auto checked = check_key_file(key.get(), files.key_path); !checked) {
    return pass_on(std::move(checked));
  }
  const Descriptor certificate(
      ::open(files.certificate_path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!certificate) {
    auto error = failed("open", files.certificate_path, errno);
    if (error.error().kind == ErrorKind::not_found) {
      error.error().detail += fmt::format(
          ", though {} is there: bring the certificate back, or make both anew with: sallyport ca "
          "rotate",
          files.key_path);
    }
    return error;
  }
  auto certificate_text = read_all(certificate.get(), files.certificate_path);
  if (!certificate_text) return pass_on(std::move(certificate_text));
  auto key_text = read_all(key.get(), files.key_path);
  if (!key_text) return pass_on(std::move(key_text));
  return AuthorityText{std::move(*key_text), std::move(*certificate_text)};
}

Result<void> write_new_authority(const AuthorityFiles& files, const AuthorityText& text) {
  for (const std::string& path : {files.key_path, files.certificate_path}) {
    if (exists(path)) {
      return fail(ErrorKind::invalid, Side::ours,
                  path + " is there already; to replace it use: sallyport ca rotate");
    }
  }
  auto key = write_beside(files.key_path, text.key, kKeyMode);
  if (!key) return pass_on(std::move(key));
  const TemporaryFile new_key(std::move(*key));
  auto certificate = write_beside(files.certificate_path, text.certificate, kCertificateMode);
  if (!certificate) return pass_on(std::move(certificate));
  const TemporaryFile new_certificate(std::move(*certificate));

  // link() and not rename(): it refuses a file that appeared meanwhile.
  if (::link(new_key.path(), files.key_path.c_str()) != 0) {
    return failed("create", files.key_path, errno);
  }
  if (::link(new_certificate.path(), files.certificate_path.c_str()) != 0) {
    const int error = errno;
    ::unlink(files.key_path.c_str());
    return failed("create", files.certificate_path, error);
  }
  return sync_directory_of(files.key_path);
}

Result<void> replace_authority(const AuthorityFiles& files, const AuthorityText& text, Time now) {
  auto key = write_beside(files.key_path, text.key, kKeyMode);
  if (!key) return pass_on(std::move(key));
  const TemporaryFile new_key(std::move(*key));
  auto certificate = write_beside(files.certificate_path, text.certificate, kCertificateMode);
  if (!certificate) return pass_on(std::move(certificate));
  const TemporaryFile new_certificate(std::move(*certificate));

  const std::string old_key = files.key_path + '.' + stamp(now);
  const std::string old_certificate = files.certificate_path + '.' + stamp(now);
  if (auto kept = keep(files.key_path, old_key); !kept) return kept;
  if (auto kept = keep(files.certificate_path, old_certificate); !kept) {
    ::unlink(old_key.c_str());
    return kept;
  }
  if (::rename(new_key.path(), files.key_path.c_str()) != 0) {
    return failed("replace", files.key_path, errno);
  }
  if (::rename(new_certificate.path(), files.certificate_path.c_str()) != 0) {
    const int error = errno;
    // Back to the old pair: a key without its certificate would stop the next start.
    if (exists(old_key)) ::rename(old_key.c_str(), files.key_path.c_str());
    return failed("replace", files.certificate_path, error);
  }
  return sync_directory_of(files.key_path);
}

}  // namespace sallyport::tls
