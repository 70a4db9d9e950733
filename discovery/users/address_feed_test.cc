#include "discovery/users/address_feed.h"

#include <gtest/gtest.h>

#include "base/core/text.h"

namespace sallyport::discovery {
namespace {

const Time kNow = *parse_rfc3339("2026-11-24T12:00:00Z");

// A line for each entry, or for each fault.
std::string read(std::string_view json) {
  const auto parsed = parse_address_feed(json, kNow);
  std::string shown;
  if (!parsed) {
    for (const std::string& fault : parsed.error()) shown += "! " + fault + "\n";
    return shown;
  }
  for (const AddressEntry& one : *parsed) {
    shown += one.prefix.to_string() + " " + one.user + " " +
             (one.source.empty() ? "-" : one.source) + " " + format_rfc3339(one.expires) + "\n";
  }
  return shown;
}

TEST(AddressFeed, IsEntriesWithAnEnd) {
  EXPECT_EQ(read(R"({"entries": [
              {"address": "192.0.2.7", "user": "Ana", "ttl": "90s"},
              {"address": "2001:db8:7::/64", "user": "CORP\\ben", "source": "wlan",
               "expires": "2026-11-25T18:00:00+01:00"},
              {"address": "::ffff:192.0.2.8", "user": "zoe@corp.example"}]})"),
            "192.0.2.7/32 ana - 2026-11-24T12:01:30.000000Z\n"
            "2001:db8:7::/64 corp\\ben wlan 2026-11-25T17:00:00.000000Z\n"
            "192.0.2.8/32 zoe@corp.example - 2026-11-24T20:00:00.000000Z\n");
  EXPECT_EQ(read(R"({"entries": []})"), "");
}

TEST(AddressFeed, IsRefusedWithEveryFault) {
  EXPECT_EQ(read(R"({"entries": [
              {"address": "192.0.2.300", "user": "ana"},
              {"address": "192.0.2.7/24", "user": "a:b", "ttl": "0s"},
              {"user": "ana", "ttl": "31d", "sorce": "x"},
              {"address": "192.0.2.7", "user": "ana", "user": "ben"},
              {"address": "192.0.2.7", "user": "ana", "expires": "tomorrow"},
              {"address": "192.0.2.7", "user": "ana", "expires": "2027-11-24T12:00:00Z"},
              {"address": "192.0.2.7", "user": "ana", "ttl": "1h", "source": "a\nb",
               "expires": "2026-11-24T13:00:00Z"},
              {"address": "192.0.2.7"}]})"),
            "! entries[0].address: '192.0.2.300' is no address and no prefix\n"
            "! entries[1].address: '192.0.2.7/24' has bits behind its prefix; did you mean "
            "'192.0.2.0/24'?\n"
            "! entries[1].user: 'a:b' is no name of a user\n"
            "! entries[1].ttl: '0s' is no span from 1s to 30d\n"
            "! entries[2]: unknown key 'sorce'\n"
            "! entries[2]: there is no 'address'\n"
            "! entries[2].ttl: '31d' is no span from 1s to 30d\n"
            "! entries[3]: 'user' is there twice\n"
            "! entries[4].expires: 'tomorrow' is no time within the next 30 days, as "
            "2026-11-24T18:00:00Z\n"
            "! entries[5].expires: '2027-11-24T12:00:00Z' is no time within the next 30 days, as "
            "2026-11-24T18:00:00Z\n"
            "! entries[6].source: a source is at most 64 bytes of printable text\n"
            "! entries[6]: give either 'ttl' or 'expires'\n"
            "! entries[7]: there is no 'user'\n");
}

TEST(AddressFeed, SaysWhereItIsNoFeedAtAll) {
  for (const char* text : {"", "[]", "{\"entries\": {}}", "{\"entries\": [1]}",
                           "{\"entries\": [{\"address\": 7}]}", "{\"entries\": []} x"}) {
    EXPECT_TRUE(read(text).starts_with("! byte ")) << text << ": " << read(text);
  }
  EXPECT_EQ(read("{}"), "! there are no 'entries'\n");
  EXPECT_EQ(read("{\"entrys\": []}"), "! unknown key 'entrys'\n");
}

TEST(AddressFeed, HasLimits) {
  std::string many = "{\"entries\": [";
  for (int i = 0; i <= 20'000; ++i) many += "{\"address\": \"192.0.2.7\", \"user\": \"a\"},";
  many.back() = ']';
  EXPECT_EQ(read(many + "}"), "! more than 20000 entries\n");
  EXPECT_EQ(read(std::string(1024 * 1024 + 1, ' ')), "! more than 1 MiB\n");
  std::string faults = "{\"entries\": [";
  for (int i = 0; i < 100; ++i) faults += "{},";
  faults.back() = ']';
  const std::string shown = read(faults + "}");
  EXPECT_EQ(std::count(shown.begin(), shown.end(), '\n'), 21) << shown;
  EXPECT_TRUE(shown.ends_with("! there is more that is wrong\n")) << shown;
}

TEST(AddressFeed, ComesBackAfterARestartWithoutWhatHasEnded) {
  AddressBook book;
  auto entries = parse_address_feed(R"({"entries": [
      {"address": "192.0.2.7", "user": "ana", "ttl": "1h", "source": "dhcp"},
      {"address": "2001:db8::/64", "user": "zo\u00eb", "ttl": "2h"}]})",
                                    kNow);
  ASSERT_TRUE(entries);
  ASSERT_TRUE(book.put(std::move(*entries), kNow));
  const std::string kept = render_address_feed(book.map()->list(kNow));
  EXPECT_EQ(kept,
            "{\"entries\": [\n"
            "{\"address\":\"2001:db8::/64\",\"user\":\"zo\u00eb\","
            "\"expires\":\"2026-11-24T14:00:00.000000Z\"},\n"
            "{\"address\":\"192.0.2.7\",\"user\":\"ana\",\"source\":\"dhcp\","
            "\"expires\":\"2026-11-24T13:00:00.000000Z\"}\n"
            "]}\n");
  AddressBook again;
  ASSERT_TRUE(restore_address_feed(kept, kNow + std::chrono::hours(1), again));
  EXPECT_EQ(again.size(), 1u);
  EXPECT_EQ(again.map()->find(*IpAddress::parse("2001:db8::1"), kNow)->user, "zo\u00eb");
  // A clock that was set back takes nothing away.
  AddressBook early;
  EXPECT_TRUE(restore_address_feed(kept, kNow - std::chrono::hours(24 * 365), early));
  EXPECT_EQ(early.size(), 2u);
  EXPECT_TRUE(restore_address_feed(render_address_feed({}), kNow, early));
  EXPECT_FALSE(restore_address_feed("{", kNow, early));
}

}  // namespace
}  // namespace sallyport::discovery
