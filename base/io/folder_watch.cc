#include "base/io/folder_watch.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <cstring>
#include <map>
#include <sys/inotify.h>
#include <unistd.h>

namespace sallyport::io {

namespace asio = boost::asio;

namespace {

using Descriptor = asio::posix::basic_stream_descriptor<Executor>;

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable_t<Executor>());
// Not IN_MODIFY: a file that is being written is looked at when its writer has closed it.
constexpr std::uint32_t kChanges = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE |
                                   IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ATTRIB |
                                   IN_ONLYDIR;

class Inotify final : public FolderWatch {
 public:
  Inotify(Worker& worker, int fd) : descriptor_(worker.executor(), fd) {}

  std::size_t watch(const std::set<std::string>& folders) override {
    if (!descriptor_.is_open()) return folders.size();
    const int fd = descriptor_.native_handle();
    for (auto at = watches_.begin(); at != watches_.end();) {
      if (folders.contains(at->first)) {
        ++at;
        continue;
      }
      ::inotify_rm_watch(fd, at->second);
      at = watches_.erase(at);
    }
    std::size_t unwatched = 0;
    for (const std::string& folder : folders) {
      // Also for those that have a watch: the folder of that name may be another one by now.
      const int watch = ::inotify_add_watch(fd, folder.c_str(), kChanges);
      if (watch < 0) {
        watches_.erase(folder);
        ++unwatched;
      } else {
        watches_[folder] = watch;
      }
    }
    return unwatched;
  }

  Task<Result<void>> changed() override {
    if (!descriptor_.is_open()) co_return fail(ErrorKind::closed, Side::ours);
    while (true) {
      drain();
      if (seen_ != returned_) {
        returned_ = seen_;
        co_return Result<void>();
      }
      auto [error] = co_await descriptor_.async_wait(Descriptor::wait_read, kTuple);
      if (error || !descriptor_.is_open()) co_return fail(ErrorKind::closed, Side::ours);
    }
  }

  std::uint64_t seen() override {
    drain();
    return seen_;
  }

  void close() override {
    boost::system::error_code ignored;
    descriptor_.close(ignored);
  }

 private:
  // What has been said since the last call. An overflow of the queue is a change like any other.
  void drain() {
    if (!descriptor_.is_open()) return;
    char block[4096];
    while (::read(descriptor_.native_handle(), block, sizeof block) > 0) ++seen_;
  }

  Descriptor descriptor_;
  std::uint64_t seen_ = 0;
  std::uint64_t returned_ = 0;
  std::map<std::string, int> watches_;
};

}  // namespace

Result<std::unique_ptr<FolderWatch>> FolderWatch::open(Worker& worker) {
  const int fd = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (fd < 0) {
    return fail(ErrorKind::unavailable, Side::ours,
                std::string("inotify: ") + std::strerror(errno));
  }
  return std::unique_ptr<FolderWatch>(std::make_unique<Inotify>(worker, fd));
}

}  // namespace sallyport::io
