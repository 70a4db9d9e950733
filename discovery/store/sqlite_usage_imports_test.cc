#include "discovery/store/sqlite_usage_imports.h"

#include <gtest/gtest.h>
#include <map>
#include <sys/wait.h>
#include <unistd.h>

#include "discovery/events/samples_for_tests.h"
#include "discovery/store/sqlite_person_usage.h"
#include "discovery/store/sqlite_store.h"

namespace sallyport::discovery {
namespace {

using samples::TempDirectory;
using namespace std::chrono_literals;
using std::chrono::days;
using std::chrono::sys_days;

constexpr sys_days kDay = std::chrono::year(2026) / 11 / 20;
constexpr Time kNow = Time((kDay + days(5)).time_since_epoch());

CountedUse use_of(const char* user, const char* app, std::uint64_t sent, int day = 0) {
  CountedUse use;
  use.day = kDay + days(day);
  use.minute = use.last = 600;
  use.service = app;
  use.user = user;
  use.address = IpAddress::v4(0x0a000001);
  use.counts = {.transactions = 1, .sent = sent};
  return use;
}

ImportedFile file_of(const char* digest) {
  return {.digest = digest,
          .beginning = "b",
          .packing = "plain",
          .format = "squid",
          .bytes = 100,
          .lines = 12,
          .records = 10,
          .aside = 1,
          .bad = 1,
          .left_out = 2,
          .first = kNow - 48h,
          .last = kNow - 24h};
}

class UsageImports : public testing::Test {
 protected:
  std::unique_ptr<SqliteUsageImports> open() {
    auto opened = SqliteUsageImports::open({.path = path_, .lock = directory_ / "imports.lock"});
    if (!opened) ADD_FAILURE() << describe(opened.error());
    return opened ? std::move(*opened) : nullptr;
  }

  // A whole import of these.
  UsageSource imported(const std::vector<CountedUse>& uses, const char* digest = "d") {
    const auto imports = open();
    const auto number = imports->begin("ana", "access.log", kNow);
    EXPECT_TRUE(number && imports->add(uses) && imports->finish(file_of(digest), kNow));
    return number.value_or(0);
  }

  // "ana box 7, eva mega 3"; who, what, bytes sent, of all days.
  std::string use(std::optional<UsageSource> source = {}, UsageExtent* extent = nullptr,
                  UsageFamily family = UsageFamily::who) {
    auto store = SqliteStore::open_for_reading(path_);
    if (!store) return describe(store.error());
    std::map<std::pair<std::string, std::string>, std::uint64_t> sums;
    const UsageQuestion question{
        .since = kDay - days(1000), .until = kDay + days(1000), .family = family, .source = source};
    const auto read = (*store)->read_usage(
        question, [&](UsagePeriod, const UsageEntry& entry, const UsageNames& names) {
          const std::string who = family == UsageFamily::hour ? std::to_string(entry.who.user)
                                                              : names[entry.who.user].name;
          sums[{who, names[entry.service].name}] += entry.counts.sent;
        });
    if (!read) return read.error().detail;
    if (extent != nullptr) *extent = *read;
    std::string text;
    for (const auto& [key, sent] : sums) {
      text +=
          (text.empty() ? "" : ", ") + key.first + " " + key.second + " " + std::to_string(sent);
    }
    return text;
  }

  void see(int n) {
    auto store = SqliteStore::open({.path = path_});
    ASSERT_TRUE(store);
    Event event = samples::allowed(n);
    event.bytes_in = 5;
    ASSERT_TRUE((*store)->write(std::span(&event, 1)));
    while (*(*store)->retain(kNow)) {
    }
  }

  const TempDirectory directory_;
  const std::string path_ = directory_ / "activities.sqlite";
};

TEST_F(UsageImports, CountBesideWhatWasSeenLiveAndAreToldApart) {
  see(1);
  const UsageSource one = imported({use_of("eva", "box", 7), use_of("eva", "box", 1, 1)}, "1");
  const UsageSource two = imported({use_of("ben", "mega", 3)}, "2");
  EXPECT_EQ(use(), "ana dropbox 5, ben mega 3, eva box 8");
  EXPECT_EQ(use(kSeenLive), "ana dropbox 5");
  UsageExtent extent;
  EXPECT_EQ(use(one, &extent), "eva box 8");
  EXPECT_EQ(extent.imports, 1u);
  EXPECT_EQ(extent.first_day, kDay);
  EXPECT_EQ(extent.last_day, kDay + days(1));
  EXPECT_EQ(use(two), "ben mega 3");
  EXPECT_EQ(use(one, nullptr, UsageFamily::hour), "10 box 8");
  EXPECT_EQ(use(99), "there is no import 99: see sallyport discover imports");
}

TEST_F(UsageImports, SayWhereTheyCameFrom) {
  imported({use_of("eva", "box", 7)});
  const auto list = open()->list();
  ASSERT_TRUE(list);
  ASSERT_EQ(list->size(), 1u);
  const UsageImport& one = list->front();
  EXPECT_EQ(one.state, ImportState::in_force);
  EXPECT_EQ(one.who, "ana");
  EXPECT_EQ(one.name, "access.log");
  EXPECT_EQ(one.begun, kNow);
  EXPECT_EQ(one.file.digest, "d");
  EXPECT_EQ(one.file.format, "squid");
  EXPECT_EQ(one.file.lines, 12u);
  EXPECT_EQ(one.file.records, 10u);
  EXPECT_EQ(one.file.bad, 1u);
  EXPECT_EQ(one.file.left_out, 2u);
  EXPECT_EQ(one.file.last, kNow - 24h);
}

TEST_F(UsageImports, CountForNothingBeforeTheyAreFinished) {
  {
    const auto imports = open();
    const auto number = imports->begin("ana", "half.log", kNow);
    ASSERT_TRUE(number);
    ASSERT_TRUE(imports->add(std::vector{use_of("eva", "box", 7)}));
    EXPECT_EQ(use(), "");
    EXPECT_EQ(use(*number), "there is no import 1: see sallyport discover imports");
    // As if the process had ended here.
  }
  EXPECT_EQ(use(), "");
  const auto imports = open();
  EXPECT_EQ(imports->clean(), 1u);
  EXPECT_EQ(imports->list()->size(), 0u);
  EXPECT_EQ(imports->clean(), 0u);
  // Its number is not given out again.
  EXPECT_EQ(imports->begin("ana", "next.log", kNow), 2);
}

TEST_F(UsageImports, LeaveNothingWhereTheyAreGivenUp) {
  const auto imports = open();
  ASSERT_TRUE(imports->begin("ana", "bad.log", kNow));
  ASSERT_TRUE(imports->add(std::vector{use_of("eva", "box", 7)}));
  ASSERT_TRUE(imports->give_up());
  EXPECT_EQ(imports->list()->size(), 0u);
  EXPECT_EQ(use(), "");
  auto db = SqliteDatabase::open(path_, SqliteDatabase::Mode::read, 0ms);
  ASSERT_TRUE(db);
  EXPECT_EQ(db->integer("SELECT count(*) FROM usage_chunks"), 0);
}

TEST_F(UsageImports, AreTakenBackAsAWhole) {
  see(1);
  const UsageSource one = imported({use_of("eva", "box", 7), use_of("ana", "dropbox", 7)}, "1");
  imported({use_of("ben", "mega", 3)}, "2");
  {
    const auto imports = open();
    EXPECT_EQ(imports->remove(one, "eva", kNow), true);
    EXPECT_EQ(imports->remove(one, "eva", kNow), false);
    EXPECT_EQ(imports->remove(77, "eva", kNow), false);
    const auto list = imports->list();
    ASSERT_TRUE(list);
    EXPECT_EQ(list->front().state, ImportState::removed);
    EXPECT_EQ(list->front().removed_by, "eva");
  }
  EXPECT_EQ(use(), "ana dropbox 5, ben mega 3");
}

TEST_F(UsageImports, ManyBatchesOfADayAreOneSum) {
  std::vector<std::string> users;
  for (int i = 0; i < 50; ++i) users.push_back("user" + std::to_string(i));
  {
    const auto imports = open();
    ASSERT_TRUE(imports->begin("ana", "big.log", kNow));
    for (int batch = 0; batch < 40; ++batch) {
      std::vector<CountedUse> uses;
      for (const std::string& user : users) {
        uses.push_back(use_of(user.c_str(), "box", 1, batch % 2));
      }
      ASSERT_TRUE(imports->add(uses));
    }
    ASSERT_TRUE(imports->finish(file_of("d"), kNow));
  }
  const std::string text = use();
  EXPECT_EQ(std::ranges::count(text, ','), 49);
  EXPECT_TRUE(text.starts_with("user0 box 40, user1 box 40,")) << text;
  // Of each of two days one chunk for each family.
  auto db = SqliteDatabase::open(path_, SqliteDatabase::Mode::read, 0ms);
  ASSERT_TRUE(db);
  EXPECT_EQ(db->integer("SELECT count(*) FROM usage_chunks"), 4);
}

TEST_F(UsageImports, LookNamesUpAgainWhereAnotherProcessDeletedThemMeanwhile) {
  {
    const auto imports = open();
    ASSERT_TRUE(imports->begin("ana", "access.log", kNow));
    ASSERT_TRUE(imports->add(std::vector{use_of("ana", "box", 7), use_of("ana", "mega", 1)}));
    const auto db = SqliteDatabase::open(path_, SqliteDatabase::Mode::write, 2s);
    ASSERT_TRUE(db && db->execute("DELETE FROM usage_names WHERE name = 'box'"));
    ASSERT_TRUE(imports->add(std::vector{use_of("ana", "box", 5)}));
    ASSERT_TRUE(imports->finish(file_of("d"), kNow));
  }
  EXPECT_NE(use().find("ana box 5"), std::string::npos) << use();
}

TEST_F(UsageImports, KeepTheirSourceWhenMonthsArePutTogether) {
  const UsageSource one = imported({use_of("eva", "box", 7), use_of("eva", "box", 1, 1)}, "1");
  const UsageSource two = imported({use_of("eva", "box", 2)}, "2");
  auto store = SqliteStore::open({.path = path_, .max_age = 0h, .usage_days = 24h});
  ASSERT_TRUE(store);
  Event event = samples::allowed(1);
  event.start = Time(kDay.time_since_epoch());
  event.bytes_in = 5;
  ASSERT_TRUE((*store)->write(std::span(&event, 1)));
  while (*(*store)->retain(Time((kDay + days(100)).time_since_epoch()))) {
  }
  EXPECT_EQ(use(), "ana dropbox 5, eva box 10");
  EXPECT_EQ(use(one), "eva box 8");
  EXPECT_EQ(use(two), "eva box 2");
  EXPECT_EQ(use(kSeenLive), "ana dropbox 5");
  auto db = SqliteDatabase::open(path_, SqliteDatabase::Mode::read, 0ms);
  EXPECT_EQ(db->integer("SELECT count(*) FROM usage_chunks WHERE days = 1"), 0);
}

TEST_F(UsageImports, NamesThatLiveUseHasOnOlderDaysStayAsLongAsTheImport) {
  // A gateway that knows a name of an old day, and an import of a newer one in between.
  auto store = SqliteStore::open({.path = path_, .max_age = 0h, .usage_max_age = 24h * 30});
  ASSERT_TRUE(store);
  const auto see_on = [&](int n, int day) {
    Event event = samples::allowed(n);
    event.start = Time((kDay + days(day)).time_since_epoch());
    ASSERT_TRUE((*store)->write(std::span(&event, 1)));
    while (*(*store)->retain(Time(kDay.time_since_epoch()))) {
    }
  };
  see_on(1, 0);
  imported({use_of("ana", "dropbox", 7, 20)});
  see_on(2, 1);
  while (*(*store)->retain(Time((kDay + days(45)).time_since_epoch()))) {
  }
  EXPECT_EQ(use(), "ana dropbox 7");
}

TEST_F(UsageImports, OnlyOneProcessImportsAtATime) {
  const auto first = open();
  const auto second =
      SqliteUsageImports::open({.path = path_, .lock = directory_ / "imports.lock"});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().detail,
            "another process imports into this store; try again when it is done");
}

TEST_F(UsageImports, GoOnBesideAWriterAndHoldNobodyUp) {
  auto store = SqliteStore::open({.path = path_, .busy_timeout = 0ms});
  ASSERT_TRUE(store);
  const auto imports = open();
  ASSERT_TRUE(imports->begin("ana", "access.log", kNow));
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(imports->add(std::vector{use_of("eva", "box", 1)}));
    const Event event = samples::allowed(i);
    // Without any patience for a lock: none is held between two calls.
    ASSERT_TRUE((*store)->write(std::span(&event, 1)));
    ASSERT_TRUE((*store)->retain(kNow));
  }
  ASSERT_TRUE(imports->finish(file_of("d"), kNow));
  EXPECT_EQ(use(1), "eva box 20");
}

TEST_F(UsageImports, KillNineInTheMiddleLeavesNothingOrAll) {
  for (int round = 0; round < 8; ++round) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      auto imports = SqliteUsageImports::open({.path = path_, .lock = directory_ / "imports.lock"});
      bool done = imports && (*imports)->clean() && (*imports)->begin("ana", "a.log", kNow);
      for (int i = 0; done && i < 50; ++i) {
        std::vector<CountedUse> uses;
        for (int app = 0; app < 100; ++app) uses.push_back(use_of("eva", "box", 1, app % 20));
        done = (*imports)->add(uses).has_value();
      }
      if (done) (void)(*imports)->finish(file_of("d"), kNow);
      ::_exit(0);
    }
    ::usleep(static_cast<useconds_t>(15'000 * (round + 1)));
    ::kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    const auto imports = open();
    ASSERT_NE(imports, nullptr);
    ASSERT_TRUE(imports->clean());
    const std::size_t sum = imports->list()->size() * 5000;
    EXPECT_EQ(use(), sum == 0 ? "" : "eva box " + std::to_string(sum)) << round;
  }
}

TEST_F(UsageImports, AreErasedWithThePersonTheyAreOf) {
  imported({use_of("eva", "box", 7), use_of("ben", "box", 1)});
  {
    auto db = SqliteDatabase::open(path_, SqliteDatabase::Mode::write, 0ms);
    ASSERT_TRUE(db);
    const auto erased = erase_person_usage(*db, NameMatch({"eva"}));
    ASSERT_TRUE(erased) << describe(erased.error());
    EXPECT_EQ(*erased, 1u);
  }
  EXPECT_EQ(use().find("eva"), std::string::npos);
  EXPECT_NE(use().find("ben box 1"), std::string::npos);
}

}  // namespace
}  // namespace sallyport::discovery
