// Counted use by service: what a writer is given is what readers tell, in any mixture.

#include "discovery/store/usage_block.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <set>

namespace sallyport::discovery {
namespace {

constexpr NameNumber kNobody = 3;

UsageEntry any_entry(std::mt19937& random, NameNumber services) {
  UsageEntry entry;
  const bool many = random() % 2 == 0;
  entry.who = {static_cast<NameNumber>(random() % (many ? 5'000 : 6)),
               static_cast<NameNumber>(random() % 4),
               {},
               IpAddress::v4(random() % 50)};
  if (random() % 3 == 0) entry.who.country = {'D', static_cast<char>('A' + random() % 26)};
  if (random() % 7 == 0) {
    std::array<std::uint8_t, 16> bytes{0x20, 0x01, 0x0d, 0xb8};
    bytes[15] = static_cast<std::uint8_t>(random());
    entry.who.address = IpAddress::v6(bytes);
  }
  entry.service = static_cast<NameNumber>(random() % services);
  entry.first = static_cast<std::uint16_t>(random() % 1000);
  entry.last = static_cast<std::uint16_t>(entry.first + random() % 400);
  for (const auto count : kUsageCounts) {
    if (random() % 3 == 0) entry.counts.*count = random() % 2 == 0 ? random() % 5 : random();
  }
  return entry;
}

// By who and service, added up.
std::vector<UsageEntry> summed(const std::vector<UsageEntry>& entries) {
  std::map<std::pair<NameNumber, Who>, UsageEntry> sums;
  for (const UsageEntry& entry : entries) {
    const auto [at, fresh] = sums.try_emplace({entry.service, entry.who}, entry);
    if (!fresh) at->second.add(entry);
  }
  std::vector<UsageEntry> made;
  for (const auto& [key, entry] : sums) made.push_back(entry);
  return made;
}

std::vector<UsageEntry> read_all(const UsageBlockData& data,
                                 const UsageServices& services = UsageServices::all()) {
  const auto totals = UsageTotals::read(data.totals);
  EXPECT_TRUE(totals);
  std::vector<UsageEntry> found;
  for (const auto& one : data.parts) {
    auto part = UsagePart::read(one.columns, UsagePart::Columns::all, services);
    EXPECT_TRUE(part && part->read_counts(one.counts));
    if (!part || !totals) return found;
    if (services.is_all()) {
      EXPECT_EQ(part->size(), one.entries);
      EXPECT_EQ(part->runs.front().service, one.first_service);
      EXPECT_EQ(part->runs.back().service, one.last_service);
    }
    for (const auto& run : part->runs) {
      for (std::uint32_t i = run.begin; i < run.end; ++i) {
        UsageEntry entry;
        entry.who = {part->users[i], part->devices[i], country_of(part->countries[i]),
                     totals->addresses.at(part->addresses[i]).first};
        entry.service = run.service;
        entry.counts = part->totals[i].counts;
        entry.first = part->totals[i].first;
        entry.last = part->totals[i].last;
        EXPECT_EQ((part->flags[i] & UsagePart::kPassed) != 0, entry.counts.transactions != 0);
        EXPECT_EQ((part->flags[i] & UsagePart::kBlocked) != 0, entry.counts.blocked != 0);
        found.push_back(entry);
      }
    }
  }
  return found;
}

TEST(UsageBlock, TellsWhatItWasGivenInBothPackings) {
  for (const unsigned seed : {1u, 2u, 3u, 4u}) {
    std::mt19937 random(seed);
    std::vector<UsageEntry> entries;
    const std::size_t count = seed == 4 ? 90'000 : 1 + random() % 4'000;
    const NameNumber services = seed == 4 ? 2 : 40;  // of two, a part does not hold one
    for (std::size_t i = 0; i < count; ++i) entries.push_back(any_entry(random, services));
    for (const auto packing : {UsageBlockWriter::Packing::none, UsageBlockWriter::Packing::zstd}) {
      UsageByService by_service;
      for (const UsageEntry& entry : entries) by_service.add(entry);
      UsageBlockWriter writer(kNobody, packing);
      by_service.write(writer);
      const UsageBlockData data = writer.finish();
      EXPECT_EQ(read_all(data), summed(entries)) << seed;
    }
  }
}

TEST(UsageBlock, TellsOfSomeServicesWhatItTellsOfAll) {
  std::mt19937 random(6);
  UsageByService by_service;
  for (int i = 0; i < 9'000; ++i) by_service.add(any_entry(random, 40));
  UsageBlockWriter writer(kNobody, UsageBlockWriter::Packing::zstd);
  by_service.write(writer);
  const UsageBlockData data = writer.finish();
  const std::vector<UsageEntry> all = read_all(data);
  for (const std::vector<NameNumber>& some :
       {std::vector<NameNumber>{}, {all.front().service}, {all.back().service}, {30, 7, 8, 100}}) {
    const UsageServices services(some);
    std::vector<UsageEntry> wanted = all;
    std::erase_if(wanted, [&](const UsageEntry& one) { return !services.has(one.service); });
    EXPECT_EQ(read_all(data, services), wanted);
    EXPECT_EQ(wanted.empty(), some.empty());
    auto part = UsagePart::read(data.parts.front().columns, UsagePart::Columns::few, services);
    ASSERT_TRUE(part);
    const std::string counts = data.parts.front().counts;
    EXPECT_FALSE(part->read_counts(counts.substr(0, counts.size() - 1)));
  }
}

TEST(UsageBlock, ServicesAreFoundBetweenOthers) {
  const UsageServices some({9, 3, 5});
  EXPECT_TRUE(some.has(3) && some.has(5) && some.has(9));
  EXPECT_FALSE(some.has(4) || some.has(0) || some.has(10));
  EXPECT_TRUE(some.any_within(4, 6) && some.any_within(9, 20) && some.any_within(0, 3));
  EXPECT_FALSE(some.any_within(6, 8) || some.any_within(10, 20) || some.any_within(0, 2));
  EXPECT_FALSE(UsageServices(std::vector<NameNumber>()).any_within(0, 20));
  EXPECT_TRUE(UsageServices::all().has(7) && UsageServices::all().any_within(1, 1));
}

TEST(UsageBlock, AddsUpServicesAndPeopleAndPlaces) {
  std::mt19937 random(9);
  std::vector<UsageEntry> entries;
  for (int i = 0; i < 3'000; ++i) entries.push_back(any_entry(random, 12));
  UsageByService by_service;
  std::map<NameNumber, UsageTotal> services, users, devices;
  std::map<IpAddress, UsageTotal> addresses;
  std::map<NameNumber, std::set<NameNumber>> let_through;
  std::map<NameNumber, std::uint64_t> beyond;
  std::set<NameNumber> somebody;
  for (const UsageEntry& entry : entries) {
    by_service.add(entry);
    services[entry.service].add(entry);
    users[entry.who.user].add(entry);
    devices[entry.who.device].add(entry);
    addresses[entry.who.address].add(entry);
    if (entry.counts.transactions > 0 && entry.who.user != kNobody) {
      let_through[entry.service].insert(entry.who.user);
      somebody.insert(entry.who.user);
    }
    if (entry.service == kOther || entry.who.user == kOther || entry.who.address == IpAddress()) {
      beyond[entry.service] += entry.counts.transactions;
    }
  }
  UsageBlockWriter writer(kNobody, UsageBlockWriter::Packing::zstd);
  by_service.write(writer);
  const UsageBlockData data = writer.finish();
  const auto directory = UsageDirectory::read(data.directory);
  ASSERT_TRUE(directory);
  EXPECT_EQ(directory->users, somebody.size());
  ASSERT_EQ(directory->services.size(), services.size());
  for (const auto& one : directory->services) {
    EXPECT_EQ(one.total, services[one.service]);
    EXPECT_EQ(one.users, let_through[one.service].size());
    EXPECT_EQ(one.beyond, beyond[one.service]);
  }
  const auto totals = UsageTotals::read(data.totals);
  ASSERT_TRUE(totals);
  EXPECT_TRUE(std::ranges::equal(totals->users, users, [](const auto& a, const auto& b) {
    return a.first == b.first && a.second == b.second;
  }));
  EXPECT_EQ(totals->devices.size(), devices.size());
  ASSERT_EQ(totals->addresses.size(), addresses.size());
  for (const auto& [address, total] : totals->addresses) EXPECT_EQ(total, addresses[address]);
}

TEST(UsageBlock, RefusesWhatIsCutOffOrChanged) {
  std::mt19937 random(5);
  UsageByService by_service;
  for (int i = 0; i < 200; ++i) by_service.add(any_entry(random, 5));
  UsageBlockWriter writer(kNobody, UsageBlockWriter::Packing::none);
  by_service.write(writer);
  const UsageBlockData data = writer.finish();
  for (std::size_t size = 0; size < data.totals.size(); size += 7) {
    EXPECT_FALSE(UsageTotals::read(data.totals.substr(0, size)));
  }
  for (std::size_t size = 0; size < data.directory.size(); ++size) {
    EXPECT_FALSE(UsageDirectory::read(data.directory.substr(0, size)));
  }
  const std::string& columns = data.parts.front().columns;
  for (std::size_t size = 0; size < columns.size(); size += 5) {
    EXPECT_FALSE(UsagePart::read(columns.substr(0, size), UsagePart::Columns::all));
  }
  auto part = UsagePart::read(columns, UsagePart::Columns::few);
  ASSERT_TRUE(part);
  const std::string& counts = data.parts.front().counts;
  EXPECT_FALSE(part->read_counts(counts.substr(0, counts.size() - 1)));
  EXPECT_FALSE(part->read_counts(counts + '\0'));
  EXPECT_FALSE(UsageDirectory::read(""));
  EXPECT_FALSE(UsageDirectory::read("\x28\xb5\x2f\xfd nonsense"));
}

}  // namespace
}  // namespace sallyport::discovery
