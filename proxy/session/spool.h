#pragma once
// A body that is kept as a whole until policies have seen it: in memory up to kInMemory, the rest in
// a file without a name, enciphered by a key that dies with the spool (AES-256 in counter mode), so
// that nothing readable of anybody's file is left on a disk.
//
// The file is written and read by the worker itself: bytes go to the page cache and back.
// Of one thread.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/core/result.h"
#include "base/http/body.h"

namespace sallyport::session {

// What all spools of a process hold together.
class SpoolBudget {
 public:
  explicit SpoolBudget(std::uint64_t most) : most_(most) {}
  void set_most(std::uint64_t most) { most_ = most; }
  bool take(std::uint64_t bytes);
  void give_back(std::uint64_t bytes);

 private:
  std::atomic<std::uint64_t> most_;
  std::atomic<std::uint64_t> used_ = 0;
};

class Spool {
 public:
  static constexpr std::size_t kInMemory = 1024 * 1024;  // bytes

  // `folder`: where the file may be made. The budget outlives the spool.
  Spool(std::string folder, SpoolBudget& budget);
  ~Spool();
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  // An error where there is no room: of the budget (ErrorKind::limit) or of the disk.
  Result<void> append(http::Bytes bytes);
  std::uint64_t size() const { return size_; }

  // The next bytes from the front, at most `most`; none at the end. They stay valid until the next
  // call.
  Result<http::Bytes> next(std::size_t most);

 private:
  struct Cipher;
  Result<void> open_file();

  std::string folder_;
  SpoolBudget& budget_;
  std::string memory_;
  std::unique_ptr<Cipher> cipher_;
  int file_ = -1;
  std::uint64_t size_ = 0;
  std::uint64_t read_ = 0;
  std::string piece_;
};

}  // namespace sallyport::session
