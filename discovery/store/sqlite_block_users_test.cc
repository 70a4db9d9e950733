// Whoever asks for one user gets what a look at every event gives, whatever of the store is
// indexed.

#include <algorithm>
#include <gtest/gtest.h>
#include <random>
#include <set>

#include "base/core/id.h"
#include "base/core/text.h"
#include "discovery/events/samples_for_tests.h"
#include "discovery/store/sqlite_db.h"
#include "discovery/store/sqlite_person.h"
#include "discovery/store/sqlite_store.h"

namespace sallyport::discovery {
namespace {

using samples::TempDirectory;
using namespace std::chrono_literals;

constexpr Time kBegin{std::chrono::sys_days(std::chrono::year(2026) / 11 / 1)};

// In the order of time, as a gateway writes them.
std::vector<Event> events(std::mt19937& random, int from, int count) {
  static UlidMaker ids;
  std::vector<Event> made;
  for (int n = from; n < from + count; ++n) {
    Event& event = made.emplace_back(samples::allowed(n));
    event.start = kBegin + std::chrono::milliseconds(100 * n);
    event.id = ids.make(event.start);
    event.activity.user = "User" + std::to_string(random() % 500) + "@corp.example";
    if (random() % 11 == 0) event.activity.user.reset();
  }
  return made;
}

std::unique_ptr<SqliteStore> open(const std::string& path, std::chrono::hours max_age = {}) {
  auto store = SqliteStore::open({.path = path, .max_age = max_age});
  if (!store) ADD_FAILURE() << describe(store.error());
  return store ? std::move(*store) : nullptr;
}

void write(SqliteStore& store, const std::vector<Event>& all) {
  for (std::size_t at = 0; at < all.size(); at += 250) {
    ASSERT_TRUE(
        store.write(std::span(all).subspan(at, std::min<std::size_t>(250, all.size() - at))));
  }
}

void settle(SqliteStore& store, Time now = kBegin) {
  while (*store.retain(now)) {
  }
}

std::vector<Ulid> by_look(SqliteStore& store, std::string_view user, Time since, Time until) {
  std::vector<Ulid> ids;
  EXPECT_TRUE(store.read_past(since, until, [&](const PastEvent& event) {
    if (iequals(event.user, user)) ids.push_back(event.id);
  }));
  return ids;
}

void expect_the_same(SqliteStore& store, const char* when) {
  for (const char* user : {"user7@corp.example", "USER123@corp.example", ""}) {
    for (const auto& [since, until] :
         {std::pair(kBegin - 1h, kBegin + 100h), std::pair(kBegin + 10min, kBegin + 30min)}) {
      const std::vector<Ulid> wanted = by_look(store, user, since, until);
      std::vector<Ulid> found;
      ASSERT_TRUE(store.read_past_of(user, since, until,
                                     [&](const PastEvent& event) { found.push_back(event.id); }));
      EXPECT_EQ(found, wanted) << when << ", '" << user << "'";
      for (const Order order : {Order::newest_first, Order::oldest_first}) {
        Query query{.user = user, .since = since, .until = until, .order = order, .limit = 400};
        std::vector<Ulid> rows;
        while (true) {
          const auto page = store.query(query);
          ASSERT_TRUE(page);
          for (const Row& row : *page) rows.push_back(row.id);
          if (page->size() < query.limit) break;
          query.after = rows.back();
        }
        if (order == Order::newest_first) std::ranges::reverse(rows);
        std::vector<Ulid> sorted = wanted;
        std::ranges::sort(sorted);
        EXPECT_EQ(rows, sorted) << when << ", '" << user << "'";
      }
    }
  }
}

class BlockUsersTest : public ::testing::Test {
 protected:
  std::int64_t number(const std::string& sql) {
    const auto db = SqliteDatabase::open(path, SqliteDatabase::Mode::read, 100ms);
    return *db->integer(sql);
  }
  std::int64_t spans() { return number("SELECT count(*) FROM block_spans"); }

  const TempDirectory directory;
  const std::string path = directory / "e.db";
  std::mt19937 random{1};
};

TEST_F(BlockUsersTest, FindsAllWhileItIsWrittenAndWhenItIsOpenedAgain) {
  auto store = open(path);
  write(*store, events(random, 0, 3'000));
  EXPECT_EQ(spans(), 0);
  expect_the_same(*store, "nothing is indexed");
  write(*store, events(random, 3'000, 27'000));
  settle(*store);
  EXPECT_GE(spans(), 3);
  expect_the_same(*store, "most is indexed");
  // What was gathered for the next span is gone with the process.
  store = open(path);
  write(*store, events(random, 30'000, 20'000));
  settle(*store);
  EXPECT_EQ(
      number("SELECT count(*) FROM blocks WHERE n < (SELECT max(last_n) FROM block_spans) AND "
             "NOT EXISTS (SELECT 1 FROM block_spans WHERE n BETWEEN first_n AND last_n)"),
      0)
      << "no gap stays";
  expect_the_same(*store, "opened again");
}

TEST_F(BlockUsersTest, FindsAllInAStoreThatWasThereBefore) {
  auto store = open(path);
  write(*store, events(random, 0, 30'000));
  settle(*store);
  const std::int64_t before = spans();
  {
    const auto db = SqliteDatabase::open(path, SqliteDatabase::Mode::write, 100ms);
    ASSERT_TRUE(db->execute("DELETE FROM block_spans"));
  }
  EXPECT_EQ(number("SELECT count(*) FROM block_users"), 0) << "goes with its spans";
  expect_the_same(*store, "as of an older version");
  settle(*store);
  EXPECT_GE(spans(), before);
  expect_the_same(*store, "caught up");
}

TEST_F(BlockUsersTest, FollowsBlocksThatLeaveAndThatAreRewritten) {
  const auto store = open(path, 1h);
  write(*store, events(random, 0, 40'000));
  settle(*store);
  const auto erased = erase_person_events(path, PersonNames({"user7@corp.example"}), Vacuum::free);
  ASSERT_TRUE(erased);
  expect_the_same(*store, "somebody is erased");
  settle(*store);
  expect_the_same(*store, "and indexed again");
  settle(*store, kBegin + 100min);
  expect_the_same(*store, "the oldest left");
  settle(*store, kBegin + 100h);
  EXPECT_EQ(spans(), 0);
  // Numbers of blocks that left are given out again.
  write(*store, events(random, 50'000, 20'000));
  expect_the_same(*store, "numbers come again");
  settle(*store, kBegin + 90min);
  expect_the_same(*store, "and are indexed");
}

}  // namespace
}  // namespace sallyport::discovery
