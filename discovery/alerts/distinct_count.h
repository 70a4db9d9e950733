#pragma once
// How many different things were seen, in bounded memory: of their marks (uniform 64-bit hashes)
// the smallest kMost are kept. Exact below kMost; from there on an estimate from how close they
// lie, with a standard error of 3 % ("k minimum values").
//
// A value: copies, compares, is saved as its marks.

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace sallyport::discovery {

// The same for the same text in every process and version, since marks are saved.
std::uint64_t mark_of(std::string_view text);

class DistinctCount {
 public:
  static constexpr std::size_t kMost = 1024;

  // True: it is kept, and was not before.
  bool add(std::uint64_t mark);
  std::uint64_t count() const;
  std::span<const std::uint64_t> marks() const { return marks_; }  // ascending

  bool operator==(const DistinctCount&) const = default;

 private:
  std::vector<std::uint64_t> marks_;
};

}  // namespace sallyport::discovery
