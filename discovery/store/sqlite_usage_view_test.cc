// A view of counted use says what its single counts say, whatever was put together, merged,
// imported, erased or thinned out meanwhile.

#include <gtest/gtest.h>
#include <map>
#include <random>
#include <tuple>

#include "base/core/text.h"
#include "discovery/events/samples_for_tests.h"
#include "discovery/store/sqlite_db.h"
#include "discovery/store/sqlite_person.h"
#include "discovery/store/sqlite_store.h"
#include "discovery/store/sqlite_usage_imports.h"
#include "discovery/store/usage_count.h"
#include "discovery/store/usage_view.h"

namespace sallyport::discovery {
namespace {

using samples::TempDirectory;
using namespace std::chrono_literals;
using std::chrono::days;
using std::chrono::sys_days;

constexpr sys_days kDay = std::chrono::year(2026) / 10 / 1;

Event any_event(std::mt19937& random, int n, int spread) {
  Event event = random() % 10 == 0 ? samples::blocked(n) : samples::allowed(n);
  event.start = Time(kDay.time_since_epoch()) +
                std::chrono::seconds(random() % (static_cast<unsigned>(spread) * 86400u));
  const unsigned user = random() % 15;
  event.activity.user = "user" + std::to_string(user);
  if (random() % 9 == 0) event.activity.user.reset();
  event.activity.client.address = IpAddress::v4(0x0a000000u + 4 * user + random() % 2);
  event.activity.client.country = random() % 2 == 0 ? "DE" : "";
  if (random() % 3 == 0) event.activity.agent = policy::AgentFacts{.browser = "firefox"};
  if (random() % 2 == 0) {
    event.activity.app->id = "app" + std::to_string(random() % 9);
  } else {
    event.activity.app.reset();
    event.activity.domain = "domain" + std::to_string(random() % 9) + ".example";
  }
  event.bytes_in = random() % 100'000;
  return event;
}

void write(SqliteStore& store, std::mt19937& random, int from, int count, int spread) {
  std::vector<Event> events;
  for (int n = from; n < from + count; ++n) events.push_back(any_event(random, n, spread));
  for (std::size_t at = 0; at < events.size(); at += 500) {
    const auto part = std::span(events).subspan(at, std::min<std::size_t>(500, events.size() - at));
    ASSERT_TRUE(store.write(part));
  }
}

void settle(SqliteStore& store, sys_days today) {
  while (true) {
    const auto more = store.retain(Time(today.time_since_epoch()) + 12h);
    ASSERT_TRUE(more) << describe(more.error());
    if (!*more) return;
  }
}

// By period (where it is asked for), who and service.
using Key =
    std::tuple<UsagePeriod, std::string, std::string, std::string, std::string, int, std::string>;
struct Sum {
  UsageCounts counts;
  Time first = Time::max(), last = Time::min();
  bool operator==(const Sum&) const = default;
};
using Sums = std::map<Key, Sum>;
enum class Periods { apart, together };

void add(Sums& sums, Periods periods, UsageFamily family, UsagePeriod period,
         const UsageEntry& entry, const UsageNames& names) {
  const Who& who = entry.who;
  const std::string user =
      family == UsageFamily::hour ? std::to_string(who.user) : names[who.user].name;
  Sum& sum = sums[{periods == Periods::apart ? period : UsagePeriod(), user,
                   family == UsageFamily::hour ? "" : names[who.device].name,
                   std::to_string(who.country[0]) + std::to_string(who.country[1]),
                   who.address.to_string(), static_cast<int>(names[entry.service].kind),
                   names[entry.service].name}];
  const Time begin(period.day.time_since_epoch());
  sum.counts += entry.counts;
  sum.first = std::min<Time>(sum.first, begin + std::chrono::minutes(entry.first));
  sum.last = std::max<Time>(sum.last, begin + std::chrono::minutes(entry.last));
}

Sums of_counts(SqliteStore& store, const UsageQuestion& question, Periods periods) {
  Sums sums;
  const auto read = store.read_usage(
      question, [&](UsagePeriod period, const UsageEntry& entry, const UsageNames& names) {
        add(sums, periods, question.family, period, entry, names);
      });
  EXPECT_TRUE(read) << describe(read.error());
  return sums;
}

Sums of_view(SqliteStore& store, const UsageQuestion& question, Periods periods,
             std::size_t* pieces = nullptr) {
  Sums sums;
  const auto view = store.view_usage(question);
  EXPECT_TRUE(view) << describe(view.error());
  if (!view) return sums;
  const auto& chosen = periods == Periods::apart ? (*view)->by_period() : (*view)->widest();
  if (pieces != nullptr) *pieces = chosen.size();
  for (const std::size_t piece : chosen) {
    const auto totals = (*view)->totals(piece);
    EXPECT_TRUE(totals) << describe(totals.error());
    const auto read = (*view)->each_part(
        piece, UsageServices::all(), UsagePart::Columns::all,
        UsageView::Counts::yes,
        [&](const UsagePart& part) {
          for (const auto& run : part.runs) {
            for (std::uint32_t i = run.begin; i < run.end; ++i) {
              UsageEntry entry;
              entry.who = {part.users[i], part.devices[i], country_of(part.countries[i]),
                           totals->addresses.at(part.addresses[i]).first};
              entry.service = run.service;
              entry.counts = part.totals[i].counts;
              entry.first = part.totals[i].first;
              entry.last = part.totals[i].last;
              add(sums, periods, question.family, (*view)->period(piece), entry, (*view)->names());
            }
          }
        });
    EXPECT_TRUE(read) << describe(read.error());
  }
  return sums;
}

// A question about one user gives what one about all gives of them.
void expect_the_same_of_users(SqliteStore& store, const char* when) {
  for (const char* user : {"user3", "USER7", "", "nobody else"}) {
    UsageQuestion question{.since = kDay + days(3), .until = kDay + days(60)};
    Sums wanted = of_counts(store, question, Periods::apart);
    std::erase_if(wanted, [&](const auto& one) { return !iequals(std::get<1>(one.first), user); });
    question.user = user;
    EXPECT_TRUE(of_counts(store, question, Periods::apart) == wanted) << when << " " << user;
  }
}

void expect_the_same(SqliteStore& store, const char* when) {
  expect_the_same_of_users(store, when);
  std::mt19937 random(3);
  for (int i = 0; i < 12; ++i) {
    const int since = i == 0 ? -10 : static_cast<int>(random() % 70);
    UsageQuestion question{.since = kDay + days(since),
                           .until = kDay + days(since + (i == 0 ? 200 : random() % 60))};
    if (i % 3 == 1) question.family = UsageFamily::hour;
    if (i % 5 == 4) question.source = kSeenLive;
    for (const Periods periods : {Periods::together, Periods::apart}) {
      EXPECT_TRUE(of_view(store, question, periods) == of_counts(store, question, periods))
          << when << ", question " << i;
    }
  }
}

std::unique_ptr<SqliteStore> open(const std::string& path,
                                  std::chrono::hours usage_days = 24h * 92) {
  auto store = SqliteStore::open(
      {.path = path, .max_age = {}, .usage_max_age = {}, .usage_days = usage_days});
  if (!store) ADD_FAILURE() << describe(store.error());
  return store ? std::move(*store) : nullptr;
}

TEST(SqliteUsageView, SaysWhatSingleCountsSayBeforeAndBehindPuttingTogether) {
  const TempDirectory directory;
  std::mt19937 random(1);
  const auto store = open(directory / "e.db");
  write(*store, random, 0, 25'000, 70);
  expect_the_same(*store, "before");
  settle(*store, kDay + days(65));
  expect_the_same(*store, "behind");
  std::size_t pieces = 0;
  of_view(*store, {.since = kDay, .until = kDay + days(64)}, Periods::together, &pieces);
  EXPECT_LE(pieces, 20u) << "64 days are a few spans";
  // What comes late for a day that is put together, and again.
  write(*store, random, 30'000, 9'000, 70);
  expect_the_same(*store, "late");
  settle(*store, kDay + days(65));
  expect_the_same(*store, "late, settled");
}

TEST(SqliteUsageView, FollowsImportsThatComeAndGo) {
  const TempDirectory directory;
  std::mt19937 random(2);
  const std::string path = directory / "e.db";
  const auto store = open(path);
  write(*store, random, 0, 9'000, 40);
  settle(*store, kDay + days(45));
  auto imports = SqliteUsageImports::open({.path = path, .lock = directory / "lock"});
  ASSERT_TRUE(imports) << describe(imports.error());
  const auto number = (*imports)->begin("ana", "squid.log", Time());
  ASSERT_TRUE(number);
  std::vector<Event> events;
  for (int n = 0; n < 4'000; ++n) events.push_back(any_event(random, n, 40));
  std::vector<CountedUse> uses;
  for (const Event& event : events) {
    if (auto use = count_use(event)) uses.push_back(*use);
  }
  ASSERT_TRUE((*imports)->add(uses));
  expect_the_same(*store, "unfinished");
  ASSERT_TRUE((*imports)->finish({}, Time()));
  expect_the_same(*store, "in force");
  settle(*store, kDay + days(45));
  expect_the_same(*store, "in force, settled");
  const UsageQuestion only{.since = kDay, .until = kDay + days(60), .source = *number};
  EXPECT_TRUE(of_view(*store, only, Periods::together) ==
              of_counts(*store, only, Periods::together));
  ASSERT_TRUE((*imports)->remove(*number, "ana", Time()));
  expect_the_same(*store, "removed");
  settle(*store, kDay + days(45));
  expect_the_same(*store, "removed, settled");
}

TEST(SqliteUsageView, LosesWhatWasMadeOfChunksThatChange) {
  const TempDirectory directory;
  std::mt19937 random(4);
  const std::string path = directory / "e.db";
  const auto store = open(path);
  write(*store, random, 0, 12'000, 60);
  settle(*store, kDay + days(62));
  auto db = SqliteDatabase::open(path, SqliteDatabase::Mode::write, 100ms);
  ASSERT_TRUE(db);
  const auto blocks = [&] { return *db->integer("SELECT count(*) FROM usage_blocks"); };
  const auto parts = [&] {
    return *db->integer(
        "SELECT (SELECT count(DISTINCT block) FROM usage_block_parts) + "
        "(SELECT count(*) FROM usage_block_totals) + "
        "(SELECT count(*) FROM usage_block_directories)");
  };
  const std::int64_t all = blocks();
  EXPECT_GT(all, 120);
  EXPECT_EQ(parts(), 3 * all);
  // As an erasure does, or whatever else.
  ASSERT_TRUE(
      db->execute("UPDATE usage_chunks SET entries = entries WHERE n = "
                  "(SELECT n FROM usage_chunks WHERE family = 0 AND level = 1 LIMIT 1)"));
  EXPECT_EQ(blocks(), all - 3) << "of a day, its week and its four weeks";
  EXPECT_EQ(parts(), 3 * blocks());
  expect_the_same(*store, "some are lost");
  settle(*store, kDay + days(62));
  EXPECT_EQ(blocks(), all);
  expect_the_same(*store, "made again");
  ASSERT_TRUE(db->execute("DELETE FROM usage_chunks WHERE day < 20740"));
  expect_the_same(*store, "chunks left");
}

TEST(SqliteUsageView, SaysTheSameOfMonthsThatAreLongPast) {
  const TempDirectory directory;
  std::mt19937 random(5);
  const auto store = open(directory / "e.db", 24h);
  write(*store, random, 0, 12'000, 70);
  for (const int today : {20, 33, 45, 62, 75}) {
    settle(*store, kDay + days(today));
    expect_the_same(*store, "thinned");
  }
}

TEST(SqliteUsageView, RefusesADayWhoseCountsAreDamaged) {
  const TempDirectory directory;
  std::mt19937 random(6);
  const std::string path = directory / "e.db";
  const auto store = open(path);
  write(*store, random, 0, 9'000, 5);
  settle(*store, kDay + days(1));
  auto db = SqliteDatabase::open(path, SqliteDatabase::Mode::write, 100ms);
  ASSERT_TRUE(db &&
              db->execute("UPDATE usage_chunks SET data = x'00' WHERE n = "
                          "(SELECT min(n) FROM usage_chunks WHERE level = 1 AND family = 0)"));
  settle(*store, kDay + days(9));
  const auto view = store->view_usage({.since = kDay, .until = kDay + days(9)});
  ASSERT_FALSE(view);
  EXPECT_NE(view.error().detail.find("the file is damaged"), std::string::npos);
}

}  // namespace
}  // namespace sallyport::discovery
