#include "discovery/foreign/use_reader.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <tuple>

#include "discovery/foreign/use_tally.h"

namespace sallyport::discovery::foreign {
namespace {

using imports::LogAction;
using imports::LogRecord;
using std::chrono::days;
using std::chrono::sys_days;

constexpr sys_days kDay = std::chrono::year(2026) / 11 / 20;

SourcePtr source(const char* name, const std::string& text) {
  return std::make_shared<const Source>(Source{name, text});
}

template <class T>
T made(Checked<T> checked) {
  EXPECT_TRUE(checked) << render(checked.error());
  return checked ? *checked : T();
}

// A world of two apps, a tracker and two people.
class ForeignUse : public testing::Test {
 protected:
  ForeignUse() {
    Diagnostics warnings;
    catalog_ = made(parse_catalog(
        {source("catalog/box/app.yaml",
                "name: Box\nvendor: V\nid: box\ncategory: cloud_storage\ndomains: [box.com]\n"
                "ranges: [198.51.100.128/25]\n"
                "sources: [{kind: observed, date: 2026-11-01}]\n"),
         source(
             "catalog/chat/app.yaml",
             "name: Chat\nvendor: V\nid: chat\ncategory: cloud_storage\ndomains: [box.com/chat]\n"
             "sources: [{kind: observed, date: 2026-11-01}]\n")},
        warnings));
    noise_ = made(parse_noise(source("noise.yaml", "tracker: [demdex.net]\n")));
    suffixes_ = made(load_public_suffixes(""));
    users_ = made(parse_users(source("users.yaml",
                                     "users:\n  - {name: ana, aliases: ['CORP\\ana'], mail: "
                                     "ana@x.example, groups: [finance]}\n"),
                              source("addresses.yaml", "- {address: 192.0.2.9, user: ana}\n"),
                              warnings));
    tags_ = std::make_shared<const IpTags>();
    geo_ = std::make_shared<const Geo>();
  }

  UseWorld world() const {
    return {.catalog = catalog_.get(),
            .noise = noise_.get(),
            .suffixes = suffixes_.get(),
            .users = users_.get(),
            .geo = geo_.get(),
            .tags = tags_.get()};
  }

  static LogRecord record() {
    LogRecord record;
    record.time = Time(kDay.time_since_epoch()) + std::chrono::hours(10);
    record.client = IpAddress::v4(0xc0000201);
    record.host = "www.box.com";
    record.user = "ana";
    record.bytes_up = 3;
    record.bytes_down = 4;
    return record;
  }

  // "app box, ana from 192.0.2.1: 1 transactions 3/4, 0 blocked"
  std::string read(const LogRecord& record, bool by_address = false) {
    UseWorld world = this->world();
    world.users_by_address = by_address;
    UseReader reader(world, {kDay - days(10), kDay + days(1)});
    const auto use = reader.read(record);
    if (!use) return reader.left_out() > 0 ? "left out" : "nothing";
    static constexpr const char* kKinds[] = {"app", "domain", "noise", "unnamed"};
    std::string text = kKinds[static_cast<int>(use->kind)];
    text += " " + std::string(use->service) + ", " + std::string(use->user) + " from " +
            use->address.to_string() + ": " + std::to_string(use->counts.transactions) +
            " transactions " + std::to_string(use->counts.sent) + "/" +
            std::to_string(use->counts.received) + ", " + std::to_string(use->counts.blocked) +
            " blocked";
    if (reader.odd_users() > 0) text += ", odd";
    return text;
  }

  std::shared_ptr<const Catalog> catalog_;
  std::shared_ptr<const NoiseHosts> noise_;
  std::shared_ptr<const PublicSuffixes> suffixes_;
  std::shared_ptr<const Users> users_;
  std::shared_ptr<const IpTags> tags_;
  std::shared_ptr<const Geo> geo_;
};

TEST_F(ForeignUse, IsOfTheAppDomainOrNoiseThatTheHostIsOf) {
  LogRecord one = record();
  EXPECT_EQ(read(one), "app box, ana from 192.0.2.1: 1 transactions 3/4, 0 blocked");
  one.path = "/a/../chat/b";
  EXPECT_EQ(read(one), "app chat, ana from 192.0.2.1: 1 transactions 3/4, 0 blocked");
  one.host = "www.files.co.uk";
  EXPECT_EQ(read(one), "domain files.co.uk, ana from 192.0.2.1: 1 transactions 3/4, 0 blocked");
  one.host = "x.demdex.net";
  EXPECT_EQ(read(one), "noise tracker, ana from 192.0.2.1: 1 transactions 3/4, 0 blocked");
  one.host = "intranet";
  EXPECT_EQ(read(one), "unnamed , ana from 192.0.2.1: 1 transactions 3/4, 0 blocked");
  one.host = "";
  one.server = IpAddress::v4(0xc6336409);
  EXPECT_EQ(read(one), "unnamed , ana from 192.0.2.1: 1 transactions 3/4, 0 blocked");
}

TEST_F(ForeignUse, IsOfTheAppWhoseRangeHoldsTheAddressWhereNoNameIsTold) {
  LogRecord one = record();
  one.server = IpAddress::v4(0xc6336489);
  one.host = "";
  EXPECT_EQ(read(one), "app box, ana from 192.0.2.1: 1 transactions 3/4, 0 blocked");
  // A name tells, also one that is of no app: what it leads to is shared with others.
  one.host = "www.files.co.uk";
  EXPECT_EQ(read(one), "domain files.co.uk, ana from 192.0.2.1: 1 transactions 3/4, 0 blocked");
}

TEST_F(ForeignUse, IsOfThePersonWhoseNameItIs) {
  LogRecord one = record();
  for (const char* name : {"Ana", "corp\\ANA", "ana@x.example"}) {
    one.user = name;
    EXPECT_TRUE(read(one).starts_with("app box, ana from")) << read(one);
  }
  one.user = "Ben";
  EXPECT_TRUE(read(one).starts_with("app box, ben from"));
  one.user = "a:b";
  EXPECT_EQ(read(one), "app box,  from 192.0.2.1: 1 transactions 3/4, 0 blocked, odd");
  one.user = "";
  one.client = IpAddress::v4(0xc0000209);
  EXPECT_TRUE(read(one).starts_with("app box,  from 192.0.2.9"));
  EXPECT_TRUE(read(one, true).starts_with("app box, ana from 192.0.2.9"));
  one.user = "ben";
  EXPECT_TRUE(read(one, true).starts_with("app box, ben from 192.0.2.9"));
}

TEST_F(ForeignUse, CountsWhatALogCanKnow) {
  LogRecord one = record();
  one.action = LogAction::blocked;
  EXPECT_TRUE(read(one).ends_with(": 0 transactions 0/0, 1 blocked"));
  one.action = LogAction::allowed;
  one.same_session = true;
  EXPECT_TRUE(read(one).ends_with(": 0 transactions 3/4, 0 blocked"));
  one.bytes_up = one.bytes_down = {};
  EXPECT_EQ(read(one), "nothing");
  one.same_session = false;
  one.bytes_total = 9;
  EXPECT_TRUE(read(one).ends_with(": 1 transactions 0/9, 0 blocked"));
  one.bytes_up = 2;
  EXPECT_TRUE(read(one).ends_with(": 1 transactions 2/7, 0 blocked"));
}

TEST_F(ForeignUse, LeavesOutWhatIsOlderThanUseIsKeptOrNotYet) {
  LogRecord one = record();
  one.time -= days(11);
  EXPECT_EQ(read(one), "left out");
  one.time += days(13);
  EXPECT_EQ(read(one), "left out");
  one.time -= days(1);
  EXPECT_NE(read(one), "left out");
}

TEST_F(ForeignUse, LeavesOutWhomTheOperatorExcludes) {
  UsageExclusions exclude;
  UseWorld world = this->world();
  world.exclude = &exclude;
  const auto excluded = [&] {
    UseReader reader(world, {kDay, kDay});
    const bool none = !reader.read(record());
    EXPECT_EQ(reader.excluded(), none ? 1u : 0u);
    return none;
  };
  EXPECT_FALSE(excluded());
  for (const char* line : {"user corp\\ana", "app box", "address 192.0.2.0/28", "group finance"}) {
    exclude = {};
    ASSERT_TRUE(exclude.add_line(line));
    EXPECT_TRUE(excluded()) << line;
  }
  exclude = {};
  exclude.users = {"ben"};
  EXPECT_FALSE(excluded());
}

TEST_F(ForeignUse, IsSummedUpByHour) {
  UseReader reader(world(), {kDay, kDay});
  UseTally tally;
  LogRecord one = record();
  for (int i = 0; i < 90; ++i) {
    tally.add(*reader.read(one));
    one.time += std::chrono::minutes(1);
  }
  one.user = "ben";
  tally.add(*reader.read(one));
  ASSERT_EQ(tally.size(), 3u);
  std::uint64_t transactions = 0;
  for (const CountedUse& use : tally.uses()) {
    EXPECT_EQ(use.day, kDay);
    EXPECT_EQ(use.service, "box");
    EXPECT_EQ(use.minute / 60, use.last / 60);
    transactions += use.counts.transactions;
  }
  EXPECT_EQ(transactions, 91u);
  tally.clear();
  EXPECT_EQ(tally.size(), 0u);
}

TEST(UseTally, SumsUpAsAPlainMapDoes) {
  using Key = std::tuple<std::int64_t, std::string, std::string, std::string, NameKind,
                         std::array<char, 2>, IpAddress>;
  using Sum = std::tuple<std::uint64_t, std::uint64_t, std::uint16_t, std::uint16_t>;
  std::mt19937 random(1);
  UseTally tally;
  for (int round = 0; round < 3; ++round) {
    std::map<Key, Sum> plain;
    std::vector<std::string> users, services;
    for (int i = 0; i < 40; ++i) users.push_back("user" + std::to_string(i * i));
    for (int i = 0; i < 70; ++i) services.push_back(std::string(i % 30, 'a') + std::to_string(i));
    for (int i = 0; i < 20'000; ++i) {
      CountedUse use;
      use.day = kDay + days(random() % 3);
      use.minute = use.last = static_cast<std::uint16_t>(random() % kDayMinutes);
      use.kind = random() % 2 == 0 ? NameKind::app : NameKind::domain;
      use.service = services[random() % services.size()];
      use.user = users[random() % users.size()];
      use.device = random() % 4 == 0 ? "desktop, windows, firefox" : "";
      if (random() % 5 == 0) use.country = {'A', 'T'};
      // The same bytes in front, of both families.
      std::array<std::uint8_t, 16> bytes{192, 0, 2, static_cast<std::uint8_t>(random() % 2)};
      use.address = random() % 2 == 0 ? IpAddress::v4(0xc0000200 + bytes[3]) : IpAddress::v6(bytes);
      use.counts.transactions = 1;
      use.counts.received = random() % 1000;
      tally.add(use);
      const std::int64_t hour = use.day.time_since_epoch().count() * 24 + use.minute / 60;
      auto& [transactions, received, first, last] =
          plain
              .try_emplace(
                  Key(hour, use.user, use.device, use.service, use.kind, use.country, use.address),
                  0, 0, use.minute, use.minute)
              .first->second;
      ++transactions;
      received += use.counts.received;
      first = std::min(first, use.minute);
      last = std::max(last, use.last);
    }
    ASSERT_EQ(tally.size(), plain.size());
    sys_days before = kDay;
    for (const CountedUse& use : tally.uses()) {
      EXPECT_LE(before, use.day);
      before = use.day;
      const std::int64_t hour = use.day.time_since_epoch().count() * 24 + use.minute / 60;
      const auto known = plain.find(
          Key(hour, use.user, use.device, use.service, use.kind, use.country, use.address));
      ASSERT_NE(known, plain.end());
      EXPECT_EQ(known->second,
                Sum(use.counts.transactions, use.counts.received, use.minute, use.last));
      plain.erase(known);
    }
    EXPECT_TRUE(plain.empty());
    tally.clear();
  }
}

TEST_F(ForeignUse, TellsAddressesOfBothFamiliesApart) {
  UseWorld world = this->world();
  world.users_by_address = true;
  UseReader reader(world, {kDay, kDay});
  LogRecord one = record();
  one.user = "";
  one.client = IpAddress::v6({192, 0, 2, 9});
  EXPECT_EQ(reader.read(one)->user, "");
  one.client = IpAddress::v4(0xc0000209);
  EXPECT_EQ(reader.read(one)->user, "ana");
}

}  // namespace
}  // namespace sallyport::discovery::foreign
