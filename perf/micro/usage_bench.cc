// What it costs to count use (discovery/store/usage.h), and what a year of it takes: one working
// day of 10,000 people with 1,000 apps, written as a gateway writes it and counted as it counts.
//
//   usage_bench [USERS [EVENTS]]        # 10000 3000000
//
// Time is per event; the year is 365 such days, without week-ends.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <time.h>
#include <unistd.h>
#include <vector>

#include "base/core/check.h"
#include "base/core/id.h"
#include "discovery/store/sqlite_db.h"
#include "discovery/store/sqlite_schema.h"
#include "discovery/store/sqlite_store.h"
#include "discovery/store/sqlite_usage.h"
#include "discovery/store/sqlite_writer.h"

namespace {

using namespace sallyport;
using namespace sallyport::discovery;

// The processor's time for this process, so that others on the machine do not count.
struct Cpu {
  using duration = std::chrono::nanoseconds;
  static duration now() {
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
  }
};

constexpr std::size_t kApps = 1000;
constexpr std::size_t kDomains = 20'000;
constexpr std::size_t kBatch = 512;

// Some things of many, the first of them much oftener than the last (Zipf).
class Zipf {
 public:
  explicit Zipf(std::size_t count) {
    double sum = 0;
    for (std::size_t i = 0; i < count; ++i)
      sums_.push_back(sum += 1.0 / static_cast<double>(i + 1));
  }
  std::size_t operator()(std::mt19937_64& random) const {
    const double at = std::uniform_real_distribution<double>(0, sums_.back())(random);
    const auto found = std::lower_bound(sums_.begin(), sums_.end(), at);
    return static_cast<std::size_t>(found - sums_.begin());
  }

 private:
  std::vector<double> sums_;
};

// Each of the people uses 20 apps of their own every day, and 25 domains that are others each day;
// some services in a program of theirs and the rest in a browser; half of the people a third of it
// from a telephone too.
class People {
 public:
  explicit People(std::size_t users) : own_(users) {
    for (Own& own : own_) {
      for (int i = 0; i < 20; ++i) own.apps.push_back(apps_(random_));
    }
  }

  void begin(std::chrono::sys_days day) {
    day_ = day;
    for (Own& own : own_) {
      own.domains.clear();
      for (int i = 0; i < 25; ++i) own.domains.push_back(domains_(random_));
    }
  }

  // The n-th event of `all` of the day, within nine hours.
  Event next(std::size_t n, std::size_t all) {
    const std::size_t user = random_() % own_.size();
    Event event;
    const auto second = 8 * 3600 + static_cast<std::int64_t>(9 * 3600 * n / all);
    event.start = Time(day_.time_since_epoch()) + std::chrono::seconds(second) +
                  std::chrono::microseconds(n % 1000000);
    event.id = ids_.make(event.start);
    event.intercepted = true;
    event.duration_us = 12'000;
    event.snapshot = "3f1c0ffee0ddba11";
    policy::Activity& facts = event.activity;
    facts.at = event.start;
    facts.point = policy::Point::response;
    facts.user = "user" + std::to_string(user) + "@corp.example";
    facts.scheme = "https";
    facts.port = 443;
    facts.method = "GET";
    facts.path = "/v1/items/" + std::to_string(random_() % 100000);
    facts.status = 200;
    const std::size_t service = what(event, own_[user]);
    const bool telephone = user % 2 == 0 && service % 3 == 0 && random_() % 5 == 0;
    facts.client.address =
        IpAddress::v4((telephone ? 0xac100000u : 0x0a000000u) + static_cast<std::uint32_t>(user));
    facts.client.country = telephone ? "DE" : "";
    facts.agent = agent(user, service, telephone);
    return event;
  }

 private:
  struct Own {
    std::vector<std::size_t> apps, domains;
  };

  static policy::AgentFacts agent(std::size_t user, std::size_t service, bool telephone) {
    policy::AgentFacts agent;
    agent.device = telephone ? policy::DeviceType::mobile : policy::DeviceType::desktop;
    agent.os = telephone ? "ios" : user % 5 == 0 ? "macos" : "windows";
    agent.browser = service % 5 == 0 ? "program" + std::to_string(service % 50)
                    : telephone      ? "safari"
                                     : "chrome";
    return agent;
  }

  std::size_t what(Event& event, const Own& own) {
    std::size_t service = 1;
    policy::Activity& facts = event.activity;
    const std::uint64_t kind = random_() % 10;
    if (kind < 5) {
      const std::size_t app = service = own.apps[random_() % own.apps.size()];
      facts.app = policy::AppFacts{"app" + std::to_string(app), "App", "collaboration", {}};
      facts.host = "www.app" + std::to_string(app) + ".example";
    } else if (kind < 8) {
      const std::size_t domain = service = own.domains[random_() % own.domains.size()];
      facts.domain = "domain" + std::to_string(domain) + ".example";
      facts.host = "www." + facts.domain;
    } else {
      facts.host_kind = kind == 8 ? policy::HostKind::cdn : policy::HostKind::tracker;
      facts.domain = "noise.example";
      facts.host = "x.noise.example";
    }
    event.bytes_in = static_cast<std::uint64_t>(std::exp(bytes_(random_)));
    event.bytes_out = static_cast<std::uint64_t>(std::exp(bytes_(random_) + 2));
    const auto type =
        random_() % 50 == 0 ? policy::ActivityType::upload : policy::ActivityType::view;
    facts.type = type;
    event.activities = {{type, event.verdict}};
    return service;
  }

  std::chrono::sys_days day_;
  std::mt19937_64 random_{1};
  UlidMaker ids_;
  Zipf apps_{kApps};
  Zipf domains_{kDomains};
  std::normal_distribution<double> bytes_{6, 2};
  std::vector<Own> own_;
};

double nanoseconds(Cpu::duration time, std::size_t events) {
  return std::chrono::duration<double, std::nano>(time).count() / static_cast<double>(events);
}

double number(const SqliteDatabase& db, const char* sql) {
  return static_cast<double>(db.integer(sql).value());
}

// What a store does with events, each part by itself.
class Gateway {
 public:
  explicit Gateway(const SqliteDatabase& db) : db_(db), writer_(db), usage_(db, UsageLimits()) {
    CHECK(writer_.prepare() && usage_.prepare());
  }

  void write(const std::vector<Event>& batch) {
    const auto begun = Cpu::now();
    {
      auto transaction = SqliteTransaction::begin(db_);
      CHECK(transaction.has_value() && writer_.insert(batch) && transaction->commit());
    }
    const auto written = Cpu::now();
    writing += written - begun;
    usage_.add_waiting(batch.size());
    while (usage_.waiting() >= SqliteUsage::kStep) count();
  }
  void count() {
    const auto begun = Cpu::now();
    CHECK(usage_.count().has_value());
    counting += Cpu::now() - begun;
    longest = std::max(longest, Cpu::now() - begun);
  }
  void thin(std::chrono::sys_days before) {
    while (true) {
      const auto begun = Cpu::now();
      const auto more = usage_.thin(before);
      CHECK(more.has_value());
      thinning += Cpu::now() - begun;
      longest_thin = std::max(longest_thin, Cpu::now() - begun);
      if (!*more) return;
    }
  }

  Cpu::duration writing{}, counting{}, longest{}, thinning{}, longest_thin{};

 private:
  const SqliteDatabase& db_;
  SqliteWriter writer_;
  SqliteUsage usage_;
};

double milliseconds(Cpu::duration time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

void read(const std::string& path, const char* what) {
  const auto store = SqliteStore::open_for_reading(path);
  CHECK(store.has_value());
  const auto begun = Cpu::now();
  std::size_t entries = 0;
  CHECK((*store)->read_usage(
      {.since = std::chrono::year(2026) / 10 / 1, .until = std::chrono::year(2026) / 11 / 1},
      [&](auto, const UsageEntry&, const UsageNames&) { ++entries; }));
  const auto time = Cpu::now() - begun;
  std::printf("reading %s: %zu counts, %.0f ms, %.0f ns a count\n", what, entries,
              milliseconds(time), nanoseconds(time, entries));
}

void measure(const std::string& folder, std::size_t users, std::size_t events) {
  const std::string path = folder + "/events.sqlite";
  auto db = SqliteDatabase::open(path, SqliteDatabase::Mode::write, std::chrono::seconds(1));
  CHECK(db.has_value());
  CHECK(
      db->execute("PRAGMA page_size = 8192; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA cache_size "
                  "= -8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL"));
  CHECK(migrate(*db, event_schema()));
  Gateway gateway(*db);
  People people(users);
  std::vector<Event> batch;
  constexpr unsigned kDays = 31;
  for (unsigned d = 1; d <= kDays; ++d) {
    people.begin(std::chrono::year(2026) / 10 / d);
    for (std::size_t n = 0; n < events;) {
      batch.clear();
      while (batch.size() < kBatch && n < events) batch.push_back(people.next(n++, events));
      gateway.write(batch);
    }
  }
  // Two days later all days are over.
  people.begin(std::chrono::year(2026) / 11 / 3);
  gateway.write({people.next(0, 1)});
  gateway.count();
  const std::size_t all = events * kDays;
  std::printf("%zu users, %u days of %zu events\n", users, kDays, events);
  std::printf("writing an event %.0f ns, counting it %.0f ns; the longest step %.0f ms\n",
              nanoseconds(gateway.writing, all), nanoseconds(gateway.counting, all),
              milliseconds(gateway.longest));
  const char* sum = "SELECT sum(length(data)) FROM usage_chunks";
  const double day = number(*db, sum) / kDays;
  const double names = number(*db, "SELECT sum(length(name) * 2 + 30) FROM usage_names");
  std::printf("a day: %.0f counts, %.2f MB; names: %.2f MB\n",
              number(*db, "SELECT sum(entries) FROM usage_chunks WHERE family = 0") / kDays,
              day / 1e6, names / 1e6);
  const double day_hours =
      number(*db, "SELECT sum(length(data)) FROM usage_chunks WHERE family = 1") / kDays;
  read(path, "a month of days");
  gateway.thin(std::chrono::year(2026) / 11 / 2);
  const double month = number(*db, sum);
  std::printf("a month: %.0f counts, %.2f MB; put together in %.0f ms, the longest step %.0f ms\n",
              number(*db, "SELECT sum(entries) FROM usage_chunks WHERE family = 0"), month / 1e6,
              milliseconds(gateway.thinning), milliseconds(gateway.longest_thin));
  read(path, "a month in one");
  const double month_hours =
      number(*db, "SELECT sum(length(data)) FROM usage_chunks WHERE family = 1");
  std::printf(
      "of that by the hour, which grows with services and not with people: %.2f MB of a day, "
      "%.2f MB of a month\n",
      day_hours / 1e6, month_hours / 1e6);
  // 92 days and up to a month more are days.
  std::printf("a year: %.2f GB\n", (day * 123 + month * 8 + names) / 1e9);
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t users = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 10'000;
  const std::size_t events = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 3'000'000;
  std::string folder = std::filesystem::temp_directory_path() / "sallyport-usage-XXXXXX";
  CHECK(::mkdtemp(folder.data()) != nullptr);
  measure(folder, users, events);
  std::filesystem::remove_all(folder);
  return 0;
}
