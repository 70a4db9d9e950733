// What every Store does, whichever engine keeps the events. A new engine is one line in kEngines.

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <random>

#include "base/core/text.h"
#include "discovery/events/decode.h"
#include "discovery/events/encode.h"
#include "discovery/events/samples_for_tests.h"
#include "discovery/store/event_filter.h"
#include "discovery/store/sqlite_store.h"
#include "policy/activity/pack.h"

namespace sallyport::discovery {
namespace {

using samples::allowed;
using samples::blocked;
using samples::id_of;
using samples::second;

struct Engine {
  std::string_view name;
  // A store in an empty directory, or the one that is there.
  std::unique_ptr<Store> (*open)(const std::string& directory);
};

std::unique_ptr<Store> open_sqlite(const std::string& directory) {
  auto store = SqliteStore::open({.path = directory + "/events.db"});
  if (!store) ADD_FAILURE() << describe(store.error());
  return store ? std::move(*store) : nullptr;
}

policy::Verdict verdict(policy::Action action, const std::string& rule) {
  policy::Verdict made;
  made.action = action;
  made.policy = rule;
  return made;
}

constexpr Engine kEngines[] = {{"sqlite", open_sqlite}};

class StoreConformance : public testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    store = GetParam().open(directory.path());
    ASSERT_NE(store, nullptr);
  }

  void write(const std::vector<Event>& events) {
    const auto written = store->write(events);
    ASSERT_TRUE(written) << describe(written.error());
  }

  // The stream numbers of the rows, "0 2 5": samples count them.
  std::string ask(const Query& query) {
    const auto rows = store->query(query);
    if (!rows) return describe(rows.error());
    std::string out;
    for (const Row& row : *rows) {
      if (!out.empty()) out += ' ';
      out += std::to_string(row.id.bytes[15]);
    }
    return out;
  }

  // Ten events: 0 to 9, the even ones allowed, the odd ones blocked, a second apart.
  void write_ten() {
    std::vector<Event> events;
    for (int n = 0; n < 10; ++n) events.push_back(n % 2 == 0 ? allowed(n) : blocked(n));
    write(events);
  }

  samples::TempDirectory directory;
  std::unique_ptr<Store> store;
};

INSTANTIATE_TEST_SUITE_P(Engines, StoreConformance, testing::ValuesIn(kEngines),
                         [](const auto& engine) { return std::string(engine.param.name); });

TEST_P(StoreConformance, GivesBackWhatItWasGiven) {
  write({blocked(3)});
  const auto rows = store->query({});
  ASSERT_TRUE(rows);
  Row expected;
  expected.id = id_of(3);
  expected.time = second(3);
  expected.user = "bob";
  expected.client = *IpAddress::parse("198.51.100.9");
  expected.app_id = "dropbox";
  expected.app_name = "Dropbox";
  expected.host = "www.dropbox.com";
  expected.method = "POST";
  expected.path = "/upload";
  expected.type = policy::ActivityType::upload;
  expected.action = policy::Action::block;
  expected.policy = "no personal storage";
  expected.status = 403;
  expected.bytes_in = 512;
  expected.ending = Ending::blocked;
  expected.duration_us = 1500;
  EXPECT_EQ(*rows, std::vector<Row>{expected});
}

TEST_P(StoreConformance, KeepsAnEventOfWhichLittleIsKnown) {
  Event event;
  event.id = id_of(1);
  event.start = second(1);
  event.kind = EventKind::connection;
  event.ending = Ending::refused;
  event.activity.client.address = *IpAddress::parse("2001:db8::7");
  write({event});
  const auto rows = store->query({.user = ""});
  ASSERT_TRUE(rows);
  Row expected;
  expected.id = id_of(1);
  expected.time = second(1);
  expected.kind = EventKind::connection;
  expected.ending = Ending::refused;
  expected.client = *IpAddress::parse("2001:db8::7");
  EXPECT_EQ(*rows, std::vector<Row>{expected});
}

TEST_P(StoreConformance, KeepsTheWholeRecord) {
  write({blocked(3)});
  std::string record;
  append_json(record, blocked(3));
  const auto found = store->find_record(id_of(3));
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, record);
  const auto missing = store->find_record(id_of(4));
  ASSERT_TRUE(missing);
  EXPECT_EQ(*missing, std::nullopt);
}

TEST_P(StoreConformance, WritesAnEventOnceHoweverOftenItComes) {
  write({allowed(1), blocked(2), allowed(1)});
  write({blocked(2), allowed(3)});
  EXPECT_EQ(ask({}), "3 2 1");
  EXPECT_EQ(store->totals()->events, 3u);
  EXPECT_EQ(store->totals()->activities, 3u);
}

TEST_P(StoreConformance, IsEmptyAtFirst) {
  EXPECT_EQ(ask({}), "");
  const auto totals = store->totals();
  ASSERT_TRUE(totals);
  EXPECT_EQ(totals->events, 0u);
  EXPECT_EQ(totals->oldest, std::nullopt);
  EXPECT_TRUE(store->write({}));
}

TEST_P(StoreConformance, KeepsEventsAcrossARestart) {
  write_ten();
  store.reset();
  store = GetParam().open(directory.path());
  EXPECT_EQ(ask({}), "9 8 7 6 5 4 3 2 1 0");
  EXPECT_EQ(store->totals()->oldest, second(0));
  EXPECT_EQ(store->totals()->newest, second(9));
}

TEST_P(StoreConformance, ShowsNewestOrOldestFirst) {
  write_ten();
  EXPECT_EQ(ask({.limit = 3}), "9 8 7");
  EXPECT_EQ(ask({.order = Order::oldest_first, .limit = 3}), "0 1 2");
}

TEST_P(StoreConformance, GoesOnBehindAnId) {
  write_ten();
  EXPECT_EQ(ask({.after = id_of(7), .limit = 3}), "6 5 4");
  EXPECT_EQ(ask({.after = id_of(7), .order = Order::oldest_first}), "8 9");
  EXPECT_EQ(ask({.after = id_of(0)}), "");
}

TEST_P(StoreConformance, FindsByUser) {
  write_ten();
  EXPECT_EQ(ask({.user = "bob"}), "9 7 5 3 1");
  EXPECT_EQ(ask({.user = "BOB"}), "9 7 5 3 1");
  EXPECT_EQ(ask({.user = "bo"}), "");
  EXPECT_EQ(ask({.user = ""}), "");
}

TEST_P(StoreConformance, FindsByAppIdOrName) {
  write_ten();
  Event teams = allowed(10);
  teams.activity.app = policy::AppFacts{"teams", "Microsoft Teams", "chat", {}};
  Event none = allowed(11);
  none.activity.app.reset();
  write({teams, none});
  EXPECT_EQ(ask({.app = "teams"}), "10");
  EXPECT_EQ(ask({.app = "microsoft TEAMS"}), "10");
  EXPECT_EQ(ask({.app = "Dropbox", .limit = 2}), "9 8");
  EXPECT_EQ(ask({.app = "box"}), "");
}

TEST_P(StoreConformance, FindsByAddressAndPrefix) {
  int n = 0;
  for (const char* address : {"192.0.2.0", "192.0.2.255", "192.0.3.0", "10.0.0.1", "2001:db8::1",
                              "2001:db8:ffff::1", "2001:db9::1", "::1"}) {
    Event event = allowed(n++);
    event.activity.client.address = *IpAddress::parse(address);
    write({event});
  }
  const auto from = [&](std::string_view prefix) {
    return ask({.client = *IpPrefix::parse(prefix), .order = Order::oldest_first});
  };
  EXPECT_EQ(from("192.0.2.255"), "1");
  EXPECT_EQ(from("192.0.2.0/24"), "0 1");
  EXPECT_EQ(from("192.0.2.77/24"), "0 1");
  EXPECT_EQ(from("192.0.2.0/23"), "0 1 2");
  EXPECT_EQ(from("0.0.0.0/0"), "0 1 2 3");
  EXPECT_EQ(from("2001:db8::/32"), "4 5");
  EXPECT_EQ(from("2001:db8::1"), "4");
  EXPECT_EQ(from("::/0"), "4 5 6 7");
}

TEST_P(StoreConformance, FindsByHostAndBelow) {
  int n = 0;
  for (const char* host :
       {"example.com", "a.example.com", "b.a.example.com", "badexample.com", "x_y"}) {
    Event event = allowed(n++);
    event.activity.host = host;
    write({event});
  }
  EXPECT_EQ(ask({.host = "Example.COM"}), "0");
  EXPECT_EQ(ask({.host = "*.Example.com"}), "2 1 0");
  EXPECT_EQ(ask({.host = "*.a.example.com"}), "2 1");
  EXPECT_EQ(ask({.host = "%"}), "");
  EXPECT_EQ(ask({.host = "x%"}), "");
}

TEST_P(StoreConformance, FindsByWhatWasDoneAndDecided) {
  write_ten();
  EXPECT_EQ(ask({.action = policy::Action::block}), "9 7 5 3 1");
  EXPECT_EQ(ask({.action = policy::Action::allow}), "8 6 4 2 0");
  EXPECT_EQ(ask({.action = policy::Action::bypass}), "");
  EXPECT_EQ(ask({.type = policy::ActivityType::upload}), "9 7 5 3 1");
  EXPECT_EQ(ask({.ending = Ending::completed}), "8 6 4 2 0");
  EXPECT_EQ(ask({.kind = EventKind::tunnel}), "");
  EXPECT_EQ(ask({.policy = "No Personal Storage", .limit = 1}), "9");
  EXPECT_EQ(ask({.policy = "no personal"}), "");
}

TEST_P(StoreConformance, FindsByOneActivityOfABatch) {
  Event batch = allowed(1);
  batch.activities = {{policy::ActivityType::view, verdict(policy::Action::allow, "")},
                      {policy::ActivityType::share, verdict(policy::Action::block, "no sharing")},
                      {policy::ActivityType::delete_, verdict(policy::Action::monitor, "")}};
  write({batch, allowed(2)});
  EXPECT_EQ(ask({.action = policy::Action::block}), "1");
  EXPECT_EQ(ask({.action = policy::Action::monitor}), "1");
  EXPECT_EQ(ask({.policy = "no sharing"}), "1");
  EXPECT_EQ(ask({.type = policy::ActivityType::share}), "1");
  EXPECT_EQ(ask({.type = policy::ActivityType::delete_}), "1");
  EXPECT_EQ(ask({.type = policy::ActivityType::view}), "2 1");
  EXPECT_EQ(store->totals()->activities, 4u);
}

TEST_P(StoreConformance, FindsByTime) {
  write_ten();
  EXPECT_EQ(ask({.since = second(7)}), "9 8 7");
  EXPECT_EQ(ask({.until = second(2)}), "1 0");
  EXPECT_EQ(ask({.since = second(3), .until = second(6)}), "5 4 3");
  EXPECT_EQ(ask({.since = second(6), .until = second(3)}), "");
  EXPECT_EQ(ask({.since = Time(), .limit = 1}), "9");
}

TEST_P(StoreConformance, TellsStartFromRecording) {
  Event late = allowed(5);  // A tunnel that began long before it was recorded.
  late.start = second(-3600);
  write({allowed(1), late, allowed(7)});
  EXPECT_EQ(ask({.until = second(0)}), "5");
  EXPECT_EQ(ask({.since = second(0)}), "7 1");
  EXPECT_EQ(ask({.since = second(-3600), .until = second(-3599)}), "5");
  EXPECT_EQ(ask({.order = Order::oldest_first}), "1 5 7");
}

TEST_P(StoreConformance, WantsEveryConditionToHold) {
  write_ten();
  EXPECT_EQ(ask({.app = "dropbox",
                 .user = "bob",
                 .client = *IpPrefix::parse("198.51.100.0/24"),
                 .host = "*.dropbox.com",
                 .policy = "no personal storage",
                 .action = policy::Action::block,
                 .type = policy::ActivityType::upload,
                 .ending = Ending::blocked,
                 .kind = EventKind::exchange,
                 .since = second(2),
                 .until = second(8),
                 .after = id_of(3),
                 .order = Order::oldest_first,
                 .limit = 10}),
            "5 7");
  EXPECT_EQ(ask({.user = "ana", .action = policy::Action::block}), "");
}

TEST_P(StoreConformance, TakesTextsAsTextsOnly) {
  write_ten();
  for (const std::string text :
       {"' OR 1=1 --", "\"", "%", "_", "*", "bob'; DROP TABLE events; --"}) {
    EXPECT_EQ(ask({.user = text}), "") << text;
    EXPECT_EQ(ask({.app = text}), "") << text;
    EXPECT_EQ(ask({.host = text}), "") << text;
    EXPECT_EQ(ask({.policy = text}), "") << text;
  }
  Event hostile = allowed(11);
  hostile.activity.user = std::string("o'brien\0\x1b", 9);
  hostile.activity.path = "/\xff'); DROP TABLE events; --";
  write({hostile});
  const auto rows = store->query({.user = hostile.activity.user});
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 1u);
  EXPECT_EQ((*rows)[0].user, hostile.activity.user);
  EXPECT_EQ((*rows)[0].path, hostile.activity.path);
  EXPECT_EQ(store->totals()->events, 11u);
}

TEST_P(StoreConformance, BoundsTheNumberOfRows) {
  std::vector<Event> events;
  for (int n = 0; n < 150; ++n) events.push_back(allowed(n));
  write(events);
  EXPECT_EQ(store->query({})->size(), kDefaultRows);
  EXPECT_EQ(store->query({.limit = 0})->size(), 1u);
  EXPECT_EQ(store->query({.limit = SIZE_MAX})->size(), 150u);
}

std::string packed(const Event& event) {
  std::string out;
  policy::pack(event.activity, out);
  return out;
}

TEST_P(StoreConformance, KeepsTheFacts) {
  write({blocked(3)});
  const auto found = store->find_facts(id_of(3));
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, packed(blocked(3)));
  const auto missing = store->find_facts(id_of(4));
  ASSERT_TRUE(missing);
  EXPECT_EQ(*missing, std::nullopt);
}

TEST_P(StoreConformance, TellsOfThePastWhatReplayAsks) {
  Event tunnel = allowed(2);
  tunnel.kind = EventKind::tunnel;
  tunnel.ending = Ending::timed_out;
  tunnel.verdict.action = policy::Action::bypass;
  tunnel.activity.user.reset();
  tunnel.activity.app.reset();
  write({allowed(0), blocked(1), tunnel});
  std::string seen;
  const auto read = store->read_past(second(0), second(3), [&](const PastEvent& event) {
    EXPECT_EQ(event.id, id_of(event.id.bytes[15]));
    EXPECT_EQ(event.time, second(event.id.bytes[15]));
    const Event written = event.id == id_of(0)   ? allowed(0)
                          : event.id == id_of(1) ? blocked(1)
                                                 : tunnel;
    EXPECT_EQ(event.facts, packed(written));
    seen += std::string(to_string(event.kind)) + " " + std::string(to_string(event.ending)) + " " +
            std::string(to_string(event.action)) + " '" + std::string(event.policy) + "' '" +
            std::string(event.user) + "' '" + std::string(event.app_id) + "'\n";
  });
  ASSERT_TRUE(read) << describe(read.error());
  EXPECT_EQ(seen,
            "exchange completed allow '' 'ana' 'dropbox'\n"
            "exchange blocked block 'no personal storage' 'bob' 'dropbox'\n"
            "tunnel timed_out bypass '' '' ''\n");
}

TEST_P(StoreConformance, ReadsThePastByTime) {
  Event late = allowed(12);  // A tunnel that began long before it was recorded.
  late.start = second(4);
  write({allowed(11)});
  write_ten();
  write({late});
  const auto past = [&](int since, int until) {
    std::string seen;
    EXPECT_TRUE(store->read_past(second(since), second(until), [&](const PastEvent& event) {
      seen += (seen.empty() ? "" : " ") + std::to_string(event.id.bytes[15]);
    }));
    return seen;
  };
  EXPECT_EQ(past(3, 7), "3 4 12 5 6");
  EXPECT_EQ(past(9, 100), "9 11");
  EXPECT_EQ(past(4, 4), "");
  EXPECT_EQ(past(7, 3), "");
}

TEST_P(StoreConformance, ReadsAPastOfManyThousands) {
  std::vector<Event> events;
  for (int n = 0; n < 9000; ++n) events.push_back(allowed(n));
  write(events);
  int next = 0;
  ASSERT_TRUE(store->read_past(second(0), second(9000), [&](const PastEvent& event) {
    EXPECT_EQ(event.time, second(next++));
  }));
  EXPECT_EQ(next, 9000);
}

TEST_P(StoreConformance, CutsThePastIntoPiecesThatHoldEachEventOnce) {
  EXPECT_EQ(*store->slices(second(0), second(100), 4), std::vector<Slice>{});
  std::vector<Event> events;
  for (int n = 0; n < 200; ++n) {
    events.push_back(allowed(n));
    events.back().start = second(n - n % 7);  // Many of one moment, and some out of order.
    if (n % 10 == 9) {
      write(events);
      events.clear();
    }
  }
  const Time since = second(20);
  const Time until = second(170);
  const auto slices = store->slices(since, until, 25);
  ASSERT_TRUE(slices);
  EXPECT_GT(slices->size(), 3u);
  EXPECT_LT(slices->size(), 12u);
  EXPECT_EQ(slices->front().since, since);
  EXPECT_EQ(slices->back().until, until);
  std::map<Ulid, int> seen;
  std::uint64_t told = 0;
  for (std::size_t i = 0; i < slices->size(); ++i) {
    const Slice& slice = (*slices)[i];
    EXPECT_LT(slice.since, slice.until);
    if (i > 0) {
      EXPECT_EQ(slice.since, (*slices)[i - 1].until);
    }
    told += slice.events;
    ASSERT_TRUE(store->read_past(slice.since, slice.until,
                                 [&](const PastEvent& event) { ++seen[event.id]; }));
  }
  std::size_t expected = 0;
  for (int n = 0; n < 200; ++n) {
    const Time start = second(n - n % 7);
    if (start >= since && start < until) {
      ++expected;
      EXPECT_EQ(seen[id_of(n)], 1) << n;
    }
  }
  EXPECT_EQ(seen.size(), expected);
  EXPECT_NEAR(static_cast<double>(told), static_cast<double>(expected), 30);
}

// Events as busy gateways make them, in batches whose ids and starts overlap, some of which began
// hours before. Whatever is asked and however it is paged, the answer is that of looking at each.
TEST_P(StoreConformance, AnswersAsIfItHadLookedAtEachEvent) {
  std::mt19937 random(20261126);
  const auto pick = [&](int below) { return static_cast<int>(random() % below); };
  std::vector<Event> all;
  for (int batch = 0; batch < 40; ++batch) {
    std::vector<Event> events;
    const int count = 1 + pick(80);
    for (int i = 0; i < count; ++i) {
      Event event = pick(4) == 0 ? blocked(0) : allowed(0);
      // Recorded about now; ids are made then, or where it began.
      const std::int64_t began_ms = second(batch).time_since_epoch().count() / 1000 -
                                    (pick(20) == 0 ? pick(7'000'000) : pick(900));
      event.start = Time(std::chrono::milliseconds(began_ms));
      event.id = id_of(batch);
      if (pick(2) == 0) {
        const Ulid began = [&] {
          Ulid id;
          for (int at = 0; at < 6; ++at)
            id.bytes[at] = static_cast<std::uint8_t>(began_ms >> (40 - 8 * at));
          return id;
        }();
        event.id = began;
      }
      for (int at = 6; at < 16; ++at) event.id.bytes[at] = static_cast<std::uint8_t>(pick(256));
      event.activity.user = pick(10) == 0
                                ? std::optional<std::string>()
                                : std::optional<std::string>("User" + std::to_string(pick(30)));
      event.activity.host =
          "h" + std::to_string(pick(40)) + (pick(2) == 0 ? ".a.example.com" : ".example.org");
      event.activity.client.address =
          pick(3) == 0 ? *IpAddress::parse("2001:db8::" + std::to_string(pick(100)))
                       : IpAddress::v4(0x0a000000u + static_cast<std::uint32_t>(pick(5000)));
      if (pick(3) == 0) event.activity.app.reset();
      if (pick(3) == 0) event.verdict.policy = "Policy " + std::to_string(pick(5));
      event.kind = static_cast<EventKind>(pick(3));
      event.ending = static_cast<Ending>(pick(7));
      events.push_back(std::move(event));
    }
    write(events);
    all.insert(all.end(), events.begin(), events.end());
  }
  for (int round = 0; round < 100; ++round) {
    Query query;
    if (pick(3) == 0) query.user = pick(8) == 0 ? "" : "uSER" + std::to_string(pick(32));
    if (pick(5) == 0)
      query.host = pick(2) == 0 ? "*.EXAMPLE.com" : "h" + std::to_string(pick(40)) + ".example.org";
    if (pick(5) == 0) {
      query.client =
          pick(3) == 0
              ? IpPrefix{*IpAddress::parse("2001:db8::"), 32 + pick(97)}
              : IpPrefix{IpAddress::v4(0x0a000000u + static_cast<std::uint32_t>(pick(5000))),
                         4 + pick(29)};
    }
    if (pick(6) == 0) query.app = "Dropbox";
    if (pick(6) == 0) query.policy = "policy " + std::to_string(pick(6));
    if (pick(5) == 0) query.action = static_cast<policy::Action>(pick(3));
    if (pick(6) == 0) query.kind = static_cast<EventKind>(pick(3));
    if (pick(6) == 0) query.ending = static_cast<Ending>(pick(7));
    if (pick(3) == 0) query.since = second(pick(70) - (pick(4) == 0 ? 7000 : 5));
    if (pick(3) == 0) query.until = second(pick(70));
    query.order = pick(2) == 0 ? Order::newest_first : Order::oldest_first;
    query.limit = static_cast<std::size_t>(1 + pick(pick(2) == 0 ? 10 : 3000));

    std::vector<Ulid> expected;
    for (const Event& event : all) {
      if (matches(query, {"dropbox"}, event)) expected.push_back(event.id);
    }
    std::sort(expected.begin(), expected.end());
    if (query.order == Order::newest_first) std::reverse(expected.begin(), expected.end());
    std::vector<Ulid> found;
    for (int page = 0; page < 20; ++page) {
      const auto rows = store->query(query);
      ASSERT_TRUE(rows) << describe(rows.error());
      for (const Row& row : *rows) found.push_back(row.id);
      if (rows->size() < query.limit) break;
      query.after = rows->back().id;
    }
    if (found.size() < expected.size())
      expected.resize(std::max<std::size_t>(
          found.size(), std::min<std::size_t>(expected.size(), 20 * query.limit)));
    ASSERT_EQ(found, expected) << round;
  }
  // Of the past, too.
  for (int round = 0; round < 20; ++round) {
    const Time since = second(pick(70) - (pick(2) == 0 ? 7000 : 5));
    const Time until = since + std::chrono::seconds(pick(8000));
    std::vector<Ulid> expected, found;
    for (const Event& event : all) {
      if (event.start >= since && event.start < until) expected.push_back(event.id);
    }
    Time last = since;
    ASSERT_TRUE(store->read_past(since, until, [&](const PastEvent& event) {
      EXPECT_GE(event.time, last);
      last = event.time;
      found.push_back(event.id);
    }));
    std::sort(expected.begin(), expected.end());
    std::sort(found.begin(), found.end());
    ASSERT_EQ(found, expected);
  }
  for (const Event& event : all) {
    const auto record = store->find_record(event.id);
    ASSERT_TRUE(record && *record);
    std::string written;
    append_json(written, event);
    ASSERT_EQ(**record, written);
  }
  const std::uint64_t before = store->totals()->events;
  EXPECT_EQ(before, all.size());
  write(all);  // All at once and again: nothing changes.
  EXPECT_EQ(store->totals()->events, before);
}

}  // namespace
}  // namespace sallyport::discovery
