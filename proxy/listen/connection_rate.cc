#include "proxy/listen/connection_rate.h"

namespace sallyport::listen {

IpAddress client_of(const IpAddress& address) {
  return address.is_v4() ? address : IpPrefix{address, 64}.masked().address;
}

void ConnectionRate::forget(Time now) {
  // Not more than once a second: a full table is walked from end to end.
  if (now < forget_again_) return;
  forget_again_ = now + std::chrono::seconds(1);
  std::erase_if(next_, [now](const auto& one) { return one.second <= now; });
}

bool ConnectionRate::take(const IpAddress& client, std::uint32_t per_second, Time now) {
  if (per_second == 0) return true;
  const IpAddress key = client_of(client);
  auto found = next_.find(key);
  if (found == next_.end()) {
    if (next_.size() >= kMostClients) forget(now);
    if (next_.size() >= kMostClients) return true;
    found = next_.emplace(key, now).first;
  }
  Time& full = found->second;
  if (full < now) full = now;
  if (full - now >= kBurst) return false;
  full += std::chrono::nanoseconds(std::chrono::seconds(1)) / per_second;
  return true;
}

}  // namespace sallyport::listen
