#include "proxy/session/quarantine.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace sallyport::session {
namespace {

constexpr std::chrono::minutes kBetweenLooks{10};
constexpr std::string_view kPart = ".part";  // of one that is being written

std::unexpected<Error> failed(const std::string& what) {
  return fail(ErrorKind::storage, Side::ours, what + ": " + std::generic_category().message(errno));
}

Result<void> write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(file, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return failed("writing a copy for the quarantine");
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

}  // namespace

void Quarantine::set_rules(Rules rules) {
  const std::lock_guard held(mutex_);
  rules_ = std::move(rules);
}

void Quarantine::look(Time now) {
  namespace fs = std::filesystem;
  used_ = 0;
  copies_ = 0;
  std::error_code ignored;
  const Time oldest = now - rules_.keep;
  for (const fs::directory_entry& one : fs::directory_iterator(folder_, ignored)) {
    struct stat about{};
    if (::lstat(one.path().c_str(), &about) != 0 || !S_ISREG(about.st_mode)) continue;
    const Time changed = Time(std::chrono::seconds(about.st_mtim.tv_sec));
    // Parts are of a process that ended; those of this one are younger than that.
    const bool part = one.path().extension() == kPart;
    if (part ? changed < now - std::chrono::hours(24) : changed < oldest) {
      fs::remove(one.path(), ignored);
      continue;
    }
    used_ += static_cast<std::uint64_t>(about.st_size);
    if (one.path().extension() == ".p7m") ++copies_;
  }
  looked_ = now;
  known_ = true;
}

bool Quarantine::take(std::uint64_t bytes) {
  const std::lock_guard held(mutex_);
  if (used_ >= rules_.most || bytes > rules_.most - used_) return false;
  used_ += bytes;
  return true;
}

void Quarantine::give_back(std::uint64_t bytes) {
  const std::lock_guard held(mutex_);
  used_ -= std::min(used_, bytes);
  if (copies_ > 0) --copies_;
}

Result<std::unique_ptr<Quarantine::Copy>> Quarantine::begin(std::string id, Time now) {
  std::shared_ptr<const CmsRecipients> recipients;
  {
    const std::lock_guard held(mutex_);
    recipients = rules_.recipients;
    if (recipients == nullptr) {
      return fail(ErrorKind::unavailable, Side::ours, "the configuration has no 'quarantine'");
    }
    const bool full = used_ >= rules_.most || copies_ >= kMostCopies;
    // A full one is looked at again, but not for each upload.
    const auto age = now - looked_;
    if (!known_ || age >= kBetweenLooks || (full && age >= std::chrono::seconds(10))) look(now);
    if (used_ >= rules_.most || copies_ >= kMostCopies) {
      return fail(ErrorKind::limit, Side::ours, "the quarantine is full (quarantine.most)");
    }
    ++copies_;
  }
  if (::mkdir(folder_.c_str(), 0700) != 0 && errno != EEXIST) return failed("making " + folder_);
  const std::string path = folder_ + "/" + id + std::string(kPart);
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return failed("making a copy for the quarantine");
  return std::unique_ptr<Copy>(new Copy(*this, std::move(id), std::move(recipients), file));
}

Quarantine::Copy::Copy(Quarantine& of, std::string id,
                       std::shared_ptr<const CmsRecipients> recipients, int file)
    : of_(of),
      id_(std::move(id)),
      recipients_(std::move(recipients)),
      envelope_(*recipients_),
      file_(file) {}

Quarantine::Copy::~Copy() {
  if (file_ < 0) return;
  ::close(file_);
  ::unlink((of_.folder_ + "/" + id_ + std::string(kPart)).c_str());
  of_.give_back(size_);
}

Result<void> Quarantine::Copy::put(std::string_view bytes) {
  if (!of_.take(bytes.size())) {
    return fail(ErrorKind::limit, Side::ours, "the quarantine is full (quarantine.most)");
  }
  size_ += bytes.size();
  return write_all(file_, bytes);
}

Result<void> Quarantine::Copy::append(std::string_view bytes) {
  out_.clear();
  if (Result<void> sealed = envelope_.write(bytes, out_); !sealed) return sealed;
  return put(out_);
}

Result<void> Quarantine::Copy::finish(std::string_view about) {
  out_.clear();
  if (Result<void> sealed = envelope_.finish(out_); !sealed) return sealed;
  if (Result<void> written = put(out_); !written) return written;
  const std::string base = of_.folder_ + "/" + id_;
  const std::string part = base + std::string(kPart);
  // What is known of it first: a copy without it would say nothing.
  const int file =
      ::open((base + ".json").c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return failed("making a copy for the quarantine");
  Result<void> told = write_all(file, about);
  ::close(file);
  if (!told || ::rename(part.c_str(), (base + ".p7m").c_str()) != 0) {
    if (told) told = failed("naming a copy for the quarantine");
    ::unlink((base + ".json").c_str());
    return told;
  }
  ::close(file_);
  file_ = -1;
  return {};
}

}  // namespace sallyport::session
