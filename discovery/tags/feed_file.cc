#include "discovery/tags/feed_file.h"

#include <sys/stat.h>

#include "base/core/file.h"
#include "discovery/tags/feed.h"

namespace sallyport::discovery {

Result<FeedFile> read_feed_file(const std::string& path) {
  // Before reading: where the file is replaced meanwhile, its content is newer than said, not
  // older.
  struct stat status {};
  const bool known = ::stat(path.c_str(), &status) == 0;
  Result<std::string> text = read_regular_file(path, kMaxFeedBytes);
  if (!text) return pass_on(std::move(text));
  FeedFile file{std::move(*text), {}};
  if (known) file.changed = Time(std::chrono::seconds(status.st_mtim.tv_sec));
  return file;
}

}  // namespace sallyport::discovery
