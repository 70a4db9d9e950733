#pragma once
// Many texts looked for in one at once (Aho and Corasick, 1975): one walk over the text, whatever
// their number. Filled, finished, then only read, from any number of threads.

#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

namespace sallyport::discovery {

class PhraseIndex {
 public:
  using Marks = std::uint64_t;  // a bit for each of up to 64 things that phrases stand for

  PhraseIndex() : building_(1) {}

  // REQUIRES: not finished; a phrase that is not "".
  void add(std::string_view phrase, Marks marks);
  void finish();

  // The marks of all phrases that are in `text`. REQUIRES: finished.
  Marks find(std::string_view text) const;
  std::size_t nodes() const { return nodes_.size(); }

 private:
  struct Building {
    std::map<unsigned char, std::uint32_t> next;
    Marks marks = 0;
  };
  struct Node {
    std::uint32_t first = 0;  // of its edges
    std::uint16_t edges = 0;
    std::uint32_t fallback = 0;  // of the longest end of its text that begins another phrase
    Marks marks = 0;             // its own and its fallback's
  };
  struct Edge {
    unsigned char byte;
    std::uint32_t to;
  };
  const Edge* find_edge(std::uint32_t node, unsigned char byte) const;

  std::vector<Building> building_;
  std::vector<Node> nodes_;
  std::vector<Edge> edges_;  // of a node behind each other, by their bytes
};

}  // namespace sallyport::discovery
