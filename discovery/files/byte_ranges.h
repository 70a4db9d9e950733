#pragma once
// Which numbers of 0, 1, 2 ... have been seen, kept as ranges: bytes of a file, parts of a
// transfer.
//
// INVARIANT: the ranges are sorted, not empty, and neither touch nor overlap. At most `most` of
// them: what would make more is left out, and lossy() says so from then on.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace sallyport::discovery {

class ByteRanges {
 public:
  explicit ByteRanges(std::size_t most = 64) : most_(most) {}

  // The numbers from `from` up to, but not including `end`. How many of them are new.
  std::uint64_t add(std::uint64_t from, std::uint64_t end);

  bool covers(std::uint64_t from, std::uint64_t end) const;
  // Behind the last; 0 where there is none.
  std::uint64_t end() const { return ranges_.empty() ? 0 : ranges_.back().end; }
  // How many there are.
  std::uint64_t count() const;
  std::size_t ranges() const { return ranges_.size(); }
  bool lossy() const { return lossy_; }

 private:
  struct Range {
    std::uint64_t from = 0;
    std::uint64_t end = 0;
  };
  std::vector<Range> ranges_;
  std::size_t most_;
  bool lossy_ = false;
};

}  // namespace sallyport::discovery
