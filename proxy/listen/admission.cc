#include "proxy/listen/admission.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "base/core/check.h"
#include "base/crypto/random.h"
#include "base/crypto/siphash.h"
#include "proxy/listen/connection_rate.h"

namespace sallyport::listen {

namespace {
constexpr std::uint64_t kCount = (std::uint64_t{1} << 24) - 1;
constexpr std::size_t kLeastBuckets = std::size_t{1} << 13;
constexpr std::size_t kMostBuckets = std::size_t{1} << 19;
}  // namespace

Admission::Place& Admission::Place::operator=(Place&& other) noexcept {
  if (this != &other) {
    leave();
    admission_ = std::exchange(other.admission_, nullptr);
    client_ = std::exchange(other.client_, nullptr);
  }
  return *this;
}

void Admission::Place::leave() {
  if (admission_ == nullptr) return;
  if (client_ != nullptr) {
    std::uint64_t seen = client_->load(std::memory_order_relaxed);
    while (!client_->compare_exchange_weak(seen, (seen & kCount) == 1 ? 0 : seen - 1,
                                           std::memory_order_relaxed)) {
    }
  }
  admission_->open_.fetch_sub(1, std::memory_order_relaxed);
  admission_ = nullptr;
  client_ = nullptr;
}

Admission::Admission(const Options& options)
    : most_(options.connections),
      most_per_client_(options.connections_per_client),
      buckets_(
          std::min(kMostBuckets, std::bit_ceil(std::max(kLeastBuckets, options.connections / 2)))) {
  random_bytes(key_);
}

void Admission::limit(const Options& options) {
  most_.store(options.connections, std::memory_order_relaxed);
  most_per_client_.store(options.connections_per_client, std::memory_order_relaxed);
}

std::uint64_t Admission::hash(const IpAddress& client) const {
  // An IPv4 address is told from an IPv6 one by its family alone.
  std::array<std::uint8_t, 17> bytes{};
  const IpAddress known = client_of(client);
  std::copy(known.bytes().begin(), known.bytes().end(), bytes.begin());
  bytes.back() = client.is_v6() ? 1 : 0;
  return siphash(key_, bytes);
}

Admission::Answer Admission::enter(const IpAddress& client, Place& place) {
  CHECK(place.admission_ == nullptr);
  if (memory_short()) return Answer::over_memory;
  if (open_.fetch_add(1, std::memory_order_relaxed) >= most_.load(std::memory_order_relaxed)) {
    open_.fetch_sub(1, std::memory_order_relaxed);
    return Answer::over_limit;
  }
  place.admission_ = this;  // From here on leave() takes it back.
  const std::uint64_t hashed = hash(client);
  Bucket& bucket = buckets_[hashed & (buckets_.size() - 1)];
  const std::uint64_t tag = (hashed >> 24 | 1) << 24;  // never 0
  while (true) {
    std::uint64_t connections = 0;
    std::atomic<std::uint64_t>* mine = nullptr;
    std::atomic<std::uint64_t>* free = nullptr;
    std::uint64_t seen = 0;
    for (auto& slot : bucket.slots) {
      const std::uint64_t value = slot.load(std::memory_order_relaxed);
      if (value == 0) {
        if (free == nullptr) free = &slot;
      } else if ((value & ~kCount) == tag) {
        connections += value & kCount;
        mine = &slot;
        seen = value;
      }
    }
    if (connections >= most_per_client_.load(std::memory_order_relaxed)) {
      place.leave();
      return Answer::over_client_limit;
    }
    if (mine == nullptr) mine = free;
    if (mine == nullptr) return Answer::admitted;  // Eight others share the bucket.
    const std::uint64_t next = seen == 0 ? tag | 1 : seen + 1;
    if (mine->compare_exchange_weak(seen, next, std::memory_order_relaxed)) {
      place.client_ = mine;
      return Answer::admitted;
    }
  }
}

}  // namespace sallyport::listen
