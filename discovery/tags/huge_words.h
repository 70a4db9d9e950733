#pragma once
// An array of 32-bit words that is read all over the place: it begins at a cache line, and a large
// one lies on huge pages where the system gives any. A look-up in 40 MB otherwise spends as long on
// finding the page as on reading it.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace sallyport::discovery {

class HugeWords {
 public:
  HugeWords() = default;
  explicit HugeWords(const std::vector<std::uint32_t>& words);  // A copy.

  const std::uint32_t* data() const { return words_.get(); }
  std::size_t bytes() const { return bytes_; }

 private:
  struct Free {
    std::size_t mapped;  // Bytes; 0: of the heap.
    Free() : mapped(0) {}
    explicit Free(std::size_t bytes) : mapped(bytes) {}
    void operator()(std::uint32_t* words) const;
  };
  std::unique_ptr<std::uint32_t, Free> words_;
  std::size_t bytes_ = 0;  // As allocated.
};

}  // namespace sallyport::discovery
