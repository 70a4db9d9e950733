#pragma once
// Many entries of one period in one piece of bytes: what the store keeps counts of use in.
//
//   for (const std::string& chunk : write_chunks(entries)) ...   // rising (before())
//   auto chunk = UsageChunk::open(bytes);
//   while (chunk->next(entry)) ...
//   if (chunk->damaged()) ...
//
// The format stands in the .cc.

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "discovery/store/usage.h"
#include "policy/activity/pack_reader.h"

namespace sallyport::discovery {

constexpr std::size_t kMostChunkEntries = 32 * 1024;
// Where a writer is full: whoever asks for one user opens a chunk of each day.
constexpr std::size_t kFullChunkEntries = 8 * 1024;
constexpr std::size_t kMostChunkBytes = 16 * 1024 * 1024;  // uncompressed

// Puts entries into chunks as they come.
class UsageChunkWriter {
 public:
  UsageChunkWriter();
  ~UsageChunkWriter();

  // REQUIRES: it stands behind the one before.
  void add(const UsageEntry& entry);
  std::size_t entries() const { return entries_; }
  // REQUIRES: entries() > 0
  NameNumber first_user() const { return first_user_; }
  NameNumber last_user() const { return last_.who.user; }
  bool full() const { return entries_ == kFullChunkEntries; }
  // The chunk. Empties the writer.
  std::string finish();

 private:
  struct Zstd;
  std::unique_ptr<Zstd> zstd_;
  std::string body_;
  UsageEntry last_;
  NameNumber first_user_ = kOther;
  std::size_t entries_ = 0;
};

class UsageChunk {
 public:
  // Refused: what no writer wrote, or more than kMostChunkBytes.
  static Result<UsageChunk> open(std::string_view bytes);

  // False at the end, and where it is damaged. Entries rise.
  bool next(UsageEntry& entry);
  // Passes over the entries of users before that one, at a fifth of the cost of reading them.
  // REQUIRES: none was read yet.
  void skip_to(NameNumber user);
  bool damaged() const { return damaged_; }
  static std::unexpected<Error> refusal(std::string_view why);

 private:
  UsageChunk(std::unique_ptr<char[]> bytes, std::size_t size);
  bool read(UsageEntry& entry);
  bool read_who(Who& who);

  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = 0;  // of bytes_
  policy::packed::Unpacker from_;
  Who who_;                      // of the entry before
  NameNumber service_ = kOther;  // likewise
  bool any_ = false;
  bool damaged_ = false;
};

}  // namespace sallyport::discovery
