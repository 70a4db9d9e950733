// Counted use put together: sets of which only the size is asked, and rows by each thing.

#include "discovery/usage/usage_roll.h"

#include <gtest/gtest.h>
#include <random>
#include <set>

namespace sallyport::discovery {
namespace {

TEST(Distinct, CountsEachNumberOnceHoweverManyThereAre) {
  for (const std::uint32_t most : {3u, 40u, 1000u, 30'000u, 4'000'000u}) {
    std::mt19937 random(most);
    Distinct distinct;
    std::set<std::uint32_t> expected;
    for (int i = 0; i < 20'000; ++i) {
      const std::uint32_t number = random() % most;
      distinct.add(number);
      expected.insert(number);
      if (i % 997 == 0) {
        EXPECT_EQ(distinct.count(), expected.size());
      }
    }
    EXPECT_EQ(distinct.count(), expected.size()) << most;
  }
}

TEST(Distinct, TakesALargeNumberBehindManySmallOnes) {
  Distinct distinct;
  for (std::uint32_t i = 0; i < 5000; ++i) distinct.add(i);
  distinct.add(1'000'000);
  distinct.add(7);
  EXPECT_EQ(distinct.count(), 5001u);
}

TEST(UsageRoll, TellsApartWhoComesAgainBehindOthers) {
  const UsageNames names = {{},
                            {NameKind::user, "ana"},
                            {NameKind::user, ""},
                            {NameKind::device, "desktop"},
                            {NameKind::app, "box"},
                            {NameKind::domain, "strange.example"},
                            {NameKind::noise, "tracker"}};
  const auto entry = [](NameNumber user, const char* address, NameNumber service) {
    UsageEntry made;
    made.who = {user, 3, {'D', 'E'}, *IpAddress::parse(address)};
    made.service = service;
    made.counts.transactions = 1;
    made.counts.sent = 10;
    return made;
  };
  const std::vector<UsageEntry> entries = {entry(1, "10.0.0.1", 4), entry(1, "10.0.0.2", 4),
                                           entry(2, "10.0.0.1", 5), entry(1, "10.0.0.1", 6),
                                           entry(1, "2001:db8::1", 5)};
  const AppBook book(std::make_shared<const Catalog>(), AppTagOverlay());
  UsageFeed feed;
  UsageRoll services(UsageBy::service, book, UsageRoll::Total::yes), users(UsageBy::user, book),
      addresses(UsageBy::address, book), days(UsageBy::day, book),
      countries(UsageBy::country, book);
  unsigned day = 0;
  for (const UsageEntry& one : entries) {
    const UsageItem item =
        feed.take({std::chrono::year(2026) / 11 / (1 + day++ % 2), 1}, one, names);
    for (UsageRoll* roll : {&services, &users, &addresses, &days, &countries}) roll->add(item);
  }
  const auto row = [](const UsageRoll& roll, std::string_view name) {
    for (const UsageRow* one : roll.rows()) {
      if (one->name == name) return *one;
    }
    ADD_FAILURE() << "no row " << name;
    return UsageRow();
  };
  EXPECT_EQ(services.rows().size(), 3u);
  EXPECT_EQ(row(services, "box").addresses.count(), 2u);
  EXPECT_EQ(row(services, "strange.example").users.count(), 1u) << "nobody is no user";
  EXPECT_EQ(row(users, "ana").services.count(), 2u) << "a tracker is no service";
  EXPECT_EQ(row(users, "ana").addresses.count(), 3u);
  EXPECT_EQ(row(addresses, "10.0.0.1").counts.transactions, 3u);
  EXPECT_EQ(row(countries, "DE").counts.sent, 50u);
  EXPECT_EQ(days.rows().size(), 2u);
  EXPECT_EQ(
      row(days, "2026-11-01").counts.transactions + row(days, "2026-11-02").counts.transactions,
      5u);
  EXPECT_EQ(services.total().counts.transactions, 5u);
  EXPECT_EQ(services.total().users.count(), 1u);
  EXPECT_EQ(services.total().addresses.count(), 3u);
}

}  // namespace
}  // namespace sallyport::discovery
