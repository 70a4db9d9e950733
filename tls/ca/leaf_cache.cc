#include "tls/ca/leaf_cache.h"

#include <algorithm>
#include <functional>

namespace sallyport::tls {

namespace {

constexpr std::size_t kMinCapacity = 5;  // One on probation, four protected.

}  // namespace

LeafCacheKey LeafCacheKey::mirrored(const Certificate& origin, const Host& host, KeyKind kind) {
  std::string text = "origin:" + origin.sha256() + ':' + std::string(to_string(kind));
  if (mirror(origin, host).host_added) text += ':' + host.text();
  return LeafCacheKey(std::move(text));
}

LeafCacheKey LeafCacheKey::own(const Host& host, KeyKind kind) {
  return LeafCacheKey("own:" + host.text() + ':' + std::string(to_string(kind)));
}

const LeafCacheKey& MirroredKeys::of(const Certificate& origin, const Host& host, KeyKind kind) {
  const std::size_t hash =
      std::hash<const void*>{}(origin.native()) / 16 + std::hash<std::string_view>{}(host.text());
  Slot& slot = slots_[hash % slots_.size()];
  if (!slot.key || slot.origin.native() != origin.native() || slot.host != host.text() ||
      slot.kind != kind) {
    slot = {origin, std::string(host.text()), kind, LeafCacheKey::mirrored(origin, host, kind)};
  }
  return *slot.key;
}

LeafCache::LeafCache(std::size_t capacity)
    : capacity_(std::max(capacity, kMinCapacity)), protected_capacity_(capacity_ * 4 / 5) {}

std::shared_ptr<const Leaf> LeafCache::find(const LeafCacheKey& key, Time now) {
  const auto found = index_.find(key.text());
  if (found == index_.end()) {
    ++stats_.misses;
    return nullptr;
  }
  const Entries::iterator entry = found->second;
  if (entry->leaf->not_after <= now + kMargin) {
    ++stats_.expired;
    ++stats_.misses;
    erase(entry);
    return nullptr;
  }
  ++stats_.hits;
  promote(entry);
  return entry->leaf;
}

void LeafCache::insert(const LeafCacheKey& key, std::shared_ptr<const Leaf> leaf) {
  if (const auto found = index_.find(key.text()); found != index_.end()) {
    found->second->leaf = std::move(leaf);
    return;
  }
  if (index_.size() >= capacity_) {
    // Newcomers make room among themselves; only a cache whose probation is empty gives up a hot
    // one.
    Entries& victims = probation_.empty() ? protected_ : probation_;
    erase(std::prev(victims.end()));
    ++stats_.evicted;
  }
  probation_.push_front(Entry{key.text(), std::move(leaf), false});
  index_.emplace(probation_.front().key, probation_.begin());
}

void LeafCache::clear() {
  index_.clear();
  probation_.clear();
  protected_.clear();
}

void LeafCache::erase(Entries::iterator entry) {
  index_.erase(entry->key);
  (entry->is_protected ? protected_ : probation_).erase(entry);
}

void LeafCache::promote(Entries::iterator entry) {
  if (entry->is_protected) {
    protected_.splice(protected_.begin(), protected_, entry);
    return;
  }
  entry->is_protected = true;
  protected_.splice(protected_.begin(), probation_, entry);
  if (protected_.size() <= protected_capacity_) return;
  const auto coldest = std::prev(protected_.end());
  coldest->is_protected = false;
  probation_.splice(probation_.begin(), protected_, coldest);
}

}  // namespace sallyport::tls
