// Flattening: each span becomes "begins here" and "ends behind here". Walking these edges in order,
// the set of open layers is known at every address; where it changes, a new piece of the map
// begins.

#include "discovery/tags/span_map.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <map>

#include "base/core/check.h"

namespace sallyport::discovery {
namespace {

template <class Address>
struct Edge {
  Address at;
  std::uint32_t layer;
  bool opens;
};

// How many spans of each layer are open, ascending by layer; few at a time.
class OpenLayers {
 public:
  void open(std::uint32_t layer) {
    const auto at = find(layer);
    if (at != counts_.end() && at->first == layer) {
      ++at->second;
    } else {
      counts_.insert(at, {layer, 1});
    }
  }
  void close(std::uint32_t layer) {
    const auto at = find(layer);
    CHECK(at != counts_.end() && at->first == layer);
    if (--at->second == 0) counts_.erase(at);
  }
  void list(std::vector<std::uint32_t>& out) const {
    out.clear();
    for (const auto& [layer, count] : counts_) out.push_back(layer);
  }

 private:
  using Counts = std::vector<std::pair<std::uint32_t, std::uint32_t>>;
  Counts::iterator find(std::uint32_t layer) {
    return std::lower_bound(
        counts_.begin(), counts_.end(), layer,
        [](const auto& one, std::uint32_t wanted) { return one.first < wanted; });
  }
  Counts counts_;
};

// Asks for the number of a set of layers once.
class Names {
 public:
  using Name = std::function<std::uint32_t(std::span<const std::uint32_t>)>;
  explicit Names(const Name& name) : name_(name) {}

  std::uint32_t of(const std::vector<std::uint32_t>& layers) {
    if (layers.empty()) return SpanMap::kNothing;
    const auto found = known_.find(layers);
    if (found != known_.end()) return found->second;
    const std::uint32_t number = name_(layers);
    known_.emplace(layers, number);
    return number;
  }

 private:
  const Name& name_;
  std::map<std::vector<std::uint32_t>, std::uint32_t> known_;
};

template <class Address>
void flatten(std::vector<Edge<Address>> edges, Names& names, std::vector<Address>& starts,
             std::vector<std::uint32_t>& values) {
  std::sort(edges.begin(), edges.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
  OpenLayers open;
  std::vector<std::uint32_t> layers;
  std::uint32_t current = SpanMap::kNothing;
  for (std::size_t i = 0; i < edges.size();) {
    const Address at = edges[i].at;
    // All openings first: a layer whose one span ends where its next begins stays open.
    std::size_t end = i;
    for (; end < edges.size() && edges[end].at == at; ++end) {
      if (edges[end].opens) open.open(edges[end].layer);
    }
    for (; i < end; ++i) {
      if (!edges[i].opens) open.close(edges[i].layer);
    }
    open.list(layers);
    const std::uint32_t value = names.of(layers);
    if (value == current) continue;
    starts.push_back(at);
    values.push_back(value);
    current = value;
  }
  starts.shrink_to_fit();
  values.shrink_to_fit();
}

V4Key v4_key(const IpAddress& address) { return {address.v4_value()}; }

std::uint64_t read_long(const std::uint8_t* at) {
  std::uint64_t value;
  std::memcpy(&value, at, sizeof value);
  return std::endian::native == std::endian::little ? std::byteswap(value) : value;
}

V6Key v6_key(const IpAddress& address) {
  return {read_long(address.bytes().data()), read_long(address.bytes().data() + 8)};
}

// The key behind the last of a span; nothing lies behind the last of all.
std::optional<V4Key> behind(V4Key last) {
  if (++last.value == 0) return std::nullopt;
  return last;
}

std::optional<V6Key> behind(V6Key last) {
  if (++last.low == 0) ++last.high;
  if (last == V6Key()) return std::nullopt;
  return last;
}

// What a span of layer `layer` adds to the edges.
template <class Key>
void add_edges(Key first, Key last, std::uint32_t layer, std::vector<Edge<Key>>& edges) {
  edges.push_back({first, layer, true});
  if (const auto end = behind(last)) edges.push_back({*end, layer, false});
}

template <class Key>
SpanTrie<Key> make_trie(std::vector<Edge<Key>> edges, Names& names, std::size_t& boundaries) {
  std::vector<Key> starts;
  std::vector<std::uint32_t> values;
  flatten(std::move(edges), names, starts, values);
  boundaries += starts.size();
  return SpanTrie<Key>(starts, values);
}

}  // namespace

SpanMap::SpanMap(std::vector<Layered> spans,
                 const std::function<std::uint32_t(std::span<const std::uint32_t>)>& name) {
  std::vector<Edge<V4Key>> v4;
  std::vector<Edge<V6Key>> v6;
  for (const auto& [span, layer] : spans) {
    if (span.first.is_v4()) {
      add_edges(v4_key(span.first), v4_key(span.last), layer, v4);
    } else {
      add_edges(v6_key(span.first), v6_key(span.last), layer, v6);
    }
  }
  spans = {};
  Names names(name);
  v4_ = make_trie(std::move(v4), names, boundaries_);
  v6_ = make_trie(std::move(v6), names, boundaries_);
}

template <class Key>
void SpanMap::Ascending::Family<Key>::begin_piece(Key at, std::uint32_t value) {
  if ((values.empty() ? kNothing : values.back()) == value) return;
  starts.push_back(at);
  values.push_back(value);
}

template <class Key>
void SpanMap::Ascending::Family<Key>::add(Key first, std::optional<Key> end, std::uint32_t value) {
  CHECK(next ? *next <= first : starts.empty());
  if (next && *next < first) begin_piece(*next, kNothing);
  begin_piece(first, value);
  next = end;
}

template <class Key>
SpanTrie<Key> SpanMap::Ascending::Family<Key>::finish() {
  SpanTrie<Key> trie(starts, values);
  starts = {};
  values = {};
  return trie;
}

void SpanMap::Ascending::add(const AddressSpan& span, std::uint32_t number) {
  if (span.first.is_v4()) {
    v4_.add(v4_key(span.first), behind(v4_key(span.last)), number);
  } else {
    v6_.add(v6_key(span.first), behind(v6_key(span.last)), number);
  }
}

SpanMap SpanMap::Ascending::finish() {
  SpanMap map;
  if (v4_.next) v4_.begin_piece(*v4_.next, kNothing);
  if (v6_.next) v6_.begin_piece(*v6_.next, kNothing);
  map.boundaries_ = v4_.starts.size() + v6_.starts.size();
  map.v4_ = v4_.finish();
  map.v6_ = v6_.finish();
  return map;
}

std::uint32_t SpanMap::find(const IpAddress& address) const {
  return address.is_v4() ? v4_.find(v4_key(address)) : v6_.find(v6_key(address));
}

}  // namespace sallyport::discovery
