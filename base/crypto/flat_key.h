#pragma once
// The key for hashes in tables of this process (base/core/flat_index.h): drawn once, so that
// nobody outside knows what collides.

#include "base/core/flat_index.h"

namespace sallyport {

// The same one for the whole process; any thread.
FlatHasher flat_hasher();

}  // namespace sallyport
