#pragma once
// Whether a word is one of a list that is written in the code. Most words are not, and are told by
// their length and first letter.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>

namespace sallyport::discovery {

// A bit for each length, and for each first letter, of the words in a list. None is empty.
struct WordShapes {
  std::uint64_t lengths = 0;
  std::uint32_t letters = 0;

  static constexpr std::uint64_t length_bit(std::string_view word) {
    return std::uint64_t{1} << std::min<std::size_t>(word.size(), 63);
  }
  static constexpr std::uint32_t letter_bit(std::string_view word) {
    return std::uint32_t{1} << (static_cast<unsigned char>(word.front()) & 31U);
  }
  constexpr bool may_have(std::string_view word) const {
    return !word.empty() && (lengths & length_bit(word)) != 0 && (letters & letter_bit(word)) != 0;
  }
};

// `kWords`: an array of std::string_view.
template <const auto& kWords>
bool is_one_of(std::string_view word) {
  static constexpr WordShapes kShapes = [] {
    WordShapes shapes;
    for (const std::string_view one : kWords) {
      shapes.lengths |= WordShapes::length_bit(one);
      shapes.letters |= WordShapes::letter_bit(one);
    }
    return shapes;
  }();
  return kShapes.may_have(word) &&
         std::find(std::begin(kWords), std::end(kWords), word) != std::end(kWords);
}

}  // namespace sallyport::discovery
