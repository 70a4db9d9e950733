#pragma once
// The file of a feed.

#include <string>

#include "base/core/clock.h"
#include "base/core/result.h"

namespace sallyport::discovery {

struct FeedFile {
  std::string text;
  Time changed;  // When its content was last written, as the file says.
};

// A whole regular file within kMaxFeedBytes: not_found, permission, limit or storage. Never waits
// for a pipe.
Result<FeedFile> read_feed_file(const std::string& path);

}  // namespace sallyport::discovery
