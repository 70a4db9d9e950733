// What it costs to keep an event, behind the worker: its parts, and all of it in the store. Time is
// per event.

#include <benchmark/benchmark.h>
#include <filesystem>
#include <string>
#include <unistd.h>
#include <vector>

#include "base/core/check.h"
#include "discovery/events/encode.h"
#include "discovery/events/pack_event.h"
#include "discovery/logs/sink_file.h"
#include "discovery/store/event_block.h"
#include "discovery/store/sqlite_store.h"
#include "perf/micro/sample_events.h"

namespace {

using namespace sallyport;
using namespace sallyport::discovery;

constexpr std::int64_t kBusy = 260;  // microseconds: 3,800 events a second

void per_event(benchmark::State& state, std::size_t events) {
  state.counters["per_event"] = benchmark::Counter(
      static_cast<double>(events), benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

template <class Do>
void each_of(benchmark::State& state, const Do& work) {
  Events events(kBusy);
  const std::vector<Event> some = batch(events, 512);
  for (auto _ : state) {
    for (const Event& event : some) work(event);
  }
  per_event(state, state.iterations() * some.size());
}

void pack(benchmark::State& state) {
  std::string out;
  each_of(state, [&](const Event& event) {
    out.clear();
    pack_event(event, out);
    benchmark::DoNotOptimize(out);
  });
  state.counters["bytes"] = static_cast<double>(out.size());
}
BENCHMARK(pack);

void json(benchmark::State& state) {
  std::string out;
  each_of(state, [&](const Event& event) {
    out.clear();
    append_json(out, event);
    benchmark::DoNotOptimize(out);
  });
  state.counters["bytes"] = static_cast<double>(out.size());
}
BENCHMARK(json);

void filter(benchmark::State& state) {
  FilterBuilder builder;
  std::size_t n = 0;
  each_of(state, [&](const Event& event) {
    builder.add(event);
    if (++n % 512 == 0) benchmark::DoNotOptimize(builder.build());
  });
}
BENCHMARK(filter);

// Packed, filtered and compressed.
void blocks(benchmark::State& state) {
  Events events(kBusy);
  const std::vector<Event> some = batch(events, static_cast<std::size_t>(state.range(0)));
  BlockWriter writer;
  std::size_t bytes = 0;
  for (auto _ : state) {
    std::vector<const Event*> pointers;
    for (const Event& event : some) pointers.push_back(&event);
    bytes = 0;
    for (const EventBlock& block : writer.write(std::move(pointers))) {
      bytes += block.data.size() + block.ids.size() + block.filter.size();
    }
  }
  per_event(state, state.iterations() * some.size());
  state.counters["bytes"] = static_cast<double>(bytes) / static_cast<double>(some.size());
}
BENCHMARK(blocks)->Arg(8)->Arg(64)->Arg(512);

// Into the store, in batches as the scribe writes them, on a busy gateway and on one with little to
// do.
void insert(benchmark::State& state) {
  std::string pattern = std::filesystem::temp_directory_path() / "sallyport-insert-XXXXXX";
  CHECK(::mkdtemp(pattern.data()) != nullptr);
  {
    auto store = SqliteStore::open({.path = pattern + "/events.sqlite"});
    CHECK(store.has_value());
    const auto size = static_cast<std::size_t>(state.range(0));
    Events events(size >= 256 ? kBusy : 200'000 / state.range(0));
    std::uint64_t written = 0;
    for (auto _ : state) {
      state.PauseTiming();
      const std::vector<Event> some = batch(events, size);
      state.ResumeTiming();
      CHECK((*store)->write(some).has_value());
      written += some.size();
    }
    per_event(state, written);
    state.counters["bytes"] = static_cast<double>((*store)->bytes()) / static_cast<double>(written);
  }
  std::filesystem::remove_all(pattern);
}
BENCHMARK(insert)->Arg(4)->Arg(32)->Arg(512)->Iterations(400);

// A line of the access log.
void log_file(benchmark::State& state) {
  std::string pattern = std::filesystem::temp_directory_path() / "sallyport-log-XXXXXX";
  CHECK(::mkdtemp(pattern.data()) != nullptr);
  {
    FileSinkOptions options;
    options.path = pattern + "/access.log";
    FileSink sink(std::move(options), system_clock());
    Events events(kBusy);
    const std::vector<Event> some = batch(events, 512);
    for (auto _ : state) sink.write(some);
    per_event(state, state.iterations() * some.size());
    CHECK(sink.failures() == 0);
  }
  std::filesystem::remove_all(pattern);
}
BENCHMARK(log_file);

}  // namespace

BENCHMARK_MAIN();
