#pragma once
// Memory for what is read from a stream: a block of 64 KiB, which its owner has only while bytes
// are in it or may come. A thread keeps those that were given back for whoever reads next, so idle
// connections hold none and busy ones share the few that are warm.

#include <cstddef>
#include <utility>

namespace sallyport::io {

class Block {
 public:
  static constexpr std::size_t kSize = 64 * 1024;  // bytes; reads of 16 KiB cost a third in bulk
  static constexpr std::size_t kKept = 16;         // by a thread

  Block() = default;
  ~Block() { give_back(); }
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;

  explicit operator bool() const { return bytes_ != nullptr; }
  char* get() const { return bytes_; }
  // Not initialised. Where there is one already, that one stays.
  void take();
  void give_back();

  // For tests: how many this thread keeps, and how many are in use.
  static std::size_t kept();
  static std::size_t in_use();

 private:
  char* bytes_ = nullptr;
};

}  // namespace sallyport::io
