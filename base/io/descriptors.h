#pragma once
// How many files this process may have open.

#include <cstddef>

namespace sallyport::io {

// Raises the soft limit to the hard one, for this process and what it starts. Returns what holds
// then, also where raising failed.
std::size_t raise_descriptor_limit();

}  // namespace sallyport::io
