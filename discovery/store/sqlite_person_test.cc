// One person out of the store of activities: nothing of them is left in the file, and nothing of
// others is lost.

#include "discovery/store/sqlite_person.h"

#include <atomic>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "base/core/text.h"
#include "discovery/events/samples_for_tests.h"
#include "discovery/store/sqlite_db.h"
#include "discovery/store/sqlite_store.h"

namespace sallyport::discovery {
namespace {

using samples::allowed;
using samples::id_of;
using samples::second;
using samples::TempDirectory;

Event of(int n, std::string user) {
  Event event = allowed(n);
  event.activity.user = std::move(user);
  return event;
}

// A share of ben's, with somebody.
Event share(int n, std::string with) {
  Event event = of(n, "ben");
  policy::Details details;
  details.target_emails = {std::move(with), "zoe@partner.example"};
  std::ranges::sort(details.target_emails);
  event.activity.details = details;
  event.activity.path = "/share/" + details.target_emails.front();
  return event;
}

std::string bytes_of(const std::string& path) {
  std::string all;
  for (const char* end : {"", "-wal"}) {
    std::ifstream in(path + end, std::ios::binary);
    all.append(std::istreambuf_iterator<char>(in), {});
  }
  return all;
}

class SqlitePerson : public ::testing::Test {
 protected:
  SqlitePerson() : path_(directory_ / "e.db") { open(); }

  void open() {
    store_.reset();
    auto store = SqliteStore::open({.path = path_});
    ASSERT_TRUE(store) << describe(store.error());
    store_ = std::move(*store);
  }
  void write(const std::vector<Event>& events) { ASSERT_TRUE(store_->write(events)); }

  // Users of what is left, oldest first.
  std::string users() {
    std::string text;
    const auto rows = store_->query({.order = Order::oldest_first, .limit = kMaxRows});
    EXPECT_TRUE(rows);
    for (const Row& row : *rows) text += (text.empty() ? "" : " ") + row.user;
    return text;
  }

  std::string first_block() {
    const auto db =
        SqliteDatabase::open(path_, SqliteDatabase::Mode::read, std::chrono::seconds(2));
    EXPECT_TRUE(db);
    return db->text("SELECT data FROM block_events ORDER BY n").value_or("");
  }

  ErasedEvents erase(std::vector<std::string> names, Vacuum vacuum = Vacuum::free) {
    const auto erased = erase_person_events(path_, PersonNames(std::move(names)), vacuum);
    EXPECT_TRUE(erased) << describe(erased.error());
    return erased.value_or(ErasedEvents());
  }

  TempDirectory directory_;
  std::string path_;
  std::unique_ptr<SqliteStore> store_;
};

TEST_F(SqlitePerson, AllOfTheirEventsAreReadWhateverNameTheyStandUnder) {
  write({of(1, "ana"), of(2, "ben"), of(3, "ANA"), of(4, "corp\\ana"), of(5, "anabel")});
  std::string ids;
  const auto found =
      read_person_events(path_, PersonNames({"ana", "corp\\ana"}), [&](const Event& event) {
        ids += event.id == id_of(1) ? "1 " : event.id == id_of(3) ? "3 " : "4 ";
      });
  ASSERT_TRUE(found);
  EXPECT_EQ(ids, "1 3 4 ");
  EXPECT_EQ(found->events, 3u);
}

TEST_F(SqlitePerson, NothingOfThemIsLeftAndOthersStay) {
  write({of(1, "ana.lopez"), of(2, "ben"), of(3, "ana"), of(4, "Ana"), of(5, "")});
  write({share(6, "ana.lopez@corp.example"), share(7, "bob@partner.example")});
  // Events are compressed: what must go is the bytes that they were.
  const std::string before = first_block();
  ASSERT_GT(before.size(), 100u);
  ASSERT_NE(bytes_of(path_).find(before.substr(50, 40)), std::string::npos);
  const ErasedEvents erased = erase({"ana.lopez", "ana.lopez@corp.example"});
  EXPECT_EQ(erased.events, 1u);
  EXPECT_EQ(erased.mentions, 1u);
  EXPECT_TRUE(erased.scrubbed);
  EXPECT_EQ(users(), "ben ana Ana  ben ben");
  EXPECT_EQ(bytes_of(path_).find(before.substr(50, 40)), std::string::npos);
  EXPECT_EQ(bytes_of(path_).find("ana.lopez"), std::string::npos);
  const auto record = store_->find_record(id_of(6));
  ASSERT_TRUE(record && *record);
  EXPECT_NE((*record)->find("(erased)"), std::string::npos);
  EXPECT_NE((*record)->find("zoe@partner.example"), std::string::npos);
  EXPECT_FALSE(*store_->find_record(id_of(1)));
  // The rest is found as before, also by what the filters of blocks say.
  EXPECT_EQ(store_->query({.user = "ben"})->size(), 3u);
  EXPECT_EQ(store_->query({.user = "ana.lopez"})->size(), 0u);
  EXPECT_EQ(store_->totals()->events, 6u);
  // And again, there is nothing to do.
  EXPECT_EQ(erase({"ana.lopez", "ana.lopez@corp.example"}).events, 0u);
}

// Counts of use by user, and what of them names no user's address.
struct Use {
  std::map<std::string, std::uint64_t> transactions;
  std::uint64_t addressed = 0;  // counts with an address
  bool operator==(const Use&) const = default;
};

Use use_in(SqliteStore& store) {
  Use use;
  const auto each = [&](const UsagePeriod&, const UsageEntry& entry, const UsageNames& names) {
    use.transactions[names[entry.who.user].name] += entry.counts.transactions;
    use.addressed += entry.who.address != IpAddress();
  };
  const UsageQuestion always{.since = std::chrono::sys_days(),
                             .until = std::chrono::sys_days(std::chrono::days(1'000'000))};
  EXPECT_TRUE(store.read_usage(always, each));
  return use;
}

TEST_F(SqlitePerson, UseThatWasCountedStaysWithoutNameAndAddress) {
  write({of(1, "ana.lopez"), of(2, "ben"), of(3, "ana.lopez")});
  ASSERT_TRUE(store_->retain(second(100)));  // It counts what waits.
  write({of(4, "ana.lopez"), of(5, "ben")});
  ASSERT_TRUE(store_->retain(second(200)));
  const Use before = use_in(*store_);
  EXPECT_EQ(before.transactions.at("ana.lopez"), 3u);
  EXPECT_EQ(read_person_events(path_, PersonNames({"ana.lopez"}), {})->uses, 2u);

  EXPECT_EQ(erase({"ana.lopez"}).uses, 2u);
  const Use after = use_in(*store_);
  ASSERT_EQ(after.transactions.size(), 2u);
  EXPECT_EQ(after.transactions.begin()->first.substr(0, 8), "(erased ");
  EXPECT_EQ(after.transactions.begin()->second, 3u);
  EXPECT_EQ(after.transactions.at("ben"), before.transactions.at("ben"));
  EXPECT_EQ(after.addressed, before.addressed - 2);
  EXPECT_EQ(bytes_of(path_).find("ana.lopez"), std::string::npos);
  EXPECT_EQ(erase({"ana.lopez"}).uses, 0u);
}

TEST_F(SqlitePerson, WhatWaitsToBeCountedIsCountedWithoutThem) {
  std::vector<Event> events;
  for (int n = 0; n < 3000; ++n) events.push_back(of(n, n % 3 == 0 ? "ana" : "ben"));
  write(events);
  write({of(4000, "ana")});
  erase({"ana"});
  while (use_in(*store_).transactions.empty()) ASSERT_TRUE(store_->retain(second(5000)));
  ASSERT_TRUE(store_->retain(second(6000)));
  EXPECT_EQ(use_in(*store_).transactions, (std::map<std::string, std::uint64_t>{{"ben", 2000}}));
}

TEST_F(SqlitePerson, APlainNameIsLookedForOnlyWhereAccountsStand) {
  Event created = of(1, "admin");
  policy::Details details;
  details.object_kind = "user";
  details.object_name = "upload";
  created.activity.details = details;
  Event other = of(2, "ben");
  other.activity.path = "/upload";
  write({created, other, of(3, "upload")});
  const ErasedEvents erased = erase({"upload"});
  EXPECT_EQ(erased.events, 1u);
  EXPECT_EQ(erased.mentions, 1u);
  const auto rows = store_->query({.user = "ben"});
  ASSERT_TRUE(rows);
  EXPECT_EQ(rows->at(0).path, "/upload");
}

TEST_F(SqlitePerson, BlocksOfNobodyElseGoAsAWhole) {
  std::vector<Event> events;
  for (int n = 0; n < 3000; ++n) events.push_back(of(n, "ana"));
  write(events);
  const ErasedEvents erased = erase({"ana"}, Vacuum::whole);
  EXPECT_EQ(erased.events, 3000u);
  EXPECT_EQ(users(), "");
  EXPECT_EQ(store_->totals()->events, 0u);
  write({of(4000, "ben")});
  EXPECT_EQ(users(), "ben");
}

TEST_F(SqlitePerson, WhereItIsKilledInTheMiddleTheRestIsForTheNextRun) {
  std::vector<Event> events;
  for (int n = 0; n < 3000; ++n) events.push_back(of(n, n % 3 == 0 ? "ana" : "ben"));
  write(events);
  store_.reset();
  for (int round = 1; round <= 6; ++round) {
    const pid_t child = ::fork();
    if (child == 0) {
      (void)erase_person_events(path_, PersonNames({"ana"}), Vacuum::free);
      ::_exit(0);
    }
    ::usleep(static_cast<unsigned>(round) * 4'000);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    open();
    // Whatever was done, it is whole: others' events are all there, each once.
    EXPECT_EQ(store_->query({.user = "ben", .limit = kMaxRows})->size(), 2000u);
    store_.reset();
  }
  open();
  erase({"ana"});
  EXPECT_EQ(store_->query({.user = "ana"})->size(), 0u);
  EXPECT_EQ(store_->query({.user = "ben", .limit = kMaxRows})->size(), 2000u);
}

TEST_F(SqlitePerson, AWriterGoesOnMeanwhile) {
  std::vector<Event> events;
  for (int n = 0; n < 3000; ++n) events.push_back(of(n, n % 3 == 0 ? "ana" : "ben"));
  write(events);
  std::thread eraser([&] { erase({"ana"}); });
  for (int n = 3000; n < 3300; n += 3) write({of(n, "ben"), of(n + 1, "ben"), of(n + 2, "ben")});
  eraser.join();
  EXPECT_EQ(store_->query({.user = "ana"})->size(), 0u);
  EXPECT_EQ(store_->query({.user = "ben", .limit = kMaxRows})->size(), 2300u);
}

TEST_F(SqlitePerson, AReaderBesideItSeesEachEventOfOthersOnce) {
  std::vector<Event> events;
  // ana's is the last of every block, so that what is left of one ends earlier.
  for (int n = 0; n < 3000; ++n) events.push_back(of(n, n % 11 == 10 ? "ana" : "ben"));
  write(events);
  const auto expected = std::ranges::count_if(
      events, [](const Event& event) { return event.activity.user == "ben"; });
  std::atomic<bool> done{false};
  std::thread eraser([&] {
    erase({"ana"});
    done = true;
  });
  int rounds = 0;
  while (!done || rounds == 0) {
    std::ptrdiff_t seen = 0;
    const auto read = store_->read_past(
        second(0), second(4000), [&](const PastEvent& event) { seen += event.user == "ben"; });
    EXPECT_TRUE(read);
    EXPECT_EQ(seen, expected);
    ++rounds;
  }
  eraser.join();
}

}  // namespace
}  // namespace sallyport::discovery
