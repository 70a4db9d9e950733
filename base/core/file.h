#pragma once
// Reading a file as a whole, for the threads that may block: start, commands, the desk.

#include <cstddef>
#include <string>

#include "base/core/result.h"

namespace sallyport {

// not_found, permission, limit (more than `most` bytes) or storage, with the path in the detail.
// Only regular files: a pipe that nobody writes must not hang the start.
Result<std::string> read_regular_file(const std::string& path, std::size_t most);

}  // namespace sallyport
