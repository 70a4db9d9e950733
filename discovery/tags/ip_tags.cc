#include "discovery/tags/ip_tags.h"

#include <algorithm>
#include <numeric>

namespace sallyport::discovery {

void IpTags::describe(const IpAddress& address, policy::AddressFacts& out) const {
  const Facts& facts = facts_[spans_.find(address)];
  out.address = address;
  out.range = facts.range;
  out.tags = facts.tags;
  std::optional<policy::IpCategory> own = facts.own;
  policy::IpCategory fed = facts.fed;

  if (const auto inner = address.embedded_v4()) {
    const Facts& inside = facts_[spans_.find(*inner)];
    if (out.range.empty()) out.range = inside.range;
    if (!own) own = inside.own;
    if (fed == policy::IpCategory::none || inside.fed == policy::IpCategory::risky)
      fed = inside.fed;
    out.tags.insert(out.tags.end(), inside.tags.begin(), inside.tags.end());
    std::sort(out.tags.begin(), out.tags.end());
    out.tags.erase(std::unique(out.tags.begin(), out.tags.end()), out.tags.end());
  }
  out.category = own.value_or(fed);
}

std::size_t IpTags::feed_entries() const {
  return std::accumulate(
      feeds_.begin(), feeds_.end(), std::size_t{0},
      [](std::size_t sum, const FeedStatus& feed) { return sum + feed.entries; });
}

}  // namespace sallyport::discovery
