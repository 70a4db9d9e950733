#include "discovery/catalog/app_ranges.h"

#include <algorithm>

#include "discovery/tags/span_map.h"

namespace sallyport::discovery {

struct AppRanges::Table {
  std::vector<Claim> claims;  // the shorter the prefix, the earlier
  SpanMap spans;              // to numbers in `claims`, from 1

  const Claim* find(const IpAddress& address) const {
    const std::uint32_t number = spans.find(address);
    return number == SpanMap::kNothing ? nullptr : &claims[number - 1];
  }
};

AppRanges::AppRanges(std::vector<Claim> claims) {
  if (claims.empty()) return;
  auto table = std::make_shared<Table>();
  std::stable_sort(claims.begin(), claims.end(),
                   [](const Claim& a, const Claim& b) { return a.range.length < b.range.length; });
  table->claims = std::move(claims);
  std::vector<SpanMap::Layered> spans;
  spans.reserve(table->claims.size());
  for (std::uint32_t i = 0; i < table->claims.size(); ++i) {
    spans.push_back({AddressSpan::of(table->claims[i].range), i});
  }
  // Of those that hold an address the last one is the longest.
  table->spans = SpanMap(std::move(spans),
                         [](std::span<const std::uint32_t> layers) { return layers.back() + 1; });
  table_ = std::move(table);
}

const AppRanges::Claim* AppRanges::find(const IpAddress& address) const {
  if (table_ == nullptr) return nullptr;
  if (const Claim* claim = table_->find(address)) return claim;
  const auto carried = address.embedded_v4();
  return carried ? table_->find(*carried) : nullptr;
}

}  // namespace sallyport::discovery
