#pragma once
// Several chunks as one: entries rising, and what is of the same who and service added up.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "discovery/store/usage_chunk.h"

namespace sallyport::discovery {

class UsageMerge {
 public:
  // `minutes` from the beginning of what is merged to that of the chunk's period.
  void add(UsageChunk chunk, std::int64_t minutes = 0);
  // False at the end, and where a chunk is damaged.
  bool next(UsageEntry& entry);
  bool damaged() const { return damaged_; }

 private:
  struct Source {
    UsageChunk chunk;
    UsageEntry entry;  // its next one
    std::int64_t minutes = 0;
  };
  // The next entry of a source, if there is one.
  bool read(Source& source);
  // Takes the smallest entry, and puts the next one of its chunk in its place.
  UsageEntry take();
  bool later(std::uint32_t a, std::uint32_t b) const {
    return before(sources_[b].entry, sources_[a].entry);
  }

  std::vector<Source> sources_;
  std::vector<std::uint32_t> heap_;  // of sources_: the smallest in front
  bool damaged_ = false;
};

}  // namespace sallyport::discovery
