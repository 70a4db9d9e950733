#pragma once
// A body that is kept as a whole until policies have seen it: in memory up to kInMemory, the rest
// in a file without a name, enciphered by a key that dies with the spool (AES-256 in counter mode),
// so that nothing readable of anybody's file is left on a disk.
//
// The file is written and read by the worker itself: bytes go to the page cache and back.
// Of one thread.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/core/result.h"
#include "base/http/body.h"

namespace sallyport::session {

// What all spools of a process hold together, and those of one client. Of any thread.
class SpoolBudget {
 public:
  enum class Answer : std::uint8_t { taken, client_has_its_share, full };

  explicit SpoolBudget(std::uint64_t most, std::uint64_t most_per_client = UINT64_MAX)
      : most_(most), most_per_client_(most_per_client) {}
  void set_most(std::uint64_t most, std::uint64_t most_per_client);
  Answer take(const std::string& client, std::uint64_t bytes);
  void give_back(const std::string& client, std::uint64_t bytes);

 private:
  std::mutex mutex_;
  std::uint64_t most_;
  std::uint64_t most_per_client_;
  std::uint64_t used_ = 0;
  std::unordered_map<std::string, std::uint64_t> of_client_;  // none that holds nothing
};

class Spool {
 public:
  static constexpr std::size_t kInMemory = 256 * 1024;  // bytes

  // `folder`: where the file may be made. `client`: whose share it is of. The budget outlives the
  // spool.
  Spool(std::string folder, SpoolBudget& budget, std::string client);
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
  std::string client_;
  std::string memory_;
  std::unique_ptr<Cipher> cipher_;
  int file_ = -1;
  std::uint64_t size_ = 0;
  std::uint64_t read_ = 0;
  std::string piece_;
};

}  // namespace sallyport::session
