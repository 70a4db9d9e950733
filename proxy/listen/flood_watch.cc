#include "proxy/listen/flood_watch.h"

#include <algorithm>

#include "proxy/listen/connection_rate.h"

namespace sallyport::listen {

void FloodWatch::forget(Time now) {
  if (now < forget_again_) return;
  forget_again_ = now + kWindow;
  std::erase_if(clients_, [now](const auto& one) {
    const Client& client = one.second;
    return client.window + kWindow <= now &&
           (!client.deaf_until || *client.deaf_until + kRemembered <= now);
  });
}

bool FloodWatch::refused(const IpAddress& address, Time now) {
  const IpAddress key = client_of(address);
  auto found = clients_.find(key);
  if (found == clients_.end()) {
    if (clients_.size() >= kMostWatched) forget(now);
    if (clients_.size() >= kMostWatched) return false;
    found = clients_.emplace(key, Client{now, 0, std::nullopt}).first;
  }
  Client& client = found->second;
  // Those who had connected before we stopped to listen are still in the queue.
  if (client.deaf_until && now < *client.deaf_until) return false;
  if (now - client.window >= kWindow) {
    client.window = now;
    client.refused = 0;
  }
  const bool again = client.deaf_until && now - *client.deaf_until < kRemembered;
  if (++client.refused <= (again ? kRefusedAgain : kRefusedFirst)) return false;
  client.refused = 0;
  client.deaf_until = now + kDeaf;
  return true;
}

std::vector<IpAddress> FloodWatch::ignored(Time now) const {
  std::vector<IpAddress> found;
  for (const auto& [address, client] : clients_) {
    if (client.deaf_until && now < *client.deaf_until) found.push_back(address);
  }
  return found;
}

std::optional<FloodWatch::Time> FloodWatch::next_heard(Time now) const {
  std::optional<Time> first;
  for (const auto& [address, client] : clients_) {
    if (!client.deaf_until || *client.deaf_until <= now) continue;
    first = std::min(first.value_or(*client.deaf_until), *client.deaf_until);
  }
  return first;
}

}  // namespace sallyport::listen
