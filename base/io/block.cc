#include "base/io/block.h"

#include <array>

namespace sallyport::io {

namespace {

struct Shelf {
  ~Shelf() {
    while (kept > 0) delete[] blocks[--kept];
  }
  std::array<char*, Block::kKept> blocks{};
  std::size_t kept = 0;
  std::size_t in_use = 0;
};

thread_local Shelf shelf;

}  // namespace

void Block::take() {
  if (bytes_ != nullptr) return;
  bytes_ = shelf.kept > 0 ? shelf.blocks[--shelf.kept] : new char[kSize];
  ++shelf.in_use;
}

void Block::give_back() {
  if (bytes_ == nullptr) return;
  --shelf.in_use;
  char* const bytes = std::exchange(bytes_, nullptr);
#if !defined(__SANITIZE_ADDRESS__)  // It is to see who reads on.
  if (shelf.kept < kKept) {
    shelf.blocks[shelf.kept++] = bytes;
    return;
  }
#endif
  delete[] bytes;
}

std::size_t Block::kept() { return shelf.kept; }
std::size_t Block::in_use() { return shelf.in_use; }

}  // namespace sallyport::io
