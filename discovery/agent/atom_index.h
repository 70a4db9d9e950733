#pragma once
// Which of many short texts stand in a long one: Aho and Corasick's automaton. One pass over the
// text, a table look-up per byte, whatever the text; nothing is built while searching, so a
// stranger's text cannot make it grow.
//
// Immutable after construction. The atoms are lower case, and so must the searched text be.
//
// REQUIRES: together the atoms have fewer than 65,535 bytes.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::discovery {

class AtomIndex {
 public:
  AtomIndex() = default;  // finds nothing
  // No atom is empty. Hits are told by the atom's place in the list.
  explicit AtomIndex(const std::vector<std::string>& atoms);

  // Calls `hit(atom, end)` for every occurrence; `end` is the offset behind it.
  template <class Hit>
  void scan(std::string_view text, Hit hit) const {
    if (next_.empty()) return;
    std::uint16_t state = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      state = next_[state * columns_ + column_[static_cast<unsigned char>(text[i])]];
      // The chain of shorter atoms that end here too; most states have none.
      for (std::uint16_t at = first_hit_[state]; at != 0; at = next_hit_[at]) {
        for (const std::uint32_t atom : atoms_of_[at]) hit(atom, i + 1);
      }
    }
  }

 private:
  std::array<std::uint8_t, 256> column_{};  // bytes that no atom holds share column 0
  std::size_t columns_ = 1;
  std::vector<std::uint16_t> next_;       // [state * columns_ + column]
  std::vector<std::uint16_t> first_hit_;  // the state itself or the nearest suffix with atoms
  std::vector<std::uint16_t> next_hit_;   // the next shorter suffix with atoms, or 0
  std::vector<std::vector<std::uint32_t>> atoms_of_;
};

}  // namespace sallyport::discovery
