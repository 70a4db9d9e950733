// What it costs to read a User-Agent: the first time, and from a worker's cache.
//
// Run where conf/agents and Debian's uap-core are: the root of the repository.

#include <benchmark/benchmark.h>
#include <fstream>
#include <string>
#include <unistd.h>
#include <vector>

#include "base/core/check.h"
#include "discovery/agent/agent_cache.h"

namespace {

using namespace sallyport;
using namespace sallyport::discovery;

const Time kNow = *parse_rfc3339("2026-11-26T12:00:00Z");
constexpr const char* kPatterns = "/usr/share/uap-core/regexes.yaml";

std::shared_ptr<const Agents> load() {
  Diagnostics warnings;
  auto made =
      load_agents({kPatterns, "conf/agents/clients.yaml", "conf/agents/releases.yaml"}, warnings);
  CHECK(made && (*made)->usable());
  return *made;
}

std::shared_ptr<const Agents> agents() {
  static const auto kAgents = load();
  return kAgents;
}

// The first row of every User-Agent of the tests' table.
const std::vector<std::string>& table() {
  static const auto kTable = [] {
    std::vector<std::string> rows;
    std::ifstream file("discovery/agent/user_agents.txt");
    for (std::string line; std::getline(file, line);) {
      if (!line.empty() && line[0] != ' ' && line[0] != '#') rows.push_back(line);
    }
    CHECK(rows.size() > 200);
    return rows;
  }();
  return kTable;
}

AgentClaims chrome() {
  return {.user_agent =
              "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
              "Chrome/131.0.0.0 Safari/537.36",
          .brands = R"("Google Chrome";v="131", "Chromium";v="131", "Not_A Brand";v="24")",
          .mobile = "?0",
          .platform = "\"Windows\""};
}

AgentClaims safari() {
  return {.user_agent =
              "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) AppleWebKit/605.1.15 "
              "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"};
}

void cold(benchmark::State& state, const AgentClaims& claims) {
  for (auto _ : state) benchmark::DoNotOptimize(agents()->classify(claims, kNow));
}

void cached(benchmark::State& state, const AgentClaims& claims) {
  AgentCache cache;
  const auto shared = agents();
  for (auto _ : state) {
    policy::AgentFacts facts = *cache.find(shared, claims, kNow);
    benchmark::DoNotOptimize(facts);
  }
}

long resident() {
  long pages = 0;
  long unused = 0;
  std::ifstream("/proc/self/statm") >> unused >> pages;
  return pages * ::sysconf(_SC_PAGESIZE);
}

void cold_table(benchmark::State& state) {
  std::size_t next = 0;
  for (auto _ : state) {
    const AgentClaims claims{.user_agent = table()[next++ % table().size()]};
    benchmark::DoNotOptimize(agents()->classify(claims, kNow));
  }
}

// The memory that RE2's automata grow to: over the table, and over texts that nobody sends, made of
// pieces of it. Run alone; only the first run sees it.
void automata(benchmark::State& state) {
  const auto shared = agents();
  table();
  const long before = resident();
  std::uint32_t seed = 1;
  const auto pick = [&seed](std::size_t below) {
    seed = seed * 1'664'525 + 1'013'904'223;
    return static_cast<std::size_t>(seed >> 8) % below;
  };
  for (auto _ : state) {
    for (const std::string& agent : table()) {
      benchmark::DoNotOptimize(shared->classify({.user_agent = agent}, kNow));
    }
    state.counters["table"] = static_cast<double>(resident() - before);
    for (int i = 0; i < 20'000; ++i) {
      std::string agent = "Mozilla/5.0 ";
      while (agent.size() < 500) {
        const std::string& from = table()[pick(table().size())];
        agent += from.substr(pick(from.size()), 4 + pick(20));
      }
      benchmark::DoNotOptimize(shared->classify({.user_agent = agent}, kNow));
    }
    state.counters["hostile"] = static_cast<double>(resident() - before);
  }
}

// All of the table in turn, found in the cache.
void cached_table(benchmark::State& state) {
  AgentCache cache;
  const auto shared = agents();
  std::size_t next = 0;
  for (auto _ : state) {
    const AgentClaims claims{.user_agent = table()[next++ % table().size()]};
    benchmark::DoNotOptimize(cache.find(shared, claims, kNow));
  }
}

std::string filled(std::string_view part) {
  std::string text = "Mozilla/5.0 ";
  while (text.size() + part.size() <= kMaxUserAgent) text += part;
  return text;
}

void hostile(benchmark::State& state, std::string_view part) {
  const std::string text = filled(part);
  cold(state, {.user_agent = text});
}

// Everything that is needed at a start or a reload, and the memory that it adds.
void load_all(benchmark::State& state) {
  const long before = resident();
  std::vector<std::shared_ptr<const Agents>> all;
  for (auto _ : state) all.push_back(load());
  state.counters["bytes"] =
      static_cast<double>(resident() - before) / static_cast<double>(all.size());
}

BENCHMARK(automata)->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK(load_all)->Iterations(8)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(cached, chrome_with_hints, chrome());
BENCHMARK_CAPTURE(cached, safari, safari());
BENCHMARK_CAPTURE(cached, curl, AgentClaims{.user_agent = "curl/8.5.0"});
BENCHMARK(cached_table);
BENCHMARK_CAPTURE(cold, chrome_with_hints, chrome());
BENCHMARK_CAPTURE(cold, safari, safari());
BENCHMARK_CAPTURE(cold, curl, AgentClaims{.user_agent = "curl/8.5.0"});
BENCHMARK(cold_table);
BENCHMARK_CAPTURE(hostile, x, "x");
BENCHMARK_CAPTURE(hostile, brackets, "(Windows ");
BENCHMARK_CAPTURE(hostile, many_words,
                  "Android Linux Mobile Safari Version/ Chrome Opera Nokia Windows iPhone MSIE ");
BENCHMARK_CAPTURE(hostile, nearly_robots, "bota 1 spidera crawla /a ");
BENCHMARK_CAPTURE(hostile, nearly_facebook, "[FB FBAV [FBAN HbbTV/1.1.1 ( ");

}  // namespace

BENCHMARK_MAIN();
