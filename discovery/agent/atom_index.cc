#include "discovery/agent/atom_index.h"

#include <deque>

#include "base/core/check.h"

namespace sallyport::discovery {

AtomIndex::AtomIndex(const std::vector<std::string>& atoms) {
  std::size_t bytes = 0;
  for (const std::string& atom : atoms) {
    CHECK(!atom.empty());
    bytes += atom.size();
    for (const char c : atom) {
      std::uint8_t& column = column_[static_cast<unsigned char>(c)];
      if (column == 0) column = static_cast<std::uint8_t>(columns_++);
    }
  }
  CHECK(bytes < 0xffff);
  CHECK(columns_ <= 256);
  if (atoms.empty()) return;

  // The trie. State 0 is the root, which is nobody's child, so 0 is also "none".
  const auto add_state = [this] {
    next_.insert(next_.end(), columns_, 0);
    atoms_of_.emplace_back();
    return static_cast<std::uint16_t>(atoms_of_.size() - 1);
  };
  add_state();
  for (std::uint32_t i = 0; i < atoms.size(); ++i) {
    std::uint16_t state = 0;
    for (const char c : atoms[i]) {
      const std::size_t slot = state * columns_ + column_[static_cast<unsigned char>(c)];
      // add_state() moves next_, so the slot is asked for again.
      if (next_[slot] == 0) {
        const std::uint16_t added = add_state();
        next_[slot] = added;
      }
      state = next_[slot];
    }
    atoms_of_[state].push_back(i);
  }

  // Breadth first: a state's suffix is shorter, hence complete before it is needed.
  std::vector<std::uint16_t> suffix(atoms_of_.size(), 0);
  first_hit_.assign(atoms_of_.size(), 0);
  next_hit_.assign(atoms_of_.size(), 0);
  std::deque<std::uint16_t> open;
  for (std::size_t column = 1; column < columns_; ++column) {
    if (next_[column] != 0) open.push_back(next_[column]);
  }
  while (!open.empty()) {
    const std::uint16_t state = open.front();
    open.pop_front();
    next_hit_[state] = first_hit_[suffix[state]];
    first_hit_[state] = atoms_of_[state].empty() ? next_hit_[state] : state;
    for (std::size_t column = 1; column < columns_; ++column) {
      std::uint16_t& child = next_[state * columns_ + column];
      const std::uint16_t fallback = next_[suffix[state] * columns_ + column];
      if (child == 0) {
        child = fallback;
      } else {
        suffix[child] = fallback;
        open.push_back(child);
      }
    }
  }
}

}  // namespace sallyport::discovery
