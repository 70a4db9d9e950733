#include "discovery/names/phrase_index.h"

#include <algorithm>

namespace sallyport::discovery {

void PhraseIndex::add(std::string_view phrase, Marks marks) {
  std::uint32_t at = 0;
  for (const char c : phrase) {
    const auto fresh = static_cast<std::uint32_t>(building_.size());
    const auto [edge, is_fresh] = building_[at].next.emplace(static_cast<unsigned char>(c), fresh);
    const std::uint32_t to = edge->second;
    if (is_fresh) building_.emplace_back();
    at = to;
  }
  building_[at].marks |= marks;
}

void PhraseIndex::finish() {
  nodes_.resize(building_.size());
  for (std::size_t i = 0; i < building_.size(); ++i) {
    nodes_[i].first = static_cast<std::uint32_t>(edges_.size());
    nodes_[i].edges = static_cast<std::uint16_t>(building_[i].next.size());
    nodes_[i].marks = building_[i].marks;
    for (const auto& [byte, to] : building_[i].next) edges_.push_back({byte, to});
  }
  building_.clear();
  // By depth, so that a fallback, which is less deep, is done before.
  std::vector<std::uint32_t> order{0};
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::uint32_t parent = order[i];
    for (std::uint32_t e = 0; e < nodes_[parent].edges; ++e) {
      const Edge edge = edges_[nodes_[parent].first + e];
      order.push_back(edge.to);
      if (parent == 0) continue;
      std::uint32_t back = nodes_[parent].fallback;
      const Edge* next = find_edge(back, edge.byte);
      while (next == nullptr && back != 0) {
        back = nodes_[back].fallback;
        next = find_edge(back, edge.byte);
      }
      nodes_[edge.to].fallback = next == nullptr ? 0 : next->to;
      nodes_[edge.to].marks |= nodes_[nodes_[edge.to].fallback].marks;
    }
  }
}

const PhraseIndex::Edge* PhraseIndex::find_edge(std::uint32_t node, unsigned char byte) const {
  const auto first = edges_.begin() + nodes_[node].first;
  const auto last = first + nodes_[node].edges;
  const auto edge = std::lower_bound(first, last, byte,
                                     [](const Edge& one, unsigned char b) { return one.byte < b; });
  return edge == last || edge->byte != byte ? nullptr : &*edge;
}

PhraseIndex::Marks PhraseIndex::find(std::string_view text) const {
  Marks marks = 0;
  std::uint32_t at = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const Edge* next = find_edge(at, byte);
    while (next == nullptr && at != 0) {
      at = nodes_[at].fallback;
      next = find_edge(at, byte);
    }
    at = next == nullptr ? 0 : next->to;
    marks |= nodes_[at].marks;
  }
  return marks;
}

}  // namespace sallyport::discovery
