// What it costs to keep the facts of an event, and how many activities a second are judged again.
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

Time begin() { return *parse_rfc3339("2026-10-01T00:00:00Z"); }

// As the gateway records them: an opened exchange in most cases, now and then a tunnel.
class Events {
 public:
  explicit Events(std::size_t count) : step_(kSpan / static_cast<std::int64_t>(count)) {}

  Event next() {
    const std::uint64_t n = n_++;
    const std::uint64_t user = random_() % 5000;
    const std::uint64_t app = random_() % 500;
    Event event;
    event.start = begin() + std::chrono::microseconds(step_ * static_cast<std::int64_t>(n));
    event.id = ids_.make(event.start);
    event.duration_us = 12'000;
    event.connection_id = n / 8;
    event.stream_id = static_cast<std::uint32_t>(n % 8 + 1);
    event.snapshot = "3f1c0ffee0ddba11";
    event.client_port = 50'000;
    event.intercepted = true;
    policy::Activity& facts = event.activity;
    facts.at = event.start;
    facts.point = policy::Point::response;
    const std::string account = "user" + std::to_string(user);
    facts.user = account;
    facts.user_names = {"CORP\\" + account, account, account + "@corp.example"};
    facts.user_domain = "corp.example";
    facts.groups = {"group" + std::to_string(user % 40), "staff"};
    facts.client.address = IpAddress::v4(0x0a000000u + static_cast<std::uint32_t>(user));
    facts.client.category = policy::IpCategory::corporate;
    facts.client.range = "Head office";
    facts.client.tags = {"corporate_wifi"};
    facts.destination = policy::AddressFacts{};
    facts.destination->address = IpAddress::v4(0xc6336400u + static_cast<std::uint32_t>(app));
    facts.destination->category = policy::IpCategory::cloud_provider;
    facts.destination->country = "US";
    facts.destination->asn = 64496;
    facts.destination->isp = "Example Cloud";
    facts.host = "www.app" + std::to_string(app) + ".example";
    facts.domain = "app" + std::to_string(app) + ".example";
    facts.host_kind = policy::HostKind::app;
    facts.port = 443;
    facts.scheme = "https";
    facts.app = policy::AppFacts{"app" + std::to_string(app),
                                 "App " + std::to_string(app),
                                 app % 7 == 0 ? "cloud_storage" : "collaboration",
                                 {app % 3 == 0 ? "unsanctioned" : "sanctioned"}};
    const bool upload = random_() % 10 == 0;
    facts.method = upload ? "POST" : "GET";
    facts.path = "/files/" + std::to_string(random_() % 100'000) + "/content";
    facts.type = upload ? policy::ActivityType::upload : policy::ActivityType::view;
    if (upload) facts.file = policy::FileFacts{"report.pdf", "pdf", "application/pdf", 48'213};
    facts.status = 200;
    facts.user_agent =
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/131.0.0.0 Safari/537.36";
    facts.agent = policy::AgentFacts{policy::ClientApp::browser,
                                     policy::DeviceType::desktop,
                                     {},
                                     "chrome",
                                     "131.0.0.0",
                                     "windows",
                                     ""};
    facts.ja4 = "t13d1516h2_8daaf6152771_02713d6af862";
    facts.client_tls_version = "TLSv1.3";
    facts.connection_uploaded = n % 8 * 900;
    event.tls.client_version = event.tls.origin_version = "TLSv1.3";
    event.tls.client_cipher = event.tls.origin_cipher = "TLS_AES_256_GCM_SHA384";
    event.tls.client_alpn = event.tls.origin_alpn = "http/1.1";
    event.tls.origin_fingerprint = std::string(64, 'a');
    event.tls.leaf_serial = std::string(32, 'b');
    event.tls.verify = "ok";
    event.tls.ja4 = facts.ja4;
    event.bytes_in = upload ? 48'213 : 0;
    event.bytes_out = 9'000;
    event.activities.push_back({*facts.type, event.verdict});
    if (n % 50 == 0) {
      event.kind = EventKind::tunnel;
      event.verdict.action = policy::Action::bypass;
      event.verdict.policy = "Banks are left alone";
      facts.point = policy::Point::connect;
      facts.method.reset();
      facts.path.reset();
      facts.type.reset();
      facts.status.reset();
      facts.user_agent.reset();
      facts.agent.reset();
      event.activities.clear();
    }
    return event;
  }

 private:
  std::int64_t step_;
  std::uint64_t n_ = 0;
  std::mt19937_64 random_{17};
  UlidMaker ids_;
};

std::vector<Event> batch(Events& events, std::size_t size) {
  std::vector<Event> made;
  for (std::size_t i = 0; i < size; ++i) made.push_back(events.next());
  return made;
}

// The store, made once.
class Past {
 public:
  Past() {
    std::string pattern = std::filesystem::temp_directory_path() / "sallyport-replay-XXXXXX";
    CHECK(::mkdtemp(pattern.data()) != nullptr);
    directory_ = pattern;
    const std::size_t wanted = events_wanted();
    Events events(wanted);
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

// One event into the store, in batches of 256 as the scribe writes them.
void insert(benchmark::State& state) {
  std::string pattern = std::filesystem::temp_directory_path() / "sallyport-insert-XXXXXX";
  CHECK(::mkdtemp(pattern.data()) != nullptr);
  {
    auto store = SqliteStore::open({.path = pattern + "/events.sqlite"});
    CHECK(store.has_value());
    Events events(10'000'000);
    std::uint64_t written = 0;
    for (auto _ : state) {
      state.PauseTiming();
      const std::vector<Event> some = batch(events, 256);
      state.ResumeTiming();
      CHECK((*store)->write(some).has_value());
      written += some.size();
    }
    state.counters["per_event"] = benchmark::Counter(
        static_cast<double>(written), benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
    state.counters["bytes"] = static_cast<double>((*store)->bytes()) / static_cast<double>(written);
  }
  std::filesystem::remove_all(pattern);
}
BENCHMARK(insert)->Iterations(200);

}  // namespace

BENCHMARK_MAIN();
