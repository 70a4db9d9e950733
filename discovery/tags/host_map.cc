#include "discovery/tags/host_map.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <map>
#include <random>

#include "base/core/check.h"

namespace sallyport::discovery {
namespace {

// The number of a set of layers, which is put in order; 0 for none.
class Sets {
 public:
  using Name = std::function<std::uint32_t(std::span<const std::uint32_t>)>;
  explicit Sets(const Name& name) : name_(name) {}

  std::uint32_t number(std::vector<std::uint32_t>& layers) {
    if (layers.empty()) return 0;
    std::sort(layers.begin(), layers.end());
    layers.erase(std::unique(layers.begin(), layers.end()), layers.end());
    const auto known = known_.find(layers);
    if (known != known_.end()) return known->second;
    const std::uint32_t number = name_(layers);
    CHECK(number != 0);
    known_.emplace(layers, number);
    return number;
  }

 private:
  const Name& name_;
  std::map<std::vector<std::uint32_t>, std::uint32_t> known_;
};

}  // namespace

HostMap::HostMap(std::vector<Layered> hosts,
                 const std::function<std::uint32_t(std::span<const std::uint32_t>)>& name_set) {
  if (hosts.empty()) return;
  std::sort(hosts.begin(), hosts.end(),
            [](const Layered& a, const Layered& b) { return a.name < b.name; });
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    if (i > 0 && hosts[i].name == hosts[i - 1].name) continue;
    ++size_;
    bytes += hosts[i].name.size();
  }
  CHECK(bytes <= std::numeric_limits<std::uint32_t>::max());
  names_.reserve(bytes);
  slots_.resize(std::bit_ceil(size_ * 2));
  std::random_device random;
  seed_ = std::uint64_t{random()} << 32 | random();

  Sets sets(name_set);
  std::vector<std::uint32_t> exact;
  std::vector<std::uint32_t> below;
  for (std::size_t i = 0; i < hosts.size();) {
    const std::string& name = hosts[i].name;
    CHECK(!name.empty());
    exact.clear();
    below.clear();
    std::size_t end = i;
    for (; end < hosts.size() && hosts[end].name == name; ++end) {
      exact.push_back(hosts[end].layer);
      if (hosts[end].below) below.push_back(hosts[end].layer);
    }
    std::uint64_t hash = seed_;
    for (std::size_t at = name.size(); at-- > 0;) hash = step(hash, name[at]);
    std::size_t place = place_of(hash);
    while (slots_[place].size != 0) place = (place + 1) & (slots_.size() - 1);
    slots_[place] = {static_cast<std::uint32_t>(names_.size()),
                     static_cast<std::uint32_t>(name.size()), sets.number(exact),
                     sets.number(below)};
    names_ += name;
    i = end;
  }
}

const HostMap::Slot* HostMap::probe(std::uint64_t hash, std::string_view name) const {
  for (std::size_t place = place_of(hash);; place = (place + 1) & (slots_.size() - 1)) {
    const Slot& slot = slots_[place];
    if (slot.size == 0) return nullptr;
    if (std::string_view(names_).substr(slot.offset, slot.size) == name) return &slot;
  }
}

}  // namespace sallyport::discovery
