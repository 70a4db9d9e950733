#pragma once
// The leaves that one worker has minted, so that a known site costs a lookup.
//
// Segmented LRU: a new leaf is on probation; found a second time it moves to the protected segment
// (four fifths of the room). A storm of names seen once turns the probation segment over and leaves
// the hot names alone. Belongs to one worker. Minting is synchronous on that worker, so two
// connections never mint the same leaf at once and no single-flight is needed.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/core/clock.h"
#include "base/core/host.h"
#include "tls/ca/mint.h"

namespace sallyport::tls {

// INVARIANT: two specs with the same key give leaves of the same names.
struct LeafCacheKey {
  // The host is part of it only where mirror() had to add it: all hosts of one ordinary certificate
  // share one leaf.
  static LeafCacheKey mirrored(const Certificate& origin, const Host& host, KeyKind kind);
  static LeafCacheKey own(const Host& host, KeyKind kind);

  const std::string& text() const { return text_; }

 private:
  explicit LeafCacheKey(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

// The keys of mirrored leaves that were asked for last: to make one anew is to read every name of
// the origin's certificate. Belongs to one worker.
class MirroredKeys {
 public:
  // As LeafCacheKey::mirrored(). Borrowed until the next call.
  const LeafCacheKey& of(const Certificate& origin, const Host& host, KeyKind kind);

 private:
  struct Slot {
    Certificate origin;  // a reference, so that its address is nobody else's
    std::string host;
    KeyKind kind{};
    std::optional<LeafCacheKey> key;
  };
  std::array<Slot, 256> slots_;
};

class LeafCache {
 public:
  static constexpr std::size_t kDefaultCapacity = 4096;
  // A leaf that lives no longer than this is no longer handed out. (Shorter than the hour of an
  // own answer.)
  static constexpr std::chrono::minutes kMargin{10};

  struct Stats {
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;   // Expired ones included.
    std::uint64_t evicted = 0;  // For room.
    std::uint64_t expired = 0;
  };

  explicit LeafCache(std::size_t capacity = kDefaultCapacity);  // At least 5.

  // Null where there is none that lives beyond now + kMargin.
  std::shared_ptr<const Leaf> find(const LeafCacheKey& key, Time now);
  // Replaces what is there under the key.
  void insert(const LeafCacheKey& key, std::shared_ptr<const Leaf> leaf);
  void clear();  // After the authority was rotated.

  std::size_t size() const { return index_.size(); }
  const Stats& stats() const { return stats_; }

 private:
  struct Entry {
    std::string key;
    std::shared_ptr<const Leaf> leaf;
    bool is_protected = false;
  };
  using Entries = std::list<Entry>;  // The most recent first.

  void erase(Entries::iterator entry);
  void promote(Entries::iterator entry);

  std::size_t capacity_;
  std::size_t protected_capacity_;
  Entries probation_;
  Entries protected_;
  std::unordered_map<std::string_view, Entries::iterator> index_;  // Views into Entry::key.
  Stats stats_;
};

}  // namespace sallyport::tls
