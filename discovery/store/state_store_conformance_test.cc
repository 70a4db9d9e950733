// What every keeper of state must do.

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "discovery/store/sqlite_state_store.h"

namespace sallyport::discovery {
namespace {

// An engine under test: opens the same state again and again.
struct Engine {
  std::string name;
  std::function<std::unique_ptr<StateStore>(const std::string& folder)> open;
};

std::unique_ptr<StateStore> open_sqlite(const std::string& folder) {
  auto store = SqliteStateStore::open(folder + "/state.sqlite");
  EXPECT_TRUE(store) << describe(store.error());
  return store ? std::move(*store) : nullptr;
}

class StateStoreTest : public ::testing::TestWithParam<Engine> {
 protected:
  StateStoreTest() {
    char name[] = "/tmp/sallyport-state-XXXXXX";
    home_ = ::mkdtemp(name);
    open();
  }
  ~StateStoreTest() override {
    store_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(home_, ignored);
  }
  void open() {
    store_.reset();
    store_ = GetParam().open(home_);
    ASSERT_NE(store_, nullptr);
  }
  static Time at(int second) { return Time(std::chrono::seconds(1'800'000'000 + second)); }
  static StateEntry entry(std::string key, std::string value, int second,
                          std::optional<Time> expires = {}) {
    return {"app_tag", std::move(key), std::move(value), "ana", at(second), expires};
  }
  void put(const StateEntry& one) {
    const Result<void> done = store_->put(std::span(&one, 1));
    ASSERT_TRUE(done) << describe(done.error());
  }
  // "key=value key=value"
  std::string all(int second, std::string_view kind = "app_tag") {
    std::string text;
    auto entries = store_->entries(kind, at(second));
    EXPECT_TRUE(entries);
    for (const StateEntry& one : *entries) {
      text += (text.empty() ? "" : " ") + one.key + "=" + one.value;
    }
    return text;
  }

  std::string home_;
  std::unique_ptr<StateStore> store_;
};

TEST_P(StateStoreTest, KeepsWhatWasSetOverARestart) {
  const StateEntry set = entry("mega/unsanctioned", "add", 1, at(100));
  put(set);
  open();
  const auto entries = store_->entries("app_tag", at(2));
  ASSERT_TRUE(entries);
  EXPECT_EQ(*entries, std::vector<StateEntry>{set});
  EXPECT_EQ(all(2, "address"), "");
}

TEST_P(StateStoreTest, SettingAgainReplacesAndComesLast) {
  put(entry("a", "1", 1));
  put(entry("b", "2", 2));
  put(entry("a", "3", 3));
  EXPECT_EQ(all(4), "b=2 a=3");
}

TEST_P(StateStoreTest, WhatExpiredIsNotThereAndIsForgotten) {
  put(entry("a", "1", 1, at(10)));
  put(entry("b", "2", 1));
  EXPECT_EQ(all(9), "a=1 b=2");
  EXPECT_EQ(all(10), "b=2");
  EXPECT_EQ(store_->expire(at(9)).value_or(99), 0u);
  EXPECT_EQ(store_->expire(at(10)).value_or(99), 1u);
  EXPECT_EQ(all(1), "b=2");
}

TEST_P(StateStoreTest, RemembersWhoDidWhatNewestFirst) {
  put(entry("a", "1", 1));
  ASSERT_TRUE(store_->remove("app_tag", "a", "ben", at(2)));
  ASSERT_TRUE(store_->remove("app_tag", "a", "ben", at(3)));  // It was gone already.
  EXPECT_EQ(all(4), "");
  const auto changes = store_->changes("app_tag", 10);
  ASSERT_TRUE(changes);
  ASSERT_EQ(changes->size(), 2u);
  EXPECT_EQ(changes->at(0), (StateChange{"app_tag", "a", std::nullopt, "ben", at(2)}));
  EXPECT_EQ(changes->at(1), (StateChange{"app_tag", "a", "1", "ana", at(1)}));
  EXPECT_EQ(store_->changes("app_tag", 1)->size(), 1u);
}

TEST_P(StateStoreTest, TakesSeveralAtOnce) {
  const std::vector<StateEntry> several{entry("a", "1", 1), entry("b", "2", 1), entry("a", "3", 1)};
  ASSERT_TRUE(store_->put(several));
  EXPECT_EQ(all(2), "b=2 a=3");
  ASSERT_TRUE(store_->put({}));
}

TEST_P(StateStoreTest, TakesAnyText) {
  const std::string odd("x'\"; DROP TABLE entries; --\n\x01\xff", 29);
  put(entry(odd, odd, 1));
  EXPECT_EQ(all(2), odd + "=" + odd);
}

TEST_P(StateStoreTest, EveryActionIsAnEntryOfTheGovernanceLogInAWholeChain) {
  StateEntry suspended = entry("01", "{\"user\":\"ana\"}", 1, at(100));
  suspended.kind = "suspension";
  StateEntry secret = entry("ana", "{\"secret\":\"s3cr3t\"}", 2);
  secret.kind = "second_factor";
  StateEntry other = entry("x", "y", 3);
  other.kind = "portal_answer";
  const std::vector<StateEntry> all{suspended, secret, other};
  ASSERT_TRUE(store_->put(all));
  put(entry("mega/unsanctioned", "add", 4));
  ASSERT_TRUE(store_->remove("suspension", "01", "ben", at(5)));
  ASSERT_TRUE(store_->remove("suspension", "01", "ben", at(6)));  // It was gone already.
  ASSERT_TRUE(store_->remove("second_factor", "ana", "ben", at(7)));
  ASSERT_TRUE(store_->expire(at(1000)));
  open();
  const auto log = store_->governance(0, 100);
  ASSERT_TRUE(log) << describe(log.error());
  std::string text;
  GovernanceCheck check;
  for (const GovernanceEntry& one : *log) {
    text += std::to_string(one.number) + " " + one.kind + " " + one.key +
            (one.taken_back ? " taken back" : "") + " by " + one.who + ": " + one.value + "\n";
    check.take(one);
  }
  check.finish();
  EXPECT_EQ(text,
            "1 suspension 01 by ana: {\"user\":\"ana\"}\n"
            "2 second_factor ana by ana: \n"
            "3 app_tag mega/unsanctioned by ana: add\n"
            "4 suspension 01 taken back by ben: {\"user\":\"ana\"}\n"
            "5 second_factor ana taken back by ben: \n");
  EXPECT_EQ(log->front().until, at(100));
  EXPECT_EQ(log->front().at, at(1));
  EXPECT_EQ(check.fault_count(), 0u);
  EXPECT_EQ(*store_->governance_head(), check.head());
  EXPECT_EQ(store_->governance(3, 1)->front().number, 4u);
}

INSTANTIATE_TEST_SUITE_P(Engines, StateStoreTest, ::testing::Values(Engine{"sqlite", open_sqlite}),
                         [](const auto& engine) { return engine.param.name; });

TEST(SqliteStateStore, RefusesFilesOfOthers) {
  char name[] = "/tmp/sallyport-state-XXXXXX";
  const std::string home = ::mkdtemp(name);
  std::ofstream(home + "/text")
      << "this is no database, but it is long enough to be looked at as one";
  EXPECT_FALSE(SqliteStateStore::open(home + "/text"));
  EXPECT_FALSE(SqliteStateStore::open_for_reading(home + "/nothing"));
  std::filesystem::remove_all(home);
}

}  // namespace
}  // namespace sallyport::discovery
