#pragma once
// A small file of fixed size that takes blocked events while the store cannot: it is written out in
// full when it is made, so that a full disk still has room for what matters. (A file system that
// copies on write may refuse even so; then append() fails like any write.)
//
// INVARIANT: after append() returned true the record is on the disk, and records() of a later
// process yields it until clear(). A record that was torn by a crash is not yielded, nor anything
// behind it. Thread rule: one thread. One process at a time: the file is locked while it is open.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.h"

namespace sallyport::discovery {

constexpr std::size_t kJournalBytes = 1024 * 1024;

class Journal {
 public:
  // Opens the file, or makes it and fills it with `bytes` zeros. An existing one keeps its records
  // and is made larger where needed, never smaller. A file that is something else is refused.
  static Result<std::unique_ptr<Journal>> open(const std::string& path,
                                               std::size_t bytes = kJournalBytes);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  // False: no room, or the write failed (trouble() says why). Takes all of `records` or none.
  bool append(const std::vector<std::string>& records);

  // Every whole record, oldest first.
  Result<std::vector<std::string>> records() const;
  std::size_t count() const { return count_; }
  bool empty() const { return count_ == 0; }

  // Forgets all records.
  Result<void> clear();

  const std::string& trouble() const { return trouble_; }

 private:
  Journal(int fd, std::size_t size) : fd_(fd), size_(size) {}

  int fd_;
  std::size_t size_;
  std::size_t end_ = 0;  // where the next record goes
  std::size_t count_ = 0;
  std::string trouble_;
};

// The whole records in the bytes of a journal file; `end` is where the next one goes. Nothing where
// the bytes do not begin as a journal. Pure, for the fuzzer.
struct JournalScan {
  std::vector<std::string> records;
  std::size_t end = 0;
};
std::optional<JournalScan> scan_journal(std::string_view bytes);

}  // namespace sallyport::discovery
