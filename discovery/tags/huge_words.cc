#include "discovery/tags/huge_words.h"

#include <cstdlib>
#include <cstring>
#include <new>
#include <sys/mman.h>

namespace sallyport::discovery {
namespace {

constexpr std::size_t kLine = 64;                   // bytes
constexpr std::size_t kHugePage = 2 * 1024 * 1024;  // bytes

// Fresh pages, from a multiple of a huge page on; null where there are none. Not of the heap, which
// hands out pages that were touched before and stay small.
std::uint32_t* map_huge(std::size_t bytes) {
  void* mapped = ::mmap(nullptr, bytes + kHugePage, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) return nullptr;
  auto* begin = static_cast<std::byte*>(mapped);
  const std::size_t past = reinterpret_cast<std::uintptr_t>(begin) % kHugePage;
  const std::size_t front = past == 0 ? 0 : kHugePage - past;
  if (front > 0) ::munmap(begin, front);
  ::munmap(begin + front + bytes, kHugePage - front);
  // Before the first touch. A wish: without it everything works, more slowly.
  ::madvise(begin + front, bytes, MADV_HUGEPAGE);
  return reinterpret_cast<std::uint32_t*>(begin + front);
}

}  // namespace

void HugeWords::Free::operator()(std::uint32_t* words) const {
  if (mapped > 0) {
    ::munmap(words, mapped);
  } else {
    std::free(words);
  }
}

HugeWords::HugeWords(const std::vector<std::uint32_t>& words) {
  const std::size_t wanted = words.size() * sizeof(std::uint32_t);
  if (wanted == 0) return;
  const bool large = wanted >= kHugePage;
  const std::size_t unit = large ? kHugePage : kLine;
  bytes_ = (wanted + unit - 1) / unit * unit;
  auto* made =
      large ? map_huge(bytes_) : static_cast<std::uint32_t*>(std::aligned_alloc(unit, bytes_));
  if (made == nullptr) throw std::bad_alloc();
  words_ = {made, Free(large ? bytes_ : 0)};
  std::memcpy(made, words.data(), wanted);
}

}  // namespace sallyport::discovery
