#pragma once
// A file of the state directory that is another after each erasure of a person, whoever made it:
// what was put together before must not be given any more (report_cache.h).
//
// Thread rule: any thread, any process.

#include <string>

#include "base/core/result.h"

namespace sallyport::app {

// "" where nobody was erased yet, or where it cannot be read.
std::string read_erasure_mark(const std::string& state);
Result<void> change_erasure_mark(const std::string& state);

}  // namespace sallyport::app
