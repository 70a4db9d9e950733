#pragma once
// Bytes at a fixed place that a kind of files begins with.

#include <cstddef>
#include <span>
#include <string_view>

namespace sallyport::discovery {

struct Magic {
  std::size_t at;
  std::string_view bytes;
  std::string_view type;
  bool encrypted = false;  // every file of the kind is
};

// In the order in which they are to be tried: what has few bytes stands behind what has many.
std::span<const Magic> magics();

}  // namespace sallyport::discovery
