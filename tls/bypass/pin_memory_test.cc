#include "tls/bypass/pin_memory.h"

#include <gtest/gtest.h>
#include <string>

namespace sallyport::tls {
namespace {

using std::chrono::seconds;

Time at(int second) {
  return Time(std::chrono::sys_days(std::chrono::year(2026) / 11 / 20)) + seconds(second);
}

void record(PinMemory& memory, const std::string& host, const std::string& client, int second,
            ClientRefusal refusal = ClientRefusal::unknown_ca) {
  memory.record(*Host::parse(host), refusal, client, at(second));
}

// "host failures/clients", one per line.
std::string show(const PinMemory& memory, std::uint64_t failures, std::size_t clients) {
  std::string text;
  for (const PinnedHost& host : memory.suggestions(failures, clients)) {
    text += host.host + ' ' + std::to_string(host.failures) + '/' +
            std::to_string(host.distinct_clients) + '\n';
  }
  return text;
}

TEST(PinMemory, SuggestsHostsThatSeveralClientsRefuse) {
  PinMemory memory;
  for (int i = 0; i < 5; ++i) record(memory, "pinned.example", "client" + std::to_string(i % 3), i);
  for (int i = 0; i < 9; ++i) record(memory, "one-client.example", "odd", i);
  record(memory, "rare.example", "a", 1);
  record(memory, "rare.example", "b", 2);
  EXPECT_EQ(show(memory, 3, 2), "pinned.example 5/3\n");
  EXPECT_EQ(show(memory, 1, 1), "pinned.example 5/3\nrare.example 2/2\none-client.example 9/1\n");
}

TEST(PinMemory, ForgetsTheHostWithTheOldestFailure) {
  PinMemory memory;
  for (std::size_t i = 0; i < PinMemory::kMaxHosts; ++i) {
    record(memory, "h" + std::to_string(i) + ".example", "c", static_cast<int>(i));
  }
  record(memory, "h0.example", "c", 5000);
  record(memory, "new.example", "c", 5001);
  EXPECT_EQ(memory.size(), PinMemory::kMaxHosts);
  EXPECT_NE(memory.serialise().find("\nh0.example "), std::string::npos);
  EXPECT_EQ(memory.serialise().find("\nh1.example "), std::string::npos);
}

TEST(PinMemory, StopsCountingClientsAtItsLimit) {
  PinMemory memory;
  for (std::size_t i = 0; i < 3 * PinMemory::kMaxClients; ++i) {
    record(memory, "h.example", std::to_string(i), 1);
  }
  const auto seen = memory.suggestions(1, 1);
  EXPECT_EQ(seen.front().distinct_clients, PinMemory::kMaxClients);
  EXPECT_EQ(seen.front().failures, 3 * PinMemory::kMaxClients);
}

TEST(PinMemory, ComesBackFromItsTextUnchanged) {
  PinMemory memory;
  record(memory, "b.example", "x", 10, ClientRefusal::bad_certificate);
  record(memory, "b.example", "y", 12, ClientRefusal::closed_after_certificate);
  record(memory, "a.example", "x", 11, ClientRefusal::certificate_unknown);
  memory.record(Host::from_address(*IpAddress::parse("2001:db8::1")), ClientRefusal::unknown_ca,
                "x", at(13));
  const std::string text = memory.serialise();
  std::size_t skipped = 99;
  const auto back = PinMemory::parse(text, &skipped);
  ASSERT_TRUE(back);
  EXPECT_EQ(skipped, 0u);
  EXPECT_EQ(back->serialise(), text);
  EXPECT_EQ(show(*back, 1, 1), show(memory, 1, 1));
}

TEST(PinMemory, WritesOneLinePerHost) {
  PinMemory memory;
  record(memory, "a.example", "x", 0, ClientRefusal::bad_certificate);
  EXPECT_EQ(memory.serialise(),
            "sallyport-pins 1\n"
            "a.example 2026-11-20T00:00:00.000000Z 2026-11-20T00:00:00.000000Z 0 1 0 0 "
            "af63f54c86021707\n");
}

TEST(PinMemory, SkipsDamagedLinesAndKeepsTheRest) {
  const std::string good =
      "a.example 2026-11-20T00:00:00.000000Z 2026-11-20T00:00:01.000000Z 0 1 0 0 "
      "0123456789abcdef";
  const std::string text = "sallyport-pins 1\n" + good + "\n\n" + "A.example" + good.substr(9) +
                           "\n" +                       // not canonical
                           good.substr(0, 40) + "\n" +  // cut short
                           good + "\n" +                // twice
                           "b.example 2026-11-20T00:00:02Z 2026-11-20T00:00:01Z 1 0 0 0\n" +
                           "c.example 2026-11-20T00:00:01Z 2026-11-20T00:00:01Z 0 0 0 0\n" +
                           "d.example 2026-11-20T00:00:01Z 2026-11-20T00:00:01Z -1 0 0 0\n" +
                           "e.example 2026-11-20T00:00:01Z 2026-11-20T00:00:01Z 1 0 0 0 xyz\n" +
                           "f.example 2026-11-20T00:00:01Z 2026-11-20T00:00:01Z "
                           "18446744073709551615 1 0 0\n";
  std::size_t skipped = 0;
  const auto memory = PinMemory::parse(text, &skipped);
  ASSERT_TRUE(memory);
  EXPECT_EQ(show(*memory, 1, 1), "a.example 1/1\n");
  EXPECT_EQ(skipped, 8u);
}

TEST(PinMemory, RefusesAnotherVersionAndTooMuch) {
  EXPECT_FALSE(PinMemory::parse(""));
  EXPECT_FALSE(PinMemory::parse("sallyport-pins 2\n"));
  EXPECT_FALSE(PinMemory::parse("sallyport-pins 10\n"));
  EXPECT_FALSE(PinMemory::parse("sallyport-pins 1\n" + std::string(PinMemory::kMaxText, ' ')));
  EXPECT_TRUE(PinMemory::parse("sallyport-pins 1"));
}

TEST(PinMemory, SurvivesAClockThatGoesBack) {
  PinMemory memory;
  record(memory, "a.example", "x", 100);
  record(memory, "a.example", "x", 50);
  const auto back = PinMemory::parse(memory.serialise());
  ASSERT_TRUE(back);
  EXPECT_EQ(show(*back, 1, 1), "a.example 2/1\n");
}

}  // namespace
}  // namespace sallyport::tls
