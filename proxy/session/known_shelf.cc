#include "proxy/session/known_shelf.h"

#include <functional>
#include <string_view>
#include <utility>

namespace sallyport::session {

bool Alike::fits(const Known& known) const {
  const discovery::Event& begun = known.begun;
  return known.snapshot == snapshot && known.to == to && known.user == user &&
         begun.activity.client.address == client && begun.activity.scheme == scheme &&
         begun.user_source == user_source && begun.intercepted == intercepted && begun.tls == tls &&
         begun.activity.device_tags == device_tags;
}

std::size_t KnownShelf::slot_of(const Alike& alike) {
  std::size_t hash = alike.to.port;
  const auto mix = [&hash](std::string_view text) {
    hash = hash * 0x9e3779b97f4a7c15U + std::hash<std::string_view>()(text);
  };
  mix(alike.to.host.text());
  if (alike.user) mix(*alike.user);
  const auto& bytes = alike.client.bytes();
  mix({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  mix(alike.tls.ja4);
  return (hash ^ (hash >> 32)) % kSlots;
}

std::shared_ptr<Known> KnownShelf::find(const Alike& alike) const {
  const std::shared_ptr<Known>& there = slots_[slot_of(alike)];
  return there != nullptr && alike.fits(*there) ? there : nullptr;
}

void KnownShelf::keep(const Alike& alike, std::shared_ptr<Known> known) {
  slots_[slot_of(alike)] = std::move(known);
}

}  // namespace sallyport::session
