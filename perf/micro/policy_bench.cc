// What a decision costs with 100, 1,000 and 10,000 policies of a realistic mix, beside a walk over
// all of them; what compiling them costs; and that a decision allocates nothing.
//
// The mix: most policies name an app, with a group or a verb; some a category or tag, a host, a
// person, a range or country; few are about paths, files, agents or times; and a few have nothing
// that can be looked up. Activities: 5,000 people in 8 of 300 groups each, apps by Zipf's law.

#include <algorithm>
#include <atomic>
#include <benchmark/benchmark.h>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <map>
#include <new>
#include <random>

#include "policy/compile/compile.h"

namespace {
std::atomic<std::uint64_t> allocations{0};
}

void* operator new(std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* made = std::malloc(size)) return made;
  throw std::bad_alloc();
}
void operator delete(void* pointer) noexcept { std::free(pointer); }
void operator delete(void* pointer, std::size_t) noexcept { std::free(pointer); }

namespace sallyport::policy {
namespace {

constexpr std::size_t kApps = 1250;
constexpr std::size_t kUsers = 5000;
constexpr std::size_t kGroups = 300;

using Random = std::mt19937_64;

std::size_t below(Random& random, std::size_t n) { return random() % n; }

template <class T>
const T& pick(Random& random, const std::vector<T>& from) {
  return from[below(random, from.size())];
}

std::string app_name(std::size_t i) { return "app_" + std::to_string(i); }
std::string group_name(std::size_t i) { return "group-" + std::to_string(i); }
std::string user_name(std::size_t i) { return "user" + std::to_string(i) + "@corp.example"; }

std::string category(std::size_t i) {
  const auto words = app_category_words();
  return std::string(words[i % words.size()]);
}

std::string verbs(Random& random) {
  static const std::vector<std::string> kVerbs = {"upload", "download", "share",    "delete",
                                                  "login",  "post",     "[upload, share]"};
  return pick(random, kVerbs);
}

// The `when` of one policy, in flow style.
std::string conditions(Random& random) {
  const std::size_t part = below(random, 100);
  const std::string app = app_name(below(random, kApps));
  const std::string group = group_name(below(random, kGroups));
  if (part < 20) return fmt::format("app: {}, activity: {}", app, verbs(random));
  if (part < 40) return fmt::format("app: {}, user.group: {}", app, group);
  if (part < 50) {
    return fmt::format("user.group: {}, app.category: {}, activity: {}", group,
                       category(random()), verbs(random));
  }
  if (part < 60) {
    return fmt::format("app.category: {}, activity: {}, user.group: {}, not: {{app.tag: sanctioned}}",
                       category(random()), verbs(random), group);
  }
  if (part < 75) {
    return fmt::format("host: [\"*.zone{}.example\", \"h{}.example\"], method: [POST, PUT]",
                       below(random, 2000), below(random, 2000));
  }
  if (part < 83) {
    return fmt::format("user: [{}, {}], app.tag: unsanctioned", user_name(below(random, kUsers)),
                       user_name(below(random, kUsers)));
  }
  if (part < 88) {
    return fmt::format("client.ip: 10.{}.{}.0/24, activity: {}", below(random, 250),
                       below(random, 250), verbs(random));
  }
  if (part < 92) {
    return fmt::format("app: {}, client.ip.country: [{}, FR], device.type: mobile", app,
                       pick(random, std::vector<std::string>{"DE", "AT", "CH"}));
  }
  if (part < 95) {
    return fmt::format("app: {}, path: \"~ ^/api/v[0-9]+/x{}/\", file.size: \"> 25 MB\"", app,
                       below(random, 50));
  }
  if (part < 97) {
    return fmt::format("user.group: {}, time.weekday: sat..sun, app.category: {}", group,
                       category(random()));
  }
  if (part < 99) {
    return fmt::format("destination.ip.tag: own-{}, user_agent.tag: robot", below(random, 500));
  }
  // One in a hundred has no condition that can be looked up before the request.
  return fmt::format("activity: {}, not: {{client.ip.country: [DE, AT, CH]}}, user: \"*@gone.example\"",
                     pick(random, std::vector<std::string>{"admin", "invite", "consent"}));
}

std::string policies(std::size_t count) {
  Random random(7);
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text += fmt::format("- {{name: policy {}, kind: {}, when: {{{}}}, ", i,
                        i % 10 == 9 ? "activity" : "session", conditions(random));
    if (i % 10 == 9) {
      text += "alerts_per_day: 5";
    } else {
      text += fmt::format("then: {}", i % 4 == 3 ? "monitor" : "block");
    }
    text += i % 13 == 5 ? ", mode: rehearse}\n" : "}\n";
  }
  return text;
}

const Program& program(std::size_t count) {
  static std::map<std::size_t, std::shared_ptr<const Program>> kept;
  auto& one = kept[count];
  if (one == nullptr) {
    const auto source =
        std::make_shared<const Source>(Source{"bench.yaml", policies(count)});
    Diagnostics warnings;
    auto made = compile({source}, warnings);
    if (!made) {
      std::fputs(render(made.error()).c_str(), stderr);
      std::abort();
    }
    one = *made;
  }
  return *one;
}

std::vector<Activity> activities() {
  Random random(11);
  std::vector<Activity> made(4096);
  for (Activity& a : made) {
    const std::size_t user = below(random, kUsers);
    a.at = *parse_rfc3339("2026-11-26T10:00:00Z") + std::chrono::minutes(below(random, 10000));
    a.user = user_name(user);
    a.user_domain = "corp.example";
    for (std::size_t i = 0; i < 8; ++i) a.groups.push_back(group_name((user * 31 + i * 37) % kGroups));
    std::sort(a.groups.begin(), a.groups.end());
    a.client.address =
        *IpAddress::parse(fmt::format("10.{}.{}.{}", below(random, 250), below(random, 250), 7));
    a.client.country = pick(random, std::vector<std::string>{"DE", "AT", "US", "FR"});
    a.client.category = IpCategory::corporate;
    a.destination.emplace();
    a.destination->address = *IpAddress::parse("198.51.100.7");
    a.destination->tags = {"own-" + std::to_string(below(random, 500))};
    // Zipf's law: the n-th app is used 1/n as much as the first.
    const double share = static_cast<double>(below(random, 1000000)) / 1e6;
    const auto app = static_cast<std::size_t>(std::pow(static_cast<double>(kApps), share)) - 1;
    a.app = AppFacts{app_name(app), "App", category(app), {}};
    if (app % 5 == 0) a.app->tags = {"sanctioned"};
    if (app % 7 == 3) a.app->tags = {"unsanctioned"};
    a.host = fmt::format("www.zone{}.example", below(random, 2000));
    a.domain = fmt::format("zone{}.example", 1);
    a.host_kind = HostKind::app;
    a.port = 443;
    a.scheme = "https";
    a.method = below(random, 4) == 0 ? "POST" : "GET";
    a.path = fmt::format("/api/v{}/x{}/items", below(random, 4), below(random, 50));
    a.type = pick(random, std::vector<ActivityType>{
                              ActivityType::other, ActivityType::other, ActivityType::view,
                              ActivityType::upload, ActivityType::download, ActivityType::login});
    a.agent.emplace();
    a.agent->browser = "chrome";
    a.agent->device = DeviceType::desktop;
    a.user_agent = "Mozilla/5.0";
  }
  return made;
}

const std::vector<Activity>& sample() {
  static const std::vector<Activity> kSample = activities();
  return kSample;
}

// The first that holds, by walking all: what the index replaces.
const CompiledPolicy* walk(const Program& all, Point point, const Activity& activity) {
  for (const CompiledPolicy& one : all.policies()) {
    if (one.kind == Kind::activity || one.rehearse) continue;
    if (one.judge(point, activity).holds()) return &one;
  }
  return nullptr;
}

template <class Decide>
void measure(benchmark::State& state, Decide decide) {
  const auto& all = sample();
  const Program& judged = program(static_cast<std::size_t>(state.range(0)));
  for (const Activity& activity : all) decide(judged, activity);  // warm
  std::vector<double> nanoseconds;
  std::uint64_t count = 0;
  const std::uint64_t before = allocations;
  std::uint64_t own = 0;
  for (auto _ : state) {
    // Sixteen at a time: the clock costs as much as a decision.
    const std::size_t from = (count * 16) % all.size();
    const auto begun = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < 16; ++i) decide(judged, all[from + i]);
    const auto took = std::chrono::steady_clock::now() - begun;
    const std::uint64_t at = allocations;
    nanoseconds.push_back(
        static_cast<double>(std::chrono::duration_cast<std::chrono::nanoseconds>(took).count()) /
        16);
    own += allocations - at;
    ++count;
  }
  const std::uint64_t made = allocations - before - own;
  std::sort(nanoseconds.begin(), nanoseconds.end());
  state.counters["median_ns"] = nanoseconds[nanoseconds.size() / 2];
  state.counters["p99_ns"] = nanoseconds[nanoseconds.size() * 99 / 100];
  state.counters["allocations"] =
      benchmark::Counter(static_cast<double>(made) / static_cast<double>(count * 16));
  state.SetItemsProcessed(static_cast<std::int64_t>(count * 16));
}

void decide_at_request(benchmark::State& state) {
  measure(state, [](const Program& judged, const Activity& activity) {
    Decision decision = judged.decide(Point::request, activity);
    benchmark::DoNotOptimize(decision);
  });
}
void decide_at_connect(benchmark::State& state) {
  measure(state, [](const Program& judged, const Activity& activity) {
    Decision decision = judged.decide_connection(activity);
    benchmark::DoNotOptimize(decision);
  });
}
void decide_at_response(benchmark::State& state) {
  measure(state, [](const Program& judged, const Activity& activity) {
    Decision decision = judged.decide(Point::response, activity);
    benchmark::DoNotOptimize(decision);
  });
}
void report(benchmark::State& state) {
  measure(state, [](const Program& judged, const Activity& activity) {
    std::size_t found = 0;
    judged.report(activity, [&found](const CompiledPolicy&) { ++found; });
    benchmark::DoNotOptimize(found);
  });
}
void walk_at_request(benchmark::State& state) {
  measure(state, [](const Program& judged, const Activity& activity) {
    const CompiledPolicy* found = walk(judged, Point::request, activity);
    benchmark::DoNotOptimize(found);
  });
}

void compile_all(benchmark::State& state) {
  const auto source = std::make_shared<const Source>(
      Source{"bench.yaml", policies(static_cast<std::size_t>(state.range(0)))});
  for (auto _ : state) {
    Diagnostics warnings;
    auto made = compile({source}, warnings);
    benchmark::DoNotOptimize(made);
  }
}

BENCHMARK(decide_at_request)->Arg(100)->Arg(1000)->Arg(10000);
BENCHMARK(decide_at_connect)->Arg(100)->Arg(1000)->Arg(10000);
BENCHMARK(decide_at_response)->Arg(100)->Arg(1000)->Arg(10000);
BENCHMARK(report)->Arg(100)->Arg(1000)->Arg(10000);
BENCHMARK(walk_at_request)->Arg(100)->Arg(1000)->Arg(10000);
BENCHMARK(compile_all)->Arg(100)->Arg(1000)->Arg(10000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace sallyport::policy

BENCHMARK_MAIN();
