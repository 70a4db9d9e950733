// How many activities a second are judged again.
//
// A store of SALLYPORT_REPLAY_EVENTS events (default 1,000,000) of 5,000 users over 30 days in a
// temporary directory, judged by 10 and by 1,000 policies with one thread and with one per core.
// `activities_per_second` is by the wall, reading the store included.

#include <benchmark/benchmark.h>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <unistd.h>
#include <vector>

#include "base/core/check.h"
#include "discovery/history/history.h"
#include "discovery/store/sqlite_store.h"
#include "perf/micro/sample_events.h"
#include "policy/activity/pack.h"
#include "policy/compile/compile.h"

namespace {

using namespace sallyport;
using namespace sallyport::discovery;

constexpr std::int64_t kSpan = 30ll * 24 * 3600 * 1'000'000;  // microseconds

std::size_t events_wanted() {
  const char* wanted = std::getenv("SALLYPORT_REPLAY_EVENTS");
  return wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : 1'000'000;
}

// The store, made once.
class Past {
 public:
  Past() {
    std::string pattern = std::filesystem::temp_directory_path() / "sallyport-replay-XXXXXX";
    CHECK(::mkdtemp(pattern.data()) != nullptr);
    directory_ = pattern;
    const std::size_t wanted = events_wanted();
    Events events(kSpan / static_cast<std::int64_t>(wanted));
    auto store =
        SqliteStore::open({.path = path(), .max_age = std::chrono::hours(0), .max_bytes = 0});
    CHECK(store.has_value());
    for (std::size_t done = 0; done < wanted;) {
      const std::vector<Event> some = batch(events, std::min<std::size_t>(2000, wanted - done));
      CHECK((*store)->write(some).has_value());
      done += some.size();
    }
  }
  ~Past() {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }
  std::string path() const { return directory_ + "/events.sqlite"; }

 private:
  std::string directory_;
};

const Past& past() {
  static const Past kPast;
  return kPast;
}

// Of the kinds that operators write; each names an app, a user, a group or a category.
std::shared_ptr<const policy::Program> policies(std::size_t count) {
  std::string text;
  for (std::size_t n = 0; n < count; ++n) {
    const std::string id = std::to_string(n);
    text += "- name: p" + id + "\n";
    switch (n % 5) {
      case 0:
        text += "  when: { app: app" + std::to_string(n % 500) +
                ", activity: upload, user.group: group" + std::to_string(n % 40) +
                " }\n  then: block\n";
        break;
      case 1:
        text += "  when: { user: user" + id + ", app.category: cloud_storage }\n  then: monitor\n";
        break;
      case 2:
        text +=
            "  kind: activity\n  when: { app.tag: unsanctioned, activity: upload, host.domain: "
            "app" +
            std::to_string(n % 500) +
            ".example }\n  repeat: { min: 5, window: 10m }\n"
            "  alerts_per_day: 5\n";
        break;
      case 3:
        text += "  when: { client.ip: 10." + std::to_string(n % 200) +
                ".0.0/16, path: /admin }\n"
                "  then: block\n";
        break;
      default:
        text += "  kind: tls\n  when: { host: bank" + id + ".example }\n  then: bypass\n";
    }
  }
  Diagnostics warnings;
  auto program = policy::compile(
      {std::make_shared<const Source>(Source{"bench.yaml", std::move(text)})}, warnings);
  CHECK(program.has_value());
  return *program;
}

void replay(benchmark::State& state) {
  const auto program = policies(static_cast<std::size_t>(state.range(0)));
  HistoryQuestion question{.since = begin(), .until = begin() + std::chrono::days(31)};
  question.threads = static_cast<std::size_t>(state.range(1));
  const OpenStore open = sqlite_history(past().path());
  std::uint64_t judged = 0;
  for (auto _ : state) {
    const auto history = judge_history(open, *program, question);
    CHECK(history.has_value());
    judged += history->report.judged;
    state.counters["newly_blocked"] = static_cast<double>(history->report.changes[0]);
  }
  state.counters["activities_per_second"] =
      benchmark::Counter(static_cast<double>(judged), benchmark::Counter::kIsRate);
}
// policies, threads (0: one per core)
BENCHMARK(replay)
    ->Args({10, 1})
    ->Args({10, 0})
    ->Args({1000, 1})
    ->Args({1000, 0})
    ->UseRealTime()
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMillisecond);

// Without the store: facts in memory, unpacked and judged.
void judge_only(benchmark::State& state) {
  const auto program = policies(static_cast<std::size_t>(state.range(0)));
  Events events(100'000);
  std::vector<std::string> packed;
  for (const Event& event : batch(events, 20'000))
    policy::pack(event.activity, packed.emplace_back());
  policy::Replay replaying(*program);
  policy::Activity facts;
  std::size_t at = 0;
  for (auto _ : state) {
    CHECK(policy::unpack(packed[at], facts));
    replaying.judge({.id = {}, .facts = facts});
    if (++at == packed.size()) at = 0;
  }
  state.counters["activities_per_second"] =
      benchmark::Counter(static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}
BENCHMARK(judge_only)->Arg(10)->Arg(1000);

void pack_facts(benchmark::State& state) {
  Events events(1000);
  const std::vector<Event> made = batch(events, 1000);
  std::string out;
  std::size_t bytes = 0;
  std::size_t at = 0;
  for (auto _ : state) {
    out.clear();
    policy::pack(made[at].activity, out);
    bytes += out.size();
    if (++at == made.size()) at = 0;
  }
  state.counters["bytes"] = static_cast<double>(bytes) / static_cast<double>(state.iterations());
}
BENCHMARK(pack_facts);

void unpack_facts(benchmark::State& state) {
  Events events(1000);
  std::vector<std::string> packed;
  for (const Event& event : batch(events, 1000))
    policy::pack(event.activity, packed.emplace_back());
  policy::Activity facts;
  std::size_t at = 0;
  for (auto _ : state) {
    CHECK(policy::unpack(packed[at], facts));
    if (++at == packed.size()) at = 0;
  }
}
BENCHMARK(unpack_facts);

}  // namespace

BENCHMARK_MAIN();
