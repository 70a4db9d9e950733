#include <gtest/gtest.h>
#include <random>
#include <sys/wait.h>
#include <tuple>
#include <unistd.h>

#include "discovery/events/samples_for_tests.h"
#include "discovery/store/sqlite_db.h"
#include "discovery/store/sqlite_store.h"
#include "discovery/store/usage_count.h"

namespace sallyport::discovery {
namespace {

using samples::TempDirectory;
using namespace std::chrono_literals;
using std::chrono::days;
using std::chrono::sys_days;

constexpr sys_days kDay = std::chrono::year(2026) / 11 / 20;
constexpr UsageQuestion kAll{.since = kDay - days(1000), .until = kDay + days(1000)};

std::unique_ptr<SqliteStore> open(SqliteOptions options) {
  auto store = SqliteStore::open(std::move(options));
  if (!store) ADD_FAILURE() << describe(store.error());
  return store ? std::move(*store) : nullptr;
}

// By day, user, device, country, address, kind and name.
using Key =
    std::tuple<sys_days, std::string, std::string, std::string, std::string, int, std::string>;
struct Sum {
  UsageCounts counts;
  int first = kDayMinutes;
  int last = -1;
  bool operator==(const Sum&) const = default;
};
using Sums = std::map<Key, Sum>;

std::string text(const std::array<char, 2>& country) {
  return country[0] == 0 ? "" : std::string(country.data(), 2);
}

void add(Sums& sums, const Key& key, const UsageCounts& counts, int first, int last) {
  Sum& sum = sums[key];
  sum.counts += counts;
  sum.first = std::min(sum.first, first);
  sum.last = std::max(sum.last, last);
}

Sums read(SqliteStore& store, UsageExtent* extent = nullptr, UsageQuestion question = kAll) {
  Sums sums;
  const auto each = [&](UsagePeriod period, const UsageEntry& entry, const UsageNames& names) {
    const UsageName& service = names[entry.service];
    const int kind = static_cast<int>(service.kind);
    const Who& who = entry.who;
    const Key key = question.family == UsageFamily::hour
                        ? Key(period.day, std::to_string(who.user), "", "", "", kind, service.name)
                        : Key(period.day, names[who.user].name, names[who.device].name,
                              text(who.country), who.address.to_string(), kind, service.name);
    add(sums, key, entry.counts, entry.first, entry.last);
  };
  const auto read = store.read_usage(question, each);
  EXPECT_TRUE(read) << describe(read.error());
  if (extent != nullptr && read) *extent = *read;
  return sums;
}

// What a look at every event comes to.
Sums scan(const std::vector<Event>& events) {
  Sums sums;
  for (const Event& event : events) {
    const auto use = count_use(event);
    if (!use) continue;
    const Key key(use->day, use->user, use->device, text(use->country), use->address.to_string(),
                  static_cast<int>(use->kind), use->service);
    add(sums, key, use->counts, use->minute, use->minute);
  }
  return sums;
}

// Where two differ: the first few places.
std::string difference(const Sums& is, const Sums& wanted) {
  std::string text;
  int lines = 0;
  const auto tell = [&](const Key& key, const Sum* one, const Sum* other) {
    if (++lines > 5) return;
    const auto& [day, user, device, country, address, kind, name] = key;
    text += std::to_string((day - kDay).count()) + " '" + user + "' '" + device + "' " + country +
            " " + address + " " + std::to_string(kind) + " " + name + ":";
    for (const Sum* sum : {one, other}) {
      text += sum == nullptr ? " nothing"
                             : " " + std::to_string(sum->counts.transactions) + "/" +
                                   std::to_string(sum->counts.sent);
    }
    text += "\n";
  };
  for (const auto& [key, sum] : is) {
    const auto found = wanted.find(key);
    if (found == wanted.end()) tell(key, &sum, nullptr);
    if (found != wanted.end() && found->second != sum) tell(key, &sum, &found->second);
  }
  for (const auto& [key, sum] : wanted) {
    if (!is.contains(key)) tell(key, nullptr, &sum);
  }
  return text;
}

class Random {
 public:
  int below(int n) { return static_cast<int>(engine_() % static_cast<unsigned>(n)); }
  Event event(int n, int spread_days);

 private:
  std::mt19937 engine_{7};
};

Event Random::event(int n, int spread_days) {
  Event event = below(10) == 0 ? samples::blocked(n) : samples::allowed(n);
  event.start = Time(kDay.time_since_epoch()) + std::chrono::seconds(below(spread_days * 86400));
  // Of the order in which they are written, which need not be that of their starts.
  const unsigned user = static_cast<unsigned>(below(20));
  event.activity.user = "user" + std::to_string(user);
  const unsigned place = static_cast<unsigned>(below(3));
  event.activity.client.address = IpAddress::v4(0x0a000000u + 256 * user + place);
  event.activity.client.country = place == 0 ? "" : place == 1 ? "DE" : "FR";
  if (below(5) == 0) event.activity.user.reset();
  if (below(2) == 0) {
    event.activity.agent = policy::AgentFacts{.browser = below(2) == 0 ? "chrome" : "curl"};
  }
  switch (below(5)) {
    case 0:
      event.activity.app->id = "app" + std::to_string(below(10));
      break;
    case 1:
      event.activity.app.reset();
      event.activity.domain = "domain" + std::to_string(below(40)) + ".example";
      break;
    case 2:
      event.activity.app.reset();
      event.activity.host_kind = policy::HostKind::tracker;
      event.activity.domain = "tracker.example";
      break;
    case 3:
      event.activity.app.reset();
      event.activity.host = "192.0.2.9";
      break;
    default:
      break;
  }
  if (below(6) == 0 && event.ending == Ending::completed) {
    const auto type = below(2) == 0 ? policy::ActivityType::upload : policy::ActivityType::download;
    event.activity.type = type;
    event.activities = {{type, event.verdict}};
    if (below(3) == 0) {
      event.activity.details.emplace();
      event.activity.details->transfer_step = below(2) == 0 ? "part" : "finish";
    }
  }
  if (below(20) == 0) event.verdict.action = policy::Action::coach;
  if (below(20) == 0) event.ending = Ending::refused;
  event.bytes_in = static_cast<std::uint64_t>(below(100000));
  event.bytes_out = static_cast<std::uint64_t>(below(1000000));
  return event;
}

std::vector<Event> random_events(int count, int spread_days, int from = 0) {
  Random random;
  std::vector<Event> events;
  for (int n = from; n < from + count; ++n) events.push_back(random.event(n, spread_days));
  return events;
}

void write(SqliteStore& store, const std::vector<Event>& events, std::size_t batch = 500) {
  for (std::size_t at = 0; at < events.size(); at += batch) {
    const auto part = std::span(events).subspan(at, std::min(batch, events.size() - at));
    const auto written = store.write(part);
    ASSERT_TRUE(written) << describe(written.error());
  }
}

void execute(const std::string& path, const std::string& sql) {
  auto db = SqliteDatabase::open(path, SqliteDatabase::Mode::write, 0ms);
  ASSERT_TRUE(db);
  const auto done = db->execute(sql);
  ASSERT_TRUE(done) << describe(done.error());
}

TEST(SqliteUsage, ComesToWhatALookAtEveryEventComesTo) {
  const TempDirectory directory;
  const auto store = open({.path = directory / "e.db"});
  const std::vector<Event> events = random_events(30'000, 6);
  const Sums wanted = scan(events);
  // Some are counted by now, the last ones wait.
  write(*store, events);
  EXPECT_EQ(difference(read(*store), wanted), "");
  // Events that are there already change nothing.
  write(*store, {events.begin(), events.begin() + 1000});
  EXPECT_EQ(difference(read(*store), wanted), "");
  while (*store->retain(Time(kDay.time_since_epoch()))) {
  }
  UsageExtent extent;
  EXPECT_EQ(difference(read(*store, &extent), wanted), "");
  EXPECT_EQ(extent.uncounted, 0u);
  EXPECT_EQ(extent.first_day, kDay);
  EXPECT_EQ(extent.last_day, kDay + days(5));
  const auto reader = SqliteStore::open_for_reading(directory / "e.db");
  ASSERT_TRUE(reader);
  EXPECT_EQ(difference(read(**reader), wanted), "");
}

TEST(SqliteUsage, CountsByTheHourWhatItCountsByWho) {
  const TempDirectory directory;
  const auto store = open({.path = directory / "e.db"});
  const std::vector<Event> events = random_events(10'000, 2);
  write(*store, events);
  const auto by_service = [](const Sums& sums) {
    std::map<std::pair<sys_days, std::string>, UsageCounts> totals;
    for (const auto& [key, sum] : sums) totals[{std::get<0>(key), std::get<6>(key)}] += sum.counts;
    return totals;
  };
  UsageQuestion question = kAll;
  question.family = UsageFamily::hour;
  for (int i = 0; i < 2; ++i) {
    const Sums hours = read(*store, nullptr, question);
    EXPECT_EQ(by_service(hours), by_service(scan(events)));
    for (const auto& [key, sum] : hours) {
      EXPECT_EQ(std::to_string(sum.first / 60), std::get<1>(key));
      EXPECT_EQ(sum.last / 60, sum.first / 60);
    }
    ASSERT_TRUE(store->retain(Time(kDay.time_since_epoch())));
  }
}

TEST(SqliteUsage, CountsNothingTwiceAndLosesNothingWhenTheProcessIsKilled) {
  const TempDirectory directory;
  const std::string path = directory / "e.db";
  const std::vector<Event> events = random_events(20'000, 3);
  // Killed at any moment between two calls: nothing is closed, the write-ahead log stays behind.
  for (std::size_t at = 0; at < events.size(); at += 2000) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      auto store = SqliteStore::open({.path = path});
      bool done = store.has_value();
      for (std::size_t i = at; done && i < at + 2000; i += 200) {
        done = (*store)->write(std::span(events).subspan(i, 200)).has_value();
        if (i % 600 == 0) done = done && (*store)->retain(Time(kDay.time_since_epoch()));
      }
      ::_exit(done ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }
  EXPECT_EQ(difference(read(*open({.path = path})), scan(events)), "");
}

TEST(SqliteUsage, KillNineInTheMiddleOfAnythingChangesNoSum) {
  const TempDirectory directory;
  const std::string path = directory / "e.db";
  const std::vector<Event> events = random_events(40'000, 3);
  for (int round = 0; round < 8; ++round) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      auto store = SqliteStore::open({.path = path});
      for (std::size_t i = 0; store && i < events.size(); i += 200) {
        (void)(*store)->write(std::span(events).subspan(i, 200));
        (void)(*store)->retain(Time(kDay.time_since_epoch()));
      }
      ::_exit(0);
    }
    ::usleep(static_cast<useconds_t>(30'000 * (round + 1)));
    ::kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    const auto store = open({.path = path});
    // Whole batches, from the first one on.
    const auto kept = store->totals();
    ASSERT_TRUE(kept);
    const std::vector<Event> first(events.begin(),
                                   events.begin() + static_cast<std::ptrdiff_t>(kept->events));
    EXPECT_EQ(difference(read(*store), scan(first)), "") << round << ", " << kept->events;
  }
}

TEST(SqliteUsage, IsCountedInAStoreThatWasThereBefore) {
  const TempDirectory directory;
  const std::string path = directory / "e.db";
  const std::vector<Event> events = random_events(20'000, 40);
  write(*open({.path = path}), events);
  execute(path,
          "DROP TABLE usage_chunks; DROP TABLE usage_names; DROP TABLE usage_waiting; "
          "DROP TABLE usage_imports; DROP TABLE usage_exclusions; DROP TABLE usage_blocks; "
          "DROP TABLE usage_block_directories; DROP TABLE usage_block_totals; "
          "DROP TABLE usage_block_parts; DROP TABLE block_users; DROP TABLE block_spans; "
          "DROP TRIGGER blocks_put; DROP TRIGGER blocks_changed; "
          "PRAGMA user_version = 3");
  const auto store = open({.path = path});
  EXPECT_EQ(difference(read(*store), scan(events)), "");
  int steps = 0;
  while (*store->retain(Time(kDay.time_since_epoch()))) ++steps;
  EXPECT_GE(steps, 1);
  EXPECT_EQ(difference(read(*store), scan(events)), "");
}

TEST(SqliteUsage, StaysWhenTheEventsLeave) {
  const TempDirectory directory;
  const auto store = open({.path = directory / "e.db", .max_age = 24h});
  const std::vector<Event> events = random_events(3000, 2);
  write(*store, events);
  const Time later = Time(kDay.time_since_epoch()) + 24h * 10;
  while (*store->retain(later)) {
  }
  EXPECT_EQ(store->totals()->events, 0u);
  EXPECT_EQ(difference(read(*store), scan(events)), "");
  // And counts what comes then, under numbers of blocks that were there before.
  const std::vector<Event> more = random_events(100, 2, 5000);
  write(*store, more);
  std::vector<Event> all = events;
  all.insert(all.end(), more.begin(), more.end());
  EXPECT_EQ(difference(read(*store), scan(all)), "");
}

TEST(SqliteUsage, LeavesByAgeAndBySizeOfItsOwn) {
  const TempDirectory directory;
  SqliteOptions options{.path = directory / "e.db", .usage_max_age = 24h * 30};
  auto store = open(options);
  const std::vector<Event> events = random_events(9000, 40);
  write(*store, events);
  const Time later = Time((kDay + days(40)).time_since_epoch());
  while (*store->retain(later)) {
  }
  Sums wanted = scan(events);
  std::erase_if(wanted, [](const auto& one) { return std::get<0>(one.first) < kDay + days(10); });
  EXPECT_EQ(difference(read(*store), wanted), "");
  store.reset();
  options.usage_max_bytes = 30'000;
  store = open(options);
  while (*store->retain(later)) {
  }
  UsageExtent extent;
  const Sums left = read(*store, &extent);
  EXPECT_GT(extent.first_day, kDay + days(10));
  std::erase_if(wanted, [&](const auto& one) { return std::get<0>(one.first) < extent.first_day; });
  EXPECT_FALSE(wanted.empty());
  EXPECT_EQ(difference(left, wanted), "");
}

TEST(SqliteUsage, KeepsMonthsThatAreLongPastAsOnePeriodEach) {
  const TempDirectory directory;
  const std::string path = directory / "e.db";
  const auto store = open({.path = path, .usage_days = 24h * 10});
  // From 20 November to 18 January.
  const std::vector<Event> events = random_events(20'000, 60);
  write(*store, events);
  const sys_days now = std::chrono::year(2027) / 1 / 15;
  int steps = 0;
  while (*store->retain(Time(now.time_since_epoch()))) ++steps;
  EXPECT_GT(steps, 42);
  // November and December are months now; January, of which one day is not ten days ago, is days.
  Sums wanted;
  for (const auto& [key, sum] : scan(events)) {
    const sys_days day = std::get<0>(key);
    const std::chrono::year_month_day date(day);
    const bool whole = date.year() == std::chrono::year(2026);
    const sys_days first = whole ? sys_days(date.year() / date.month() / 1) : day;
    Key moved = key;
    std::get<0>(moved) = first;
    const int minutes = static_cast<int>((day - first).count()) * kDayMinutes;
    add(wanted, moved, sum.counts, sum.first + minutes, sum.last + minutes);
  }
  EXPECT_EQ(difference(read(*store), wanted), "");
  EXPECT_FALSE(*store->retain(Time(now.time_since_epoch())));
  // Who asks for a part of a month gets all of it, and is told.
  UsageExtent extent;
  const Sums part =
      read(*store, &extent,
           {.since = std::chrono::year(2026) / 12 / 24, .until = std::chrono::year(2027) / 1 / 3});
  EXPECT_EQ(extent.since, sys_days(std::chrono::year(2026) / 12 / 1));
  EXPECT_EQ(extent.until, sys_days(std::chrono::year(2027) / 1 / 3));
  std::erase_if(wanted, [&](const auto& one) {
    return std::get<0>(one.first) < extent.since || std::get<0>(one.first) >= extent.until;
  });
  EXPECT_EQ(difference(part, wanted), "");
  // An event that comes late is counted with its month in the end.
  std::vector<Event> late = random_events(50, 60, 90'000);
  write(*store, late);
  while (*store->retain(Time(now.time_since_epoch()))) {
  }
  std::uint64_t all = 0, kept = 0;
  for (const auto& [key, sum] : scan(events)) all += sum.counts.sent;
  for (const auto& [key, sum] : scan(late)) all += sum.counts.sent;
  for (const auto& [key, sum] : read(*store)) kept += sum.counts.sent;
  EXPECT_EQ(kept, all);
}

// How many different of each there are.
struct Kinds {
  std::set<std::string> users, devices, addresses, domains;
  std::uint64_t transactions = 0;
  std::size_t entries = 0;
};

Kinds kinds_of(const Sums& sums) {
  Kinds kinds;
  kinds.entries = sums.size();
  for (const auto& [key, sum] : sums) {
    kinds.users.insert(std::get<1>(key));
    kinds.devices.insert(std::get<2>(key));
    kinds.addresses.insert(std::get<4>(key));
    if (std::get<5>(key) == static_cast<int>(NameKind::domain)) {
      kinds.domains.insert(std::get<6>(key));
    }
    kinds.transactions += sum.counts.transactions;
  }
  return kinds;
}

TEST(SqliteUsage, HoldsWhoeverInventsNamesToItsLimits) {
  const TempDirectory directory;
  const UsageLimits limits{.users = 50,
                           .devices = 20,
                           .domains = 200,
                           .domains_of_one = 100,
                           .whos = 300,
                           .whos_of_one = 10,
                           .entries = 100'000};
  const auto store = open({.path = directory / "e.db", .usage_limits = limits});
  std::vector<Event> events;
  for (int n = 0; n < 20'000; ++n) {
    Event event = samples::allowed(n);
    event.start = Time(kDay.time_since_epoch());
    const auto i = static_cast<unsigned>(n);
    if (n % 2 == 0) {
      // One user, with ever new domains, agents and addresses.
      event.activity.user = "mallory";
      event.activity.app.reset();
      event.activity.domain = "d" + std::to_string(n) + ".example";
      event.activity.agent = policy::AgentFacts{.browser = "agent" + std::to_string(n)};
      event.activity.client.address = IpAddress::v4(0x0a000000u + i);
    } else {
      event.activity.user = "user" + std::to_string(n % 40);
      event.activity.client.address = IpAddress::v4(0x0b000000u + i % 40);
    }
    events.push_back(event);
  }
  write(*store, events);
  while (*store->retain(Time(kDay.time_since_epoch()))) {
  }
  const Sums sums = read(*store);
  const Kinds kinds = kinds_of(sums);
  EXPECT_EQ(kinds.transactions, 20'000u);
  EXPECT_EQ(kinds.domains.size(), limits.domains_of_one);
  EXPECT_LE(kinds.devices.size(), limits.devices + 1);
  EXPECT_LE(kinds.addresses.size(), limits.whos_of_one + 20 + 1);
  EXPECT_LE(kinds.entries, 20 + limits.whos_of_one * limits.domains_of_one + 200);
  // Whoever is honest is not hidden by it.
  std::uint64_t honest = 0;
  for (const auto& [key, sum] : sums) {
    if (std::get<1>(key).starts_with("user") && std::get<6>(key) == "dropbox") {
      EXPECT_TRUE(std::get<4>(key).starts_with("11.")) << std::get<4>(key);
      honest += sum.counts.transactions;
    }
  }
  EXPECT_EQ(honest, 10'000u);
}

TEST(SqliteUsage, LeavesOutWhomTheOperatorExcludes) {
  const TempDirectory directory;
  UsageExclusions exclude;
  for (const char* line : {"user USER3", "app app5", "address 10.0.7.0/24", "group council"}) {
    ASSERT_TRUE(exclude.add_line(line));
  }
  std::vector<Event> events = random_events(20'000, 3);
  for (std::size_t i = 0; i < events.size(); i += 50) events[i].activity.groups = {"council"};
  std::vector<Event> counted;
  for (const Event& event : events) {
    if (!exclude.hold(event.activity)) counted.push_back(event);
  }
  ASSERT_LT(counted.size(), 19'000u);
  const auto store = open({.path = directory / "e.db", .usage_exclude = exclude});
  write(*store, events);
  // Counted or waiting, by whoever reads.
  UsageExtent extent;
  EXPECT_EQ(difference(read(*store, &extent), scan(counted)), "");
  EXPECT_EQ(extent.excluded, exclude.lines());
  while (*store->retain(Time(kDay.time_since_epoch()))) {
  }
  EXPECT_EQ(difference(read(*store), scan(counted)), "");
  const auto reader = SqliteStore::open_for_reading(directory / "e.db");
  ASSERT_TRUE(reader);
  EXPECT_EQ(difference(read(**reader), scan(counted)), "");
  // The events are there all the same.
  EXPECT_EQ(store->totals()->events, 20'000u);
}

TEST(SqliteUsage, ExclusionsStayUntilOthersAreWished) {
  const TempDirectory directory;
  UsageExclusions exclude;
  exclude.users = {"ana"};
  open({.path = directory / "e.db", .usage_exclude = exclude});
  UsageExtent extent;
  read(*open({.path = directory / "e.db"}), &extent);
  EXPECT_EQ(extent.excluded, (std::vector<std::string>{"user ana"}));
  read(*open({.path = directory / "e.db", .usage_exclude = UsageExclusions()}), &extent);
  EXPECT_TRUE(extent.excluded.empty());
}

TEST(SqliteUsage, TellsOfDamageAndGoesOnCounting) {
  const TempDirectory directory;
  const std::string path = directory / "e.db";
  write(*open({.path = path}), random_events(9000, 1));
  execute(path, "UPDATE usage_chunks SET data = x'00112233' WHERE n = 1");
  const auto store = open({.path = path});
  const auto read =
      store->read_usage(kAll, [](UsagePeriod, const UsageEntry&, const UsageNames&) {});
  ASSERT_FALSE(read);
  EXPECT_NE(describe(read.error()).find("the file is damaged"), std::string::npos);
  for (int i = 0; i < 20; ++i) {
    write(*store, random_events(10, 1, 10'000 + i * 100));
    EXPECT_TRUE(store->retain(Time(kDay.time_since_epoch())));
  }
}

}  // namespace
}  // namespace sallyport::discovery
