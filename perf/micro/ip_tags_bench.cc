// What it costs to find what holds at an address among a million prefixes of eight feeds.
//
// The prefixes have the lengths of routing tables and block lists mixed; IPv6 ones lie where the
// registries allot. The addresses of a row are 262,144 different ones in random order, so that
// neither the branch predictor nor the first cache levels remember them: half of the row "inside"
// lies in one of the prefixes, "anywhere" is drawn from the same space. Each look-up waits for the
// one before ("chained"), as a single request does, or not ("streamed"). "As used": of the same
// addresses the n-th most common comes n times as seldom as the first, as destinations of a
// network do.

#include <algorithm>
#include <benchmark/benchmark.h>
#include <random>
#include <vector>

#include "discovery/tags/span_map.h"

namespace {

using namespace sallyport;
using discovery::AddressSpan;
using discovery::SpanMap;

constexpr std::size_t kAsked = 1 << 18;

class Draw {
 public:
  IpPrefix prefix(bool v6) {
    IpPrefix out{address(v6), v6 ? v6_length() : v4_length()};
    return out.masked();
  }
  IpAddress address(bool v6) {
    if (!v6)
      return IpAddress::v4(0x01000000u + static_cast<std::uint32_t>(random_() % 0xdf000000u));
    // 2001::/16, 2400::/12, 2600::/12, 2800::/12, 2a00::/12, 2c00::/12
    static constexpr std::uint16_t kBlocks[] = {0x2001, 0x2400, 0x2600, 0x2800,
                                                0x2a00, 0x2a00, 0x2c00, 0x2a00};
    std::uint16_t block = kBlocks[random_() % std::size(kBlocks)];
    if (block != 0x2001) block = static_cast<std::uint16_t>(block + random_() % 16);
    std::array<std::uint8_t, 16> bytes;
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random_());
    bytes[0] = static_cast<std::uint8_t>(block >> 8);
    bytes[1] = static_cast<std::uint8_t>(block);
    return IpAddress::v6(bytes);
  }
  IpAddress inside(const IpPrefix& prefix) {
    auto bytes = prefix.address.bytes();
    for (int bit = prefix.length; bit < prefix.address.bits(); ++bit) {
      bytes[static_cast<std::size_t>(bit / 8)] ^=
          static_cast<std::uint8_t>((random_() & 1) << (7 - bit % 8));
    }
    if (prefix.address.is_v6()) return IpAddress::v6(bytes);
    return IpAddress::v4(std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 |
                         std::uint32_t{bytes[2]} << 8 | bytes[3]);
  }
  std::size_t pick(std::size_t size) { return random_() % size; }

 private:
  int v4_length() {
    const auto hundredth = random_() % 100;
    if (hundredth < 45) return 24;
    if (hundredth < 70) return 32;
    if (hundredth < 90) return 20 + static_cast<int>(random_() % 4);
    return 16 + static_cast<int>(random_() % 16);
  }
  int v6_length() {
    const auto hundredth = random_() % 100;
    if (hundredth < 40) return 48;
    if (hundredth < 60) return 32;
    if (hundredth < 75) return 64;
    if (hundredth < 80) return 128;
    return 29 + static_cast<int>(random_() % 36);
  }
  std::mt19937_64 random_{23};
};

const std::vector<IpPrefix>& prefixes(bool v6, std::size_t count) {
  static std::vector<IpPrefix> all[2];
  if (all[v6].size() != count) {
    Draw draw;
    all[v6].clear();
    while (all[v6].size() < count) all[v6].push_back(draw.prefix(v6));
  }
  return all[v6];
}

SpanMap make(const std::vector<IpPrefix>& all) {
  std::vector<SpanMap::Layered> spans;
  spans.reserve(all.size());
  for (std::uint32_t i = 0; i < all.size(); ++i) spans.push_back({AddressSpan::of(all[i]), i % 8});
  std::uint32_t sets = 0;
  return SpanMap(std::move(spans), [&](auto) { return ++sets; });
}

enum Where : int { kInside, kAnywhere };
enum Use : int { kEachOnce, kAsUsed };

// kAsked of the addresses, drawn by Zipf's law.
std::vector<IpAddress> as_used(const std::vector<IpAddress>& all) {
  std::vector<double> sums;
  double sum = 0;
  for (std::size_t rank = 1; rank <= all.size(); ++rank) {
    sums.push_back(sum += 1.0 / static_cast<double>(rank));
  }
  std::mt19937_64 random{31};
  std::uniform_real_distribution<double> draw(0, sum);
  std::vector<IpAddress> asked;
  while (asked.size() < kAsked) {
    const auto at = std::lower_bound(sums.begin(), sums.end(), draw(random));
    asked.push_back(all[static_cast<std::size_t>(at - sums.begin())]);
  }
  return asked;
}

void find(benchmark::State& state, bool v6, Where where, bool chained, Use use = kEachOnce) {
  const auto& all = prefixes(v6, static_cast<std::size_t>(state.range(0)));
  const SpanMap map = make(all);
  Draw draw;
  std::vector<IpAddress> asked;
  while (asked.size() < kAsked) {
    asked.push_back(where == kInside && asked.size() % 2 == 0
                        ? draw.inside(all[draw.pick(all.size())])
                        : draw.address(v6));
  }
  if (use == kAsUsed) asked = as_used(asked);
  std::size_t at = 0;
  std::size_t known = 0;
  for (auto _ : state) {
    const std::uint32_t value = map.find(asked[at]);
    known += value != 0;
    // Values are below 2^30, so nothing is added; only the compiler cannot know.
    at = (at + 1 + (chained ? value >> 31 : 0)) % kAsked;
    benchmark::DoNotOptimize(value);
  }
  state.counters["known_%"] =
      100.0 * static_cast<double>(known) / static_cast<double>(state.iterations());
  state.counters["bytes/prefix"] =
      static_cast<double>(map.bytes()) / static_cast<double>(all.size());
  state.counters["boundaries"] = static_cast<double>(map.boundaries());
}

// What the machine takes for one read anywhere in 40 MB on small pages, each waiting for the one
// before: the yardstick for the rows above, because it moves with whatever else runs.
void read_anywhere(benchmark::State& state) {
  constexpr std::size_t kWords = 10 << 20;
  std::vector<std::uint32_t> next(kWords);
  std::mt19937_64 random(29);
  for (std::uint32_t i = 0; i < kWords; ++i) next[i] = i;
  // Sattolo's shuffle: one cycle through all.
  for (std::size_t i = kWords - 1; i > 0; --i) std::swap(next[i], next[random() % i]);
  std::uint32_t at = 0;
  for (auto _ : state) {
    at = next[at];
    benchmark::DoNotOptimize(at);
  }
}

void build(benchmark::State& state, bool v6) {
  const auto& all = prefixes(v6, static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    const SpanMap map = make(all);
    benchmark::DoNotOptimize(map.boundaries());
  }
}

constexpr std::int64_t kMillion = 1'000'000;

BENCHMARK_CAPTURE(find, v4_inside_chained, false, kInside, true)->Arg(kMillion)->Arg(10'000);
BENCHMARK_CAPTURE(find, v4_inside_streamed, false, kInside, false)->Arg(kMillion);
BENCHMARK_CAPTURE(find, v4_anywhere_chained, false, kAnywhere, true)->Arg(kMillion);
BENCHMARK_CAPTURE(find, v6_inside_chained, true, kInside, true)->Arg(kMillion)->Arg(10'000);
BENCHMARK_CAPTURE(find, v6_inside_streamed, true, kInside, false)->Arg(kMillion);
BENCHMARK_CAPTURE(find, v6_anywhere_chained, true, kAnywhere, true)->Arg(kMillion);
BENCHMARK_CAPTURE(find, v4_as_used_chained, false, kInside, true, kAsUsed)->Arg(kMillion);
BENCHMARK_CAPTURE(find, v6_as_used_chained, true, kInside, true, kAsUsed)->Arg(kMillion);
BENCHMARK(read_anywhere);
BENCHMARK_CAPTURE(build, v4, false)->Arg(kMillion)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(build, v6, true)->Arg(kMillion)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
