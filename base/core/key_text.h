#pragma once
// Values one behind the other as bytes, so that whole sets of them are compared and hashed at once.
// Two texts are the same if, and only if, the same was added in the same order.
//
// Kept and cleared rather than made anew: then nothing is allocated.

#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>
#include <vector>

namespace sallyport {

class KeyText {
 public:
  void clear() { size_ = 0; }

  // REQUIRES: all bytes of the value count, also such as only fill.
  template <class T>
  [[gnu::always_inline]] void add_bytes(const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    std::memcpy(grow(sizeof value), &value, sizeof value);
  }
  [[gnu::always_inline]] void add(std::string_view text) {
    char* const to = grow(sizeof(std::uint32_t) + text.size());
    const auto size = static_cast<std::uint32_t>(text.size());
    std::memcpy(to, &size, sizeof size);
    std::memcpy(to + sizeof size, text.data(), text.size());
  }

  std::string_view view() const { return {bytes_.data(), size_}; }
  std::size_t size() const { return size_; }

 private:
  // Inlined whatever the optimization: twenty are called for each activity.
  [[gnu::always_inline]] char* grow(std::size_t more) {
    if (size_ + more > bytes_.size()) make_room(more);
    char* const at = bytes_.data() + size_;
    size_ += more;
    return at;
  }

  [[gnu::noinline]] void make_room(std::size_t more) { bytes_.resize((size_ + more) * 2); }

  std::vector<char> bytes_ = std::vector<char>(256);
  std::size_t size_ = 0;
};

}  // namespace sallyport
