#pragma once
// Host patterns to numbers, found by the longest suffix on label boundaries.
//
// Filled once, then only read, from any number of threads. A look-up hashes at most one suffix per
// label and allocates nothing.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace sallyport::discovery {

class HostIndex {
 public:
  // Claims "example.com" (itself and below) or "*.example.com" (only below) for `value`. Returns
  // the value that holds any of it already, where that is another one; then nothing is changed.
  // REQUIRES: a canonical pattern, value < kNone.
  std::optional<std::uint32_t> claim(std::string_view pattern, std::uint32_t value);

  // The value of the longest pattern that covers `host`.
  std::optional<std::uint32_t> find(std::string_view host) const;

  std::size_t size() const { return slots_.size(); }

 private:
  static constexpr std::uint32_t kNone = 0xffffffff;
  struct Slot {
    std::uint32_t itself = kNone;
    std::uint32_t below = kNone;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };
  std::unordered_map<std::string, Slot, Hash, std::equal_to<>> slots_;
  std::size_t most_labels_ =
      0;  // Of any pattern, so that a hostile name of 127 labels costs little.
};

}  // namespace sallyport::discovery
