// What it costs to read a line of a foreign log: cut into lines and made a record, nothing else.
// "lines" is lines a second; the lines of a row differ, so that no branch is learnt by heart.

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <string>
#include <vector>

#include "base/core/check.h"
#include "discovery/imports/firewall_samples_for_tests.h"
#include "discovery/imports/formats.h"
#include "discovery/imports/line_splitter.h"
#include "discovery/imports/proxy_samples_for_tests.h"

namespace {

using namespace sallyport;
using namespace sallyport::discovery::imports;

constexpr std::size_t kLines = 10'000;

std::string squid_lines() {
  std::string text;
  for (std::size_t i = 0; i < kLines; ++i) {
    const std::size_t n = i * 2654435761U % 9973;
    text += n % 3 == 0
                ? fmt::format(
                      "{}.{:03} {:6} 192.0.2.{} TCP_TUNNEL/200 {} CONNECT host{}.example.com:443 "
                      "user{} HIER_DIRECT/198.51.100.{} -\n",
                      1764265743 + i / 50, n % 1000, n * 7 % 60000, n % 250, n * 131, n % 500,
                      n % 300, n % 200)
                : fmt::format(
                      "{}.{:03} {:6} 192.0.2.{} TCP_MISS/200 {} GET "
                      "https://host{}.example.com/path/{}/file{}.html?session={} user{} "
                      "HIER_DIRECT/198.51.100.{} text/html\n",
                      1764265743 + i / 50, n % 1000, n * 7 % 60000, n % 250, n * 131, n % 500, n,
                      n % 77, n * 999, n % 300, n % 200);
  }
  return text;
}

void read_all(benchmark::State& state, LogFormat format, const std::string& text) {
  std::uint64_t records = 0, lines = 0, bytes = 0;
  for (auto _ : state) {
    const auto parser = make_parser(format, {{nullptr, Time(std::chrono::seconds(1'800'000'000))}});
    LineSplitter splitter(64 * 1024);
    splitter.feed(text, [&](std::string_view line, bool) {
      LogRecord record;
      records += parser->read(line, record) == Reading::record;
      bytes += record.bytes();
      ++lines;
      return true;
    });
  }
  benchmark::DoNotOptimize(bytes);
  CHECK(records > 0);
  state.counters["lines"] =
      benchmark::Counter(static_cast<double>(lines), benchmark::Counter::kIsRate);
  state.SetBytesProcessed(static_cast<std::int64_t>(text.size()) * state.iterations());
}

void squid(benchmark::State& state) { read_all(state, LogFormat::squid, squid_lines()); }
BENCHMARK(squid)->Unit(benchmark::kMillisecond);

// The samples of the tests, repeated; some of their lines are set aside.
void sample(benchmark::State& state, LogSample one) {
  std::string text;
  while (text.size() < 200'000) text += one.lines;
  read_all(state, one.format, text);
}

[[maybe_unused]] const bool kRegistered = [] {
  const auto add = [](const LogSample& one) {
    benchmark::RegisterBenchmark(std::string(format_info(one.format).word).c_str(), sample, one)
        ->Unit(benchmark::kMillisecond);
  };
  for (const LogSample& one : kProxySamples) add(one);
  for (const LogSample& one : kFirewallSamples) add(one);
  return true;
}();

}  // namespace

BENCHMARK_MAIN();
