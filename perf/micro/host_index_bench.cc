// What it costs to find the app of a host among 100,000 domains.
//
// The hosts of a row are 65,536 different ones in random order, so that neither the branch
// predictor nor the first cache levels remember them.

#include <benchmark/benchmark.h>
#include <random>
#include <string>
#include <vector>

#include "discovery/catalog/app_index.h"

namespace {

using sallyport::discovery::AppIndex;
using sallyport::discovery::HostIndex;

constexpr std::size_t kDomains = 100'000;
constexpr std::size_t kHosts = 1 << 16;
constexpr const char* kEnds[] = {"com", "com", "com", "com", "net",   "org",    "io",    "de",
                                 "fr",  "app", "dev", "ai",  "co.uk", "com.au", "co.jp", "com.br"};

class Names {
 public:
  std::string label() {
    std::string text(3 + random_() % 12, 'a');
    for (char& c : text) c = static_cast<char>('a' + random_() % 26);
    return text;
  }
  // "example.com", "example.co.uk"; one in ten with a label more, as "files.example.com".
  std::string domain() {
    std::string name = label() + "." + kEnds[random_() % std::size(kEnds)];
    return random_() % 10 == 0 ? label() + "." + name : name;
  }
  // With labels put in front until there are `labels`.
  std::string below(std::string name, std::size_t labels) {
    while (std::count(name.begin(), name.end(), '.') + 1 < static_cast<std::ptrdiff_t>(labels)) {
      name = label() + "." + name;
    }
    return name;
  }
  std::size_t pick(std::size_t size) { return random_() % size; }

 private:
  std::mt19937_64 random_{17};
};

const std::vector<std::string>& domains() {
  static const std::vector<std::string> kAll = [] {
    Names names;
    std::vector<std::string> all;
    while (all.size() < kDomains) all.push_back(names.domain());
    return all;
  }();
  return kAll;
}

const AppIndex& apps() {
  static const AppIndex kIndex = [] {
    AppIndex index;
    std::uint32_t app = 0;
    for (const auto& domain : domains()) index.claim(domain, app++ / 5);
    // A thousand apps on paths of hosts, as www.google.com/maps.
    for (std::size_t i = 0; i < 1000; ++i) index.claim(domains()[i * 97] + "/maps", app++);
    return index;
  }();
  return kIndex;
}

std::vector<std::string> hits(std::size_t labels) {
  Names names;
  std::vector<std::string> hosts;
  while (hosts.size() < kHosts) {
    const std::string& domain = domains()[names.pick(kDomains)];
    std::string host = names.below(domain, labels);
    if (std::count(host.begin(), host.end(), '.') + 1 == static_cast<std::ptrdiff_t>(labels)) {
      hosts.push_back(std::move(host));
    }
  }
  return hosts;
}

std::vector<std::string> misses(std::size_t labels) {
  Names names;
  for (int i = 0; i < 1'000'000; ++i) names.label();  // Away from the names of the domains.
  std::vector<std::string> hosts;
  while (hosts.size() < kHosts) {
    std::string host = names.below(names.label() + "." + kEnds[names.pick(12)], labels);
    hosts.push_back(std::move(host));
  }
  return hosts;
}

template <class Find>
void run(benchmark::State& state, const std::vector<std::string>& hosts, Find find) {
  std::size_t at = 0;
  std::size_t found = 0;
  for (auto _ : state) {
    const AppIndex::Cover app = find(hosts[at]);
    benchmark::DoNotOptimize(app);
    found += app.app != AppIndex::kNone;
    at = (at + 1) & (hosts.size() - 1);
  }
  state.counters["found"] = static_cast<double>(found) / static_cast<double>(state.iterations());
}

void hit(benchmark::State& state) {
  const AppIndex& index = apps();
  run(state, hits(static_cast<std::size_t>(state.range(0))),
      [&](const std::string& host) { return index.find(host); });
}
BENCHMARK(hit)->DenseRange(2, 6);

void miss(benchmark::State& state) {
  const AppIndex& index = apps();
  run(state, misses(static_cast<std::size_t>(state.range(0))),
      [&](const std::string& host) { return index.find(host); });
}
BENCHMARK(miss)->DenseRange(2, 6);

void hit_with_path(benchmark::State& state) {
  const AppIndex& index = apps();
  run(state, hits(static_cast<std::size_t>(state.range(0))), [&](const std::string& host) {
    return index.find(host, "/maps/place/somewhere/@48.1,11.5");
  });
}
BENCHMARK(hit_with_path)->DenseRange(2, 6);

// 127 labels of one byte, below a domain that is known, and below one that is not.
void hostile(benchmark::State& state) {
  const AppIndex& index = apps();
  std::vector<std::string> hosts;
  for (std::size_t i = 0; i < 1024; ++i) {
    std::string host = state.range(0) == 0 ? "a.a" : domains()[i];
    while (host.size() + 2 <= 253) host.insert(0, "a.");
    hosts.push_back(std::move(host));
  }
  run(state, hosts, [&](const std::string& host) { return index.find(host); });
}
BENCHMARK(hostile)->DenseRange(0, 1);

void build(benchmark::State& state) {
  for (auto _ : state) {
    HostIndex index;
    std::uint32_t app = 0;
    for (const auto& domain : domains()) index.claim(domain, app++);
    benchmark::DoNotOptimize(index);
    state.counters["bytes"] = static_cast<double>(index.bytes());
    state.counters["bytes_per_domain"] = static_cast<double>(index.bytes()) / kDomains;
  }
}
BENCHMARK(build)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
