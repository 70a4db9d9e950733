// Flattening: each span becomes "begins here" and "ends behind here". Walking these edges in order,
// the set of open layers is known at every address; where it changes, a new piece of the map
// begins.

#include "discovery/tags/span_map.h"

#include <algorithm>
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

template <class Address>
void begin_piece(const Address& at, std::uint32_t value, std::vector<Address>& starts,
                 std::vector<std::uint32_t>& values) {
  if ((values.empty() ? SpanMap::kNothing : values.back()) == value) return;
  starts.push_back(at);
  values.push_back(value);
}

// Appends a span that ends before `behind`.
template <class Address>
void append(const Address& first, const std::optional<Address>& behind, std::uint32_t value,
            std::optional<Address>& next, std::vector<Address>& starts,
            std::vector<std::uint32_t>& values) {
  CHECK(next ? *next <= first : starts.empty());
  if (next && *next < first) begin_piece(*next, SpanMap::kNothing, starts, values);
  begin_piece(first, value, starts, values);
  next = behind;
}

}  // namespace

SpanMap::Wide SpanMap::widen(const IpAddress& address) {
  Wide wide;
  for (std::size_t i = 0; i < 8; ++i) {
    wide.high = wide.high << 8 | address.bytes()[i];
    wide.low = wide.low << 8 | address.bytes()[i + 8];
  }
  return wide;
}

SpanMap::SpanMap(std::vector<Layered> spans,
                 const std::function<std::uint32_t(std::span<const std::uint32_t>)>& name) {
  std::vector<Edge<std::uint32_t>> v4;
  std::vector<Edge<Wide>> v6;
  for (const auto& [span, layer] : spans) {
    if (span.first.is_v4()) {
      v4.push_back({span.first.v4_value(), layer, true});
      const std::uint32_t last = span.last.v4_value();
      // Nothing lies behind the last address of all, so nothing closes there.
      if (last != 0xffffffff) v4.push_back({last + 1, layer, false});
    } else {
      v6.push_back({widen(span.first), layer, true});
      Wide last = widen(span.last);
      if (++last.low == 0) ++last.high;
      if (last != Wide()) v6.push_back({last, layer, false});
    }
  }
  spans = {};
  Names names(name);
  flatten(std::move(v4), names, v4_starts_, v4_values_);
  flatten(std::move(v6), names, v6_starts_, v6_values_);
  index();
}

void SpanMap::index() {
  for (std::size_t i = 0; i < v6_starts_.size(); i += kStride) v6_every_.push_back(v6_starts_[i]);
  if (v4_starts_.empty()) return;
  v4_first_.reserve(0x10001);
  for (std::uint32_t upper = 0; upper <= 0xffff; ++upper) {
    const auto at = std::lower_bound(v4_starts_.begin(), v4_starts_.end(), upper << 16);
    v4_first_.push_back(static_cast<std::uint32_t>(at - v4_starts_.begin()));
  }
  v4_first_.push_back(static_cast<std::uint32_t>(v4_starts_.size()));
}

void SpanMap::Ascending::add(const AddressSpan& span, std::uint32_t number) {
  if (span.first.is_v4()) {
    const std::uint32_t last = span.last.v4_value();
    const auto behind = last == 0xffffffff ? std::nullopt : std::optional(last + 1);
    append(span.first.v4_value(), behind, number, v4_next_, map_.v4_starts_, map_.v4_values_);
    return;
  }
  Wide behind = widen(span.last);
  if (++behind.low == 0) ++behind.high;
  append(widen(span.first), behind == Wide() ? std::nullopt : std::optional(behind), number,
         v6_next_, map_.v6_starts_, map_.v6_values_);
}

SpanMap SpanMap::Ascending::finish() {
  if (v4_next_) begin_piece(*v4_next_, kNothing, map_.v4_starts_, map_.v4_values_);
  if (v6_next_) begin_piece(*v6_next_, kNothing, map_.v6_starts_, map_.v6_values_);
  map_.v4_starts_.shrink_to_fit();
  map_.v4_values_.shrink_to_fit();
  map_.v6_starts_.shrink_to_fit();
  map_.v6_values_.shrink_to_fit();
  map_.index();
  return std::move(map_);
}

std::uint32_t SpanMap::find(const IpAddress& address) const {
  if (address.is_v6()) return find_v6(widen(address));
  if (v4_starts_.empty()) return kNothing;
  const std::uint32_t value = address.v4_value();
  const std::uint32_t upper = value >> 16;
  const auto behind = std::upper_bound(v4_starts_.begin() + v4_first_[upper],
                                       v4_starts_.begin() + v4_first_[upper + 1], value);
  return behind == v4_starts_.begin()
             ? kNothing
             : v4_values_[static_cast<std::size_t>(behind - v4_starts_.begin()) - 1];
}

std::uint32_t SpanMap::find_v6(const Wide& wanted) const {
  const auto every = std::upper_bound(v6_every_.begin(), v6_every_.end(), wanted);
  if (every == v6_every_.begin()) return kNothing;
  const auto block = static_cast<std::size_t>(every - v6_every_.begin() - 1) * kStride;
  const auto begin = v6_starts_.begin() + static_cast<std::ptrdiff_t>(block);
  const auto end =
      begin + static_cast<std::ptrdiff_t>(std::min(kStride, v6_starts_.size() - block));
  const auto behind = std::upper_bound(begin, end, wanted);
  return v6_values_[static_cast<std::size_t>(behind - v6_starts_.begin()) - 1];
}

}  // namespace sallyport::discovery
