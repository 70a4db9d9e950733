#pragma once
// Numbers for host names: which sets of layers name a host, or a domain above it.
//
// Filled once, then only read, from any number of threads. A look-up costs one probe per label of
// the host, and nothing where the map is empty. Memory: the names, and at most 32 bytes a name.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::discovery {

class HostMap {
 public:
  struct Layered {
    std::string name;  // As Host::text() says it.
    bool below;        // Covers every host under it too.
    std::uint32_t layer;
  };

  HostMap() = default;
  // For every name the layers that hold it, ascending and unique, become one number by `name_set`,
  // which is never 0 and is asked once per distinct set.
  HostMap(std::vector<Layered> hosts,
          const std::function<std::uint32_t(std::span<const std::uint32_t>)>& name_set);

  // Calls `visit(number)` for the host's own name, and for every domain above it that covers what
  // lies below.
  template <class Visit>
  void find(std::string_view host, Visit visit) const {
    if (slots_.empty()) return;
    std::uint64_t hash = seed_;
    for (std::size_t at = host.size(); at-- > 0;) {
      hash = step(hash, host[at]);
      if (at != 0 && host[at - 1] != '.') continue;
      const Slot* slot = probe(hash, host.substr(at));
      if (slot == nullptr) continue;
      const std::uint32_t number = at == 0 ? slot->exact : slot->below;
      if (number != 0) visit(number);
    }
  }

  std::size_t size() const { return size_; }

 private:
  struct Slot {
    std::uint32_t offset = 0;  // Into names_.
    std::uint32_t size = 0;    // 0: empty.
    std::uint32_t exact = 0;   // For the host itself: what names it or covers it from here.
    std::uint32_t below = 0;
  };

  // From the last byte to the first, so that the hash of every domain above comes for free.
  static std::uint64_t step(std::uint64_t hash, char c) {
    return (hash ^ static_cast<unsigned char>(c)) * 0x9e3779b97f4a7c15ull;
  }
  std::size_t place_of(std::uint64_t hash) const {
    return (hash ^ hash >> 32) & (slots_.size() - 1);
  }
  const Slot* probe(std::uint64_t hash, std::string_view name) const;

  std::string names_;
  std::vector<Slot> slots_;  // A power of two, at most half full.
  std::uint64_t seed_ = 0;   // Of this map alone: who writes feeds cannot choose what collides.
  std::size_t size_ = 0;
};

}  // namespace sallyport::discovery
