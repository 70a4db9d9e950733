// What it costs to find the country and the autonomous system of an address, and to read the data.
//
// As many networks as Debian's tor-geoipdb and ip-location-db's ASN lists have, at random places:
// 380,000 and 410,000 ranges of IPv4, 250,000 and 100,000 of IPv6. The addresses of a row are
// 65,536 different ones in random order.

#include <benchmark/benchmark.h>
#include <malloc.h>
#include <random>
#include <string>
#include <vector>

#include "discovery/geo/geo.h"
#include "discovery/mmdb/mmdb_writer.h"
#include "policy/activity/words.h"

namespace {

using namespace sallyport;
using namespace sallyport::discovery;

constexpr std::size_t kAsked = 1 << 16;

IpAddress random_v6(std::mt19937_64& random) {
  std::array<std::uint8_t, 16> bytes{0x20, 0x01};
  for (std::size_t i = 2; i < 16; ++i) bytes[i] = static_cast<std::uint8_t>(random());
  return IpAddress::v6(bytes);
}

// Random ends in order: what lies between two of them is one range.
std::string database(std::size_t v4, std::size_t v6, bool systems) {
  std::mt19937_64 random(systems ? 5 : 3);
  MmdbWriter writer({.type = "Bench", .built = Time(std::chrono::days(20'000))});
  std::vector<MmdbWriter::Handle> values;
  if (systems) {
    for (std::uint32_t asn = 1; asn <= 80'000; ++asn) {
      const std::string name = "Example Network Number " + std::to_string(asn) + ", Inc.";
      values.push_back(writer.value(
          MmdbValue::map({{"autonomous_system_number", MmdbValue::uint32(asn)},
                          {"autonomous_system_organization", MmdbValue::text(name)}})));
    }
  } else {
    for (const std::string_view code : policy::country_codes()) {
      values.push_back(writer.value(
          MmdbValue::map({{"country", MmdbValue::map({{"iso_code", MmdbValue::text(code)}})}})));
    }
  }
  std::vector<std::uint32_t> ends;
  // On /24 borders, as most are.
  for (std::size_t i = 0; i < v4; ++i) ends.push_back(static_cast<std::uint32_t>(random()) << 8);
  std::sort(ends.begin(), ends.end());
  ends.erase(std::unique(ends.begin(), ends.end()), ends.end());
  for (std::size_t i = 0; i + 1 < ends.size(); ++i) {
    writer.add(IpAddress::v4(ends[i]), IpAddress::v4(ends[i + 1] - 1),
               values[random() % values.size()]);
  }
  for (std::size_t i = 0; i < v6; ++i) {
    const int length = 32 + static_cast<int>(random() % 17);
    writer.add(IpPrefix{random_v6(random), length}.masked(), values[random() % values.size()]);
  }
  return writer.finish();
}

struct Data {
  std::string country = database(380'000, 250'000, false);
  std::string systems = database(410'000, 100'000, true);
  std::vector<std::string_view> files{country, systems};
};

const Data& data() {
  static const Data kData;
  return kData;
}

std::shared_ptr<const Geo> load(std::size_t databases) {
  const std::vector<GeoSource> sources(databases);
  Diagnostics warnings;
  return parse_geo(sources, std::span(data().files).first(databases), Time(), warnings);
}

std::vector<IpAddress> addresses(bool v6) {
  std::mt19937_64 random(11);
  std::vector<IpAddress> out;
  while (out.size() < kAsked) {
    out.push_back(v6 ? random_v6(random) : IpAddress::v4(static_cast<std::uint32_t>(random())));
  }
  return out;
}

void describe(benchmark::State& state, std::size_t databases, bool v6) {
  const auto geo = load(databases);
  const std::vector<IpAddress> asked = addresses(v6);
  std::size_t at = 0;
  policy::AddressFacts facts;
  for (auto _ : state) {
    geo->describe(asked[at], facts);
    benchmark::DoNotOptimize(facts);
    at = (at + 1) & (kAsked - 1);
  }
}

void country_v4(benchmark::State& state) { describe(state, 1, false); }
void country_v6(benchmark::State& state) { describe(state, 1, true); }
void both_v4(benchmark::State& state) { describe(state, 2, false); }
void both_v6(benchmark::State& state) { describe(state, 2, true); }
BENCHMARK(country_v4);
BENCHMARK(country_v6);
BENCHMARK(both_v4);
BENCHMARK(both_v6);

// Nothing configured: what everybody pays.
void no_database(benchmark::State& state) {
  const Geo geo;
  const std::vector<IpAddress> asked = addresses(false);
  std::size_t at = 0;
  policy::AddressFacts facts;
  for (auto _ : state) {
    geo.describe(asked[at], facts);
    benchmark::DoNotOptimize(facts);
    at = (at + 1) & (kAsked - 1);
  }
}
BENCHMARK(no_database);

// Reading files that are in memory already; `bytes` is what stays.
void read_databases(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  for (auto _ : state) {
    const std::size_t before = ::mallinfo2().uordblks + ::mallinfo2().hblkhd;
    const auto geo = load(count);
    state.counters["bytes"] =
        static_cast<double>(::mallinfo2().uordblks + ::mallinfo2().hblkhd - before);
    state.counters["networks"] = static_cast<double>(geo->databases().back().networks);
  }
}
BENCHMARK(read_databases)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
