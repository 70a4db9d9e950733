#include "proxy/app/file_stamp.h"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace sallyport::app {

namespace {

constexpr std::int64_t kNano = 1'000'000'000;

FileStamp stamp_of(const std::string& path, bool& is_folder) {
  struct stat status{};
  is_folder = false;
  if (::stat(path.c_str(), &status) != 0) return {};
  is_folder = S_ISDIR(status.st_mode);
  FileStamp stamp;
  stamp.device = status.st_dev;
  stamp.inode = status.st_ino;
  // What a folder holds is stamped by itself; that the folder was touched says nothing.
  if (is_folder) return stamp;
  stamp.size = static_cast<std::uint64_t>(status.st_size);
  stamp.modified = status.st_mtim.tv_sec * kNano + status.st_mtim.tv_nsec;
  stamp.changed = status.st_ctim.tv_sec * kNano + status.st_ctim.tv_nsec;
  return stamp;
}

// Folders below a folder that is named: catalog/APP/FILE needs one. Whoever names `/` is told so by
// what is read there, and not kept waiting for all of it.
constexpr int kDeepest = 3;

void add(const std::string& path, FileStamps& stamps, int depth = 0) {
  if (stamps.size() >= kMostStamps) return;
  bool is_folder = false;
  const FileStamp stamp = stamp_of(path, is_folder);
  if (!stamps.emplace(path, stamp).second || !is_folder || depth >= kDeepest) return;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(path, error)) {
    if (!entry.path().filename().string().starts_with('.'))
      add(entry.path().string(), stamps, depth + 1);
  }
}

}  // namespace

FileStamps stamp_files(const std::vector<std::string>& paths) {
  FileStamps stamps;
  for (const std::string& path : paths) {
    if (!path.empty()) add(path, stamps);
  }
  return stamps;
}

bool is_being_written(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return false;
  // A read lease is given only while nobody has the file open for writing (fcntl(2)). Should
  // somebody open it in the moment that we hold one, the signal is one that does nothing.
  ::fcntl(fd, F_SETSIG, SIGURG);
  const bool refused = ::fcntl(fd, F_SETLEASE, F_RDLCK) != 0 && errno == EAGAIN;
  ::close(fd);  // And with it the lease.
  return refused;
}

void add_folders(const FileStamps& stamps, std::set<std::string>& folders) {
  for (const auto& [path, stamp] : stamps) {
    std::error_code error;
    if (stamp.inode != 0 && std::filesystem::is_directory(path, error)) folders.insert(path);
    const std::string parent = std::filesystem::path(path).parent_path().string();
    folders.insert(parent.empty() ? "." : parent);
  }
}

}  // namespace sallyport::app
