#include "discovery/catalog/catalog.h"

#include <algorithm>

namespace sallyport::discovery {

const App* Catalog::find_by_host(std::string_view host) const { return find_cover(host).app; }

const App* Catalog::find(std::string_view host, std::string_view path) const {
  return find_cover(host, path).app;
}

Catalog::Found Catalog::find_cover(std::string_view host) const {
  return found(host, index_.find(host));
}

Catalog::Found Catalog::find_cover(std::string_view host, std::string_view path) const {
  return found(host, index_.find(host, path));
}

Catalog::Found Catalog::found(std::string_view host, AppIndex::Cover cover) const {
  if (cover.app != AppIndex::kNone) return {&apps_[cover.app], cover.size};
  if (ranges_.empty()) return {};
  const auto address = IpAddress::parse(host);
  return address ? find_by_address(*address) : Found();
}

Catalog::Found Catalog::find_by_address(const IpAddress& address) const {
  const AppRanges::Claim* claim = ranges_.find(address);
  if (claim == nullptr) return {};
  return {&apps_[claim->app], 0, &claim->range};
}

const App* Catalog::find(std::string_view id) const {
  const auto at = std::lower_bound(apps_.begin(), apps_.end(), id, [](const App& app, auto wanted) {
    return app.facts.id < wanted;
  });
  return at != apps_.end() && at->facts.id == id ? &*at : nullptr;
}

const Place* Catalog::stated(std::string_view app, std::string_view tag) const {
  const auto tags = stated_.find(app);
  if (tags == stated_.end()) return nullptr;
  const auto place = tags->second.find(tag);
  return place == tags->second.end() ? nullptr : &place->second;
}

}  // namespace sallyport::discovery
