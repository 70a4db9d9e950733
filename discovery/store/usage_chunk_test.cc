#include "discovery/store/usage_chunk.h"

#include <algorithm>
#include <gtest/gtest.h>

#include "discovery/store/usage_limits.h"
#include "discovery/store/usage_merge.h"

namespace sallyport::discovery {
namespace {

UsageEntry entry(NameNumber user, NameNumber service, std::uint64_t transactions = 1) {
  UsageEntry made;
  made.who = {user, 2, {'D', 'E'}, *IpAddress::parse("192.0.2.7")};
  made.service = service;
  made.counts.transactions = transactions;
  made.first = 10;
  made.last = 20;
  return made;
}

std::string written(const std::vector<UsageEntry>& entries) {
  UsageChunkWriter writer;
  for (const UsageEntry& one : entries) writer.add(one);
  return writer.finish();
}

UsageChunk opened(const std::string& bytes) {
  auto chunk = UsageChunk::open(bytes);
  if (!chunk) ADD_FAILURE() << describe(chunk.error());
  return std::move(*chunk);
}

std::vector<UsageEntry> read(const std::string& bytes) {
  std::vector<UsageEntry> entries;
  UsageChunk chunk = opened(bytes);
  UsageEntry one;
  while (chunk.next(one)) entries.push_back(one);
  EXPECT_FALSE(chunk.damaged());
  return entries;
}

TEST(UsageChunk, GivesBackWhatWentIn) {
  UsageEntry full = entry(4, 7);
  std::uint64_t n = 1;
  for (const auto count : kUsageCounts) full.counts.*count = n *= 900;
  UsageEntry bare;
  UsageEntry v6 = entry(4, UINT32_MAX, UINT64_MAX);
  v6.who.address = *IpAddress::parse("2001:db8::1");
  v6.who.country = {};
  v6.who.device = UINT32_MAX;
  v6.first = 0;
  v6.last = kPeriodMinutes - 1;
  const std::vector<UsageEntry> entries{bare, entry(3, 1), full, entry(4, 8), v6};
  EXPECT_EQ(read(written(entries)), entries);
}

TEST(UsageChunk, GoesToTheFirstEntryOfAUserOrBehind) {
  std::vector<UsageEntry> entries;
  for (NameNumber user = 10; user < 400; user += 3) {
    for (NameNumber service = 0; service < user % 7 + 1; ++service) {
      UsageEntry one = entry(user, service, user);
      if (user % 2 == 0) one.who.address = *IpAddress::parse("2001:db8::1");
      if (service % 2 == 0) one.counts.received = 1ull << (user % 60);
      entries.push_back(one);
    }
  }
  std::ranges::sort(entries, [](const auto& a, const auto& b) { return before(a, b); });
  const std::string bytes = written(entries);
  for (NameNumber user = 0; user < 410; ++user) {
    UsageChunk chunk = opened(bytes);
    chunk.skip_to(user);
    std::vector<UsageEntry> left;
    UsageEntry one;
    while (chunk.next(one)) left.push_back(one);
    EXPECT_FALSE(chunk.damaged());
    const auto first = std::ranges::find_if(
        entries, [&](const UsageEntry& each) { return each.who.user >= user; });
    EXPECT_EQ(left, std::vector<UsageEntry>(first, entries.end())) << user;
  }
}

TEST(UsageChunk, RefusesWhatNoWriterWrote) {
  const std::string good = written({entry(1, 1), entry(1, 2)});
  EXPECT_FALSE(UsageChunk::open(""));
  EXPECT_FALSE(UsageChunk::open("chunk"));
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(UsageChunk::open(good.substr(0, size))) << size;
  }
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x10);
    auto chunk = UsageChunk::open(bad);
    if (!chunk) continue;
    UsageEntry one;
    while (chunk->next(one)) {
    }
  }
}

TEST(UsageMerge, AddsUpWhatIsOfTheSameWhoAndService) {
  UsageEntry late = entry(2, 1, 5);
  late.first = 5;
  late.last = 90;
  UsageMerge merge;
  merge.add(opened(written({entry(1, 1), entry(2, 1, 3)})));
  merge.add(opened(written({late, entry(2, 2)})));
  merge.add(opened(written({entry(1, 1)})));
  std::vector<UsageEntry> entries;
  UsageEntry one;
  while (merge.next(one)) entries.push_back(one);
  EXPECT_FALSE(merge.damaged());
  UsageEntry sum = entry(2, 1, 8);
  sum.first = 5;
  sum.last = 90;
  EXPECT_EQ(entries, (std::vector<UsageEntry>{entry(1, 1, 2), sum, entry(2, 2)}));
}

TEST(UsageDay, CountsAUserOnWhoChangesPlacesWithoutEnd) {
  constexpr NameNumber kNobody = 9;
  UsageDay day({.whos = 5, .whos_of_one = 2});
  Who who{1, 1, {'D', 'E'}, IpAddress::v4(1)};
  Who alone;
  alone.user = 1;
  EXPECT_EQ(day.admit(who, kNobody), who);
  who.device = 2;
  EXPECT_EQ(day.admit(who, kNobody), who);
  who.device = 3;
  EXPECT_EQ(day.admit(who, kNobody), alone);
  who.device = 2;
  EXPECT_EQ(day.admit(who, kNobody), who);
  // Nobody may be in many places, until the day is full.
  Who nobody{kNobody, 1, {}, IpAddress::v4(1)};
  for (std::uint32_t i = 1; i <= 3; ++i) {
    nobody.address = IpAddress::v4(i);
    EXPECT_EQ(day.admit(nobody, kNobody), nobody);
  }
  nobody.address = IpAddress::v4(4);
  EXPECT_EQ(day.admit(nobody, kNobody).address, IpAddress());
  day.set_entries(2'000'000);
  EXPECT_EQ(day.admit(who, kNobody), Who());
}

TEST(UsageDay, LetsOneBringOnlySoManyDomains) {
  constexpr NameNumber kNobody = 9;
  UsageDay day({.domains_of_one = 2});
  const Who ana{1, 1, {}, IpAddress::v4(1)};
  const Who same{1, 2, {}, IpAddress::v4(2)};
  EXPECT_TRUE(day.may_bring_domain(ana, kNobody));
  day.brought_domain(ana, kNobody);
  day.brought_domain(same, kNobody);
  EXPECT_FALSE(day.may_bring_domain(ana, kNobody));
  const Who here{kNobody, 1, {}, IpAddress::v4(1)};
  const Who there{kNobody, 1, {}, IpAddress::v4(2)};
  day.brought_domain(here, kNobody);
  day.brought_domain(here, kNobody);
  EXPECT_FALSE(day.may_bring_domain(here, kNobody));
  EXPECT_TRUE(day.may_bring_domain(there, kNobody));
}

}  // namespace
}  // namespace sallyport::discovery
