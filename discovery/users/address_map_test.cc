#include "discovery/users/address_map.h"

#include <gtest/gtest.h>
#include <map>
#include <random>

namespace sallyport::discovery {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

const Time kNow = Time(hours(24 * 365 * 56));

AddressEntry entry(std::string_view prefix, std::string user, int lives = 3600) {
  return {*IpPrefix::parse(prefix), std::move(user), "test", kNow + seconds(lives)};
}

std::string who(const AddressMap& map, std::string_view address, int after = 0) {
  const AddressEntry* found = map.find(*IpAddress::parse(address), kNow + seconds(after));
  return found == nullptr ? "-" : found->user;
}

std::string list(const AddressMap& map, int after = 0) {
  std::string shown;
  for (const AddressEntry* one : map.list(kNow + seconds(after))) {
    shown += one->prefix.to_string() + " " + one->user + "\n";
  }
  return shown;
}

std::string shown(const std::optional<AddressBook::Change>& change) {
  if (!change) return "refused";
  return std::to_string(change->added) + " added, " + std::to_string(change->replaced) +
         " replaced, " + std::to_string(change->dropped) + " dropped";
}

TEST(AddressMap, FindsTheLongestPrefixAndTheNewestOfOne) {
  AddressBook book;
  EXPECT_EQ(shown(book.put({entry("192.0.2.0/24", "floor"), entry("192.0.2.7", "ana"),
                            entry("2001:db8::/32", "site"), entry("2001:db8:7::/64", "kiosk")},
                           kNow)),
            "4 added, 0 replaced, 0 dropped");
  EXPECT_EQ(
      shown(book.put(
          {entry("192.0.2.7", "ben"), entry("192.0.2.8", "x"), entry("192.0.2.8", "zoe")}, kNow)),
      "1 added, 2 replaced, 0 dropped");
  const auto map = book.map();
  EXPECT_EQ(who(*map, "192.0.2.7"), "ben");
  EXPECT_EQ(who(*map, "192.0.2.8"), "zoe");
  EXPECT_EQ(who(*map, "192.0.2.9"), "floor");
  EXPECT_EQ(who(*map, "192.0.3.9"), "-");
  EXPECT_EQ(who(*map, "2001:db8:7::1"), "kiosk");
  EXPECT_EQ(who(*map, "2001:db8:8::1"), "site");
  EXPECT_EQ(who(*map, "::ffff:192.0.2.7"), "ben");
  EXPECT_EQ(who(*map, "64:ff9b::192.0.2.7"), "-");
}

TEST(AddressMap, ForgetsAtTheEndAlsoWhereNobodyHasDroppedTheEntryYet) {
  AddressBook book;
  book.put({entry("192.0.2.7", "ana", 10), entry("192.0.2.0/24", "floor", 20)}, kNow);
  const auto map = book.map();
  EXPECT_EQ(who(*map, "192.0.2.7", 9), "ana");
  EXPECT_EQ(who(*map, "192.0.2.7", 10), "floor");
  EXPECT_EQ(who(*map, "192.0.2.7", 20), "-");
  EXPECT_EQ(list(*map, 10), "192.0.2.0/24 floor\n");
  EXPECT_EQ(book.size(), 2u);
  EXPECT_EQ(book.expire(kNow + seconds(10)), 1u);
  EXPECT_EQ(book.size(), 1u);
  // An entry that is renewed lives on.
  book.put({entry("192.0.2.0/24", "floor", 100)}, kNow + seconds(15));
  EXPECT_EQ(book.expire(kNow + seconds(50)), 0u);
  EXPECT_EQ(who(*book.map(), "192.0.2.7", 50), "floor");
}

TEST(AddressMap, StaysAsItWasWhileTheBookGoesOn) {
  AddressBook book;
  book.put({entry("192.0.2.7", "ana")}, kNow);
  const auto before = book.map();
  EXPECT_EQ(book.map(), before);
  EXPECT_TRUE(book.remove(*IpPrefix::parse("192.0.2.7")));
  EXPECT_FALSE(book.remove(*IpPrefix::parse("192.0.2.7")));
  book.put({entry("192.0.2.7", "ben"), entry("192.0.2.8", "zoe")}, kNow);
  const auto after = book.map();
  book.put({entry("192.0.2.7", "eve")}, kNow);
  EXPECT_EQ(list(*before), "192.0.2.7/32 ana\n");
  EXPECT_EQ(list(*after), "192.0.2.7/32 ben\n192.0.2.8/32 zoe\n");
  EXPECT_EQ(list(*book.map()), "192.0.2.7/32 eve\n192.0.2.8/32 zoe\n");
}

TEST(AddressMap, ReplacesAllAtOnce) {
  AddressBook book;
  book.put({entry("192.0.2.7", "ana"), entry("192.0.2.8", "ben"), entry("192.0.2.9", "old", 1)},
           kNow);
  EXPECT_EQ(shown(book.replace_all({entry("192.0.2.8", "zoe"), entry("192.0.2.0/28", "floor")},
                                   kNow + seconds(5))),
            "1 added, 1 replaced, 2 dropped");
  EXPECT_EQ(list(*book.map()), "192.0.2.0/28 floor\n192.0.2.8/32 zoe\n");
  EXPECT_EQ(shown(book.replace_all({}, kNow)), "0 added, 0 replaced, 2 dropped");
  EXPECT_EQ(book.size(), 0u);
  EXPECT_EQ(who(*book.map(), "192.0.2.8"), "-");
}

TEST(AddressMap, RefusesABatchThatDoesNotFitAndPushesNobodyOut) {
  AddressBook book(3);
  book.put({entry("192.0.2.1", "a"), entry("192.0.2.2", "b", 10)}, kNow);
  const auto before = book.map();
  EXPECT_EQ(shown(book.put({entry("192.0.2.3", "c"), entry("192.0.2.4", "d")}, kNow)), "refused");
  EXPECT_EQ(book.map(), before);
  // The same prefix twice and one that is there take one place; what has ended makes room.
  EXPECT_EQ(shown(book.put(
                {entry("192.0.2.3", "c"), entry("192.0.2.3", "d"), entry("192.0.2.1", "e")}, kNow)),
            "1 added, 2 replaced, 0 dropped");
  EXPECT_EQ(shown(book.put({entry("192.0.2.4", "f")}, kNow + seconds(11))),
            "1 added, 0 replaced, 1 dropped");
  EXPECT_EQ(shown(book.replace_all({entry("192.0.2.1", "a"), entry("192.0.2.2", "a"),
                                    entry("192.0.2.3", "a"), entry("192.0.2.4", "a")},
                                   kNow)),
            "refused");
  EXPECT_EQ(book.size(), 3u);
}

TEST(AddressMap, AgreesWithAPlainOneUnderTenThousandChanges) {
  std::mt19937 random(7);
  AddressBook book;
  std::map<IpPrefix, AddressEntry> plain;
  int now = 0;
  const auto address = [&random] {
    return random() % 2 == 0
               ? IpAddress::v4(0xc0000200u + static_cast<std::uint32_t>(random() % 64))
               : IpAddress::v6({0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                                static_cast<std::uint8_t>(random() % 64)});
  };
  for (int step = 0; step < 10'000; ++step) {
    const IpAddress some = address();
    const int length = some.bits() - static_cast<int>(random() % 7);
    const IpPrefix prefix = IpPrefix{some, length}.masked();
    switch (random() % 4) {
      case 0:
        EXPECT_EQ(book.remove(prefix), plain.erase(prefix) == 1);
        break;
      case 1:
        now += static_cast<int>(random() % 3);
        book.expire(kNow + seconds(now));
        std::erase_if(plain,
                      [&](const auto& one) { return one.second.expires <= kNow + seconds(now); });
        break;
      default: {
        AddressEntry made{prefix, "u" + std::to_string(step), "",
                          kNow + seconds(now + 1 + static_cast<int>(random() % 60))};
        plain[prefix] = made;
        ASSERT_TRUE(book.put({made}, kNow));
        std::erase_if(plain, [](const auto& one) { return one.second.expires <= kNow; });
      }
    }
    ASSERT_EQ(book.size(), plain.size());
    const IpAddress asked = address();
    const AddressEntry* best = nullptr;
    for (const auto& [one, value] : plain) {
      const bool covers = one.contains(asked) && value.expires > kNow + seconds(now);
      if (covers && (best == nullptr || one.length > best->prefix.length)) best = &value;
    }
    const AddressEntry* found = book.map()->find(asked, kNow + seconds(now));
    ASSERT_EQ(found != nullptr, best != nullptr) << step;
    ASSERT_TRUE(best == nullptr || *found == *best) << step;
  }
}

}  // namespace
}  // namespace sallyport::discovery
