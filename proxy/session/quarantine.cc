#include "proxy/session/quarantine.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <set>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <system_error>
#include <unistd.h>

#include "base/core/file.h"
#include "base/json/cursor.h"
#include "proxy/portal/ticket.h"

namespace sallyport::session {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPart = ".part";  // of one that is being written
constexpr std::chrono::hours kPartLives{24};
constexpr std::uint64_t kPartOfOne = 4;           // one client's share of all is a quarter
constexpr std::uint64_t kFreeOfDisk = 10;         // a tenth of the disk stays free
constexpr std::size_t kLongestAbout = 64 * 1024;  // bytes

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

std::string who_of(const fs::path& about) {
  const Result<std::string> text = read_regular_file(about.string(), kLongestAbout);
  std::string user;
  std::string client;
  if (!text) return "";
  JsonCursor cursor(*text);
  const bool read = cursor.object([&](std::string_view key) {
    if (key == "user") return cursor.string(user);
    if (key == "client") return cursor.string(client);
    return cursor.skip();
  });
  if (!read) return "";
  if (!user.empty()) return user;
  const std::optional<IpAddress> address = IpAddress::parse(client);
  return address ? portal::client_class(*address) : client;
}

std::uint64_t room_on_disk(const std::string& folder) {
  struct statvfs disk{};
  if (::statvfs(folder.c_str(), &disk) != 0) return 0;
  const std::uint64_t free = std::uint64_t{disk.f_bavail} * disk.f_frsize;
  const std::uint64_t reserve = std::uint64_t{disk.f_blocks} * disk.f_frsize / kFreeOfDisk;
  return free > reserve ? free - reserve : 0;
}

}  // namespace

void Quarantine::set_rules(Rules rules) {
  const std::lock_guard held(mutex_);
  rules_ = std::move(rules);
}

void Quarantine::tend(Time now) {
  std::chrono::hours keep{0};
  std::set<std::string> known;
  {
    const std::lock_guard held(mutex_);
    if (rules_.recipients == nullptr && !fs::exists(folder_)) return;
    keep = rules_.keep;
    for (const auto& [id, one] : kept_) known.insert(id);
  }
  std::error_code ignored;
  if (::mkdir(folder_.c_str(), 0700) != 0 && errno != EEXIST) return;
  std::map<std::string, Kept> fresh;
  std::set<std::string> there;
  for (const fs::directory_entry& one : fs::directory_iterator(folder_, ignored)) {
    struct stat about{};
    if (::lstat(one.path().c_str(), &about) != 0 || !S_ISREG(about.st_mode)) continue;
    const std::string end = one.path().extension().string();
    const std::string id = one.path().stem().string();
    const Time changed = Time(std::chrono::seconds(about.st_mtim.tv_sec));
    // Parts are of a process that ended; those of this one are younger than that.
    if (changed < now - (end == kPart ? kPartLives : keep)) {
      fs::remove(one.path(), ignored);
      continue;
    }
    if (end != ".p7m") continue;
    there.insert(id);
    if (known.contains(id)) continue;
    const fs::path told = fs::path(folder_) / (id + ".json");
    fresh[id] = {who_of(told), static_cast<std::uint64_t>(about.st_size)};
  }
  const std::uint64_t room = room_on_disk(folder_);
  const std::lock_guard held(mutex_);
  for (const std::string& id : known) {
    if (!there.contains(id)) forget(id);
  }
  for (auto& [id, one] : fresh) {
    // What was finished while we looked is known by now.
    if (kept_.contains(id)) continue;
    for (Share* share : {&all_, &shares_[one.who]}) {
      ++share->copies;
      share->bytes += one.size;
    }
    kept_.emplace(id, std::move(one));
  }
  disk_room_ = room;
  ready_ = true;
}

void Quarantine::forget(const std::string& id) {
  const auto found = kept_.find(id);
  if (found == kept_.end()) return;
  give_back(found->second.who, found->second.size);
  kept_.erase(found);
}

std::string_view Quarantine::full_for(const std::string& who) const {
  const auto found = shares_.find(who);
  const Share own = found == shares_.end() ? Share() : found->second;
  if (all_.copies >= kMostCopies || all_.bytes >= rules_.most) {
    return "the quarantine is full (quarantine.max_size)";
  }
  if (own.copies >= kMostCopies / kPartOfOne || own.bytes >= rules_.most / kPartOfOne) {
    return "this client has its share of the quarantine";
  }
  return disk_room_ == 0 ? "the disk of the quarantine is nearly full" : "";
}

bool Quarantine::take(const std::string& who, std::uint64_t bytes) {
  const std::lock_guard held(mutex_);
  Share& own = shares_[who];
  if (bytes > disk_room_ || all_.bytes + bytes > rules_.most ||
      own.bytes + bytes > rules_.most / kPartOfOne) {
    return false;
  }
  disk_room_ -= bytes;
  all_.bytes += bytes;
  own.bytes += bytes;
  return true;
}

void Quarantine::give_back(const std::string& who, std::uint64_t bytes) {
  for (Share* share : {&all_, &shares_[who]}) {
    --share->copies;
    share->bytes -= bytes;
  }
  if (shares_[who].copies == 0) shares_.erase(who);
}

bool Quarantine::may_tell(Time now) {
  const std::lock_guard held(mutex_);
  if (told_ != Time::min() && now - told_ < std::chrono::minutes(1)) return false;
  told_ = now;
  return true;
}

Result<std::unique_ptr<Quarantine::Copy>> Quarantine::begin(std::string id, std::string who) {
  std::shared_ptr<const CmsRecipients> recipients;
  {
    const std::lock_guard held(mutex_);
    recipients = rules_.recipients;
    if (recipients == nullptr || !ready_) {
      return fail(ErrorKind::unavailable, Side::ours, "the configuration has no 'quarantine'");
    }
    if (const std::string_view full = full_for(who); !full.empty()) {
      return fail(ErrorKind::limit, Side::ours, std::string(full));
    }
    ++all_.copies;
    ++shares_[who].copies;
  }
  const std::string path = folder_ + "/" + id + std::string(kPart);
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) {
    auto error = failed("making a copy for the quarantine");
    const std::lock_guard held(mutex_);
    give_back(who, 0);
    return error;
  }
  return std::unique_ptr<Copy>(
      new Copy(*this, std::move(id), std::move(who), std::move(recipients), file));
}

Quarantine::Copy::Copy(Quarantine& of, std::string id, std::string who,
                       std::shared_ptr<const CmsRecipients> recipients, int file)
    : of_(of),
      id_(std::move(id)),
      who_(std::move(who)),
      recipients_(std::move(recipients)),
      envelope_(*recipients_),
      file_(file) {}

Quarantine::Copy::~Copy() {
  if (file_ < 0) return;
  ::close(file_);
  ::unlink((of_.folder_ + "/" + id_ + std::string(kPart)).c_str());
  const std::lock_guard held(of_.mutex_);
  of_.give_back(who_, size_);
}

Result<void> Quarantine::Copy::put(std::string_view bytes) {
  if (!of_.take(who_, bytes.size())) {
    return fail(
        ErrorKind::limit, Side::ours,
        "there is no more room in the quarantine, in a client's share of it, or on its disk");
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
  const std::lock_guard held(of_.mutex_);
  if (!told || ::rename(part.c_str(), (base + ".p7m").c_str()) != 0) {
    if (told) told = failed("naming a copy for the quarantine");
    ::unlink((base + ".json").c_str());
    return told;
  }
  of_.kept_.emplace(id_, Kept{who_, size_});
  ::close(file_);
  file_ = -1;
  return {};
}

}  // namespace sallyport::session
