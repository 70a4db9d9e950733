#include "discovery/tags/huge_words.h"

#include <cstring>
#include <new>
#include <sys/mman.h>

namespace sallyport::discovery {
namespace {

constexpr std::size_t kLine = 64;                   // bytes
constexpr std::size_t kHugePage = 2 * 1024 * 1024;  // bytes

}  // namespace

HugeWords::HugeWords(const std::vector<std::uint32_t>& words) {
  const std::size_t wanted = words.size() * sizeof(std::uint32_t);
  if (wanted == 0) return;
  const std::size_t unit = wanted < kHugePage ? kLine : kHugePage;
  bytes_ = (wanted + unit - 1) / unit * unit;
  words_.reset(static_cast<std::uint32_t*>(std::aligned_alloc(unit, bytes_)));
  if (words_ == nullptr) throw std::bad_alloc();
  // Before the first touch. A wish: without it everything works, more slowly.
  if (unit == kHugePage) ::madvise(words_.get(), bytes_, MADV_HUGEPAGE);
  std::memcpy(words_.get(), words.data(), wanted);
}

}  // namespace sallyport::discovery
