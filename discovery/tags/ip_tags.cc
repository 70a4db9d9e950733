#include "discovery/tags/ip_tags.h"

#include <algorithm>
#include <numeric>

#include "base/core/text.h"

namespace sallyport::discovery {

void IpTags::override_data(const Facts& facts, policy::AddressFacts& out) {
  if (facts.isp) out.isp = *facts.isp;
  if (!facts.country) return;
  out.country = *facts.country;
  out.location = facts.location;
}

bool TaggedRange::holds(std::string_view words) const {
  const auto has = [words](const std::string& text) {
    return lower(text).find(words) != std::string::npos;
  };
  return has(name) || std::ranges::any_of(tags, has) || std::ranges::any_of(cidrs, has);
}

void IpTags::describe(const IpAddress& address, policy::AddressFacts& out) const {
  const Facts& facts = facts_[spans_.find(address)];
  out.address = address;
  out.range = facts.range;
  out.tags = facts.tags;
  std::optional<policy::IpCategory> own = facts.own;
  policy::IpCategory fed = facts.fed;

  if (const auto inner = address.embedded_v4()) {
    const Facts& inside = facts_[spans_.find(*inner)];
    override_data(inside, out);
    if (out.range.empty()) out.range = inside.range;
    if (!own) own = inside.own;
    if (fed == policy::IpCategory::none || inside.fed == policy::IpCategory::risky)
      fed = inside.fed;
    out.tags.insert(out.tags.end(), inside.tags.begin(), inside.tags.end());
    std::sort(out.tags.begin(), out.tags.end());
    out.tags.erase(std::unique(out.tags.begin(), out.tags.end()), out.tags.end());
  }
  override_data(facts, out);  // Last: the address's own ranges come first.
  out.category = own.value_or(fed);
}

void IpTags::describe_host(std::string_view host, std::vector<std::string>& out) const {
  out.clear();
  hosts_.find(host, [&](std::uint32_t number) {
    const auto& tags = host_tags_[number];
    out.insert(out.end(), tags.begin(), tags.end());
  });
  if (out.size() < 2) return;
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
}

std::size_t IpTags::feed_entries() const {
  return std::accumulate(
      feeds_.begin(), feeds_.end(), std::size_t{0},
      [](std::size_t sum, const FeedStatus& feed) { return sum + feed.entries; });
}

}  // namespace sallyport::discovery
