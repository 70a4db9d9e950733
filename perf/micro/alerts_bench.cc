// What the scribe pays for each event on its way through the alert raiser.
//
// 100 activity policies and 20 app_discovery policies, whose thresholds nothing reaches. The events
// are of 1,000 users, 200 apps and 200 domains, in batches of 512 as the scribe gives them. "none":
// they match no policy, as nearly all do. "repeat": each matches one policy that counts to 1,000 in
// an hour.

#include <benchmark/benchmark.h>
#include <memory>
#include <random>
#include <vector>

#include "base/core/log.h"
#include "discovery/alerts/alert_raiser.h"

namespace {

using namespace sallyport;
using namespace sallyport::discovery;

std::shared_ptr<const policy::Program> program() {
  std::vector<policy::CompiledPolicy> policies;
  for (int n = 0; n < 120; ++n) {
    policy::CompiledPolicy one;
    one.id = "policy-" + std::to_string(n);
    one.name = "Policy " + std::to_string(n);
    one.alerts_per_day = 10;
    if (n < 100) {
      one.kind = policy::Kind::activity;
      one.repeat = {.min = 1000,
                    .window = std::chrono::hours(1),
                    .same_app = n % 2 == 0,
                    .unique_targets = false};
    } else {
      one.kind = policy::Kind::app_discovery;
      one.per_day.traffic = std::uint64_t{1} << 60;
      one.per_day.users = 1'000'000;
    }
    policies.push_back(std::move(one));
  }
  return std::make_shared<const policy::Program>(std::move(policies));
}

std::vector<Event> events(bool matching) {
  std::mt19937_64 random(7);
  UlidMaker ids;
  std::vector<Event> made;
  const Time now = system_clock().now();
  for (int n = 0; n < 64 * 1024; ++n) {
    Event event;
    event.id = ids.make(now);
    event.start = now;
    event.snapshot = "0123456789abcdef";
    event.activity.user = "user" + std::to_string(random() % 1000) + "@corp.example";
    event.activity.client.address = IpAddress::v4(0x0a000000u + random() % 1000);
    const auto app = random() % 400;
    if (app < 200) {
      event.activity.app = policy::AppFacts{"app" + std::to_string(app), "App", "other", {}};
    }
    event.activity.domain = "domain" + std::to_string(app) + ".example";
    event.activity.host = "www." + event.activity.domain;
    event.activity.method = "GET";
    event.activity.path = "/page";
    event.bytes_in = 100;
    event.bytes_out = 10'000;
    if (matching) {
      const auto policy = std::to_string(random() % 100);
      event.matched.push_back({"policy-" + policy, "Policy " + policy, false});
    }
    made.push_back(std::move(event));
  }
  return made;
}

// Writing is not what is measured.
class NowhereStore final : public AlertStore {
 public:
  Result<void> write(const AlertBatch&) override { return {}; }
  Result<AlertBatch> memory(std::chrono::sys_days, Time) override { return AlertBatch(); }
  Result<std::vector<Alert>> query(const AlertQuery&) override { return std::vector<Alert>(); }
  Result<std::optional<Alert>> find(const Ulid&) override { return std::optional<Alert>(); }
  Result<AlertCount> count(const std::function<bool(const Ulid&)>&) override {
    return AlertCount();
  }
  Result<std::vector<AlertDay>> days(std::size_t, bool) override { return std::vector<AlertDay>(); }
  Result<bool> retain(Time) override { return false; }
};

void raise(benchmark::State& state, bool matching) {
  log::set_level(log::Level::error);
  const auto all = events(matching);
  ProgramShelf shelf;
  shelf.put("0123456789abcdef", program());
  MetricSet metrics;
  AlertRaiser raiser(
      system_clock(), shelf,
      []() -> Result<std::unique_ptr<AlertStore>> { return std::make_unique<NowhereStore>(); },
      []() -> Result<std::unique_ptr<Store>> { return nullptr; }, [](TagRequest) {}, metrics);
  std::size_t at = 0;
  constexpr std::size_t kBatch = 512;
  for (auto _ : state) {
    raiser.write(std::span(all).subspan(at, kBatch));
    at = (at + kBatch) % all.size();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * kBatch));
}

void none(benchmark::State& state) { raise(state, false); }
void repeat(benchmark::State& state) { raise(state, true); }

BENCHMARK(none);
BENCHMARK(repeat);

}  // namespace

BENCHMARK_MAIN();
