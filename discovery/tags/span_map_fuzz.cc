// Prefixes of both families, drawn from the bytes: at each one's edges the map says what looking at
// every prefix says.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/core/check.h"
#include "discovery/tags/span_map.h"

namespace {

using namespace sallyport;
using discovery::AddressSpan;
using discovery::SpanMap;

constexpr std::size_t kMostPrefixes = 400;

// A number is the set of layers as a bit mask.
std::uint32_t mask_of(std::span<const std::uint32_t> layers) {
  std::uint32_t mask = 0;
  for (const auto layer : layers) mask |= 1u << layer;
  return mask;
}

// Few of an address's bytes are drawn, so that prefixes crowd and differ late: the first byte says
// which, and how long the prefix is.
IpPrefix prefix_from(const std::uint8_t* at) {
  std::array<std::uint8_t, 16> bytes{0x20, 0x01, 0x0d, 0xb8};
  bytes[at[0] % 12 + 4] = at[1];
  bytes[at[2] % 16] ^= at[3];
  if (at[0] & 0x80) {
    const std::uint32_t value = 0xc0000000u | std::uint32_t{at[1]} << at[2] % 24 | at[3];
    return IpPrefix{IpAddress::v4(value), at[0] % 33}.masked();
  }
  const IpAddress address = IpAddress::v6(bytes);
  return IpPrefix{address, at[0] * 2 % (address.bits() + 1)}.masked();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<AddressSpan> spans;
  std::vector<SpanMap::Layered> layered;
  for (; size >= 4 && spans.size() < kMostPrefixes; data += 4, size -= 4) {
    spans.push_back(AddressSpan::of(prefix_from(data)));
    layered.push_back({spans.back(), static_cast<std::uint32_t>(spans.size() % 20)});
  }
  const SpanMap map(layered, mask_of);
  for (std::size_t i = 0; i < spans.size(); ++i) {
    // Its ends, and the first address of another.
    for (const IpAddress& asked :
         {spans[i].first, spans[i].last, spans[spans.size() - 1 - i].first}) {
      std::uint32_t expected = 0;
      for (const auto& [span, layer] : layered) {
        if (span.first.is_v4() == asked.is_v4() && span.first <= asked && asked <= span.last) {
          expected |= 1u << layer;
        }
      }
      CHECK(map.find(asked) == expected);
    }
  }
  return 0;
}
