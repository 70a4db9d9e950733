// The chain of the governance log, and everything that can be done to it.

#include "discovery/store/governance_log.h"

#include <gtest/gtest.h>

#include "base/core/text.h"

namespace sallyport::discovery {
namespace {

using Log = std::vector<GovernanceEntry>;

// A chain as the store writes it.
Log chain(int count) {
  Log log;
  for (int i = 1; i <= count; ++i) {
    GovernanceEntry entry;
    entry.number = static_cast<std::uint64_t>(i);
    entry.at = Time(std::chrono::seconds(1'800'000'000 + i));
    entry.kind = "suspension";
    entry.key = "key-" + std::to_string(i);
    entry.value = "{\"user\":\"ana\"}";
    entry.who = "ben";
    if (i % 2 == 0) entry.until = entry.at + std::chrono::hours(1);
    if (!log.empty()) entry.previous = log.back().hash;
    entry.hash = hash_of(entry);
    log.push_back(std::move(entry));
  }
  return log;
}

GovernanceHead head_of(const Log& log) { return {log.back().number, log.back().hash}; }

std::string found(const Log& log, std::optional<GovernanceHead> anchor = {}) {
  GovernanceCheck check(anchor);
  for (const GovernanceEntry& entry : log) check.take(entry);
  check.finish();
  std::string text;
  for (const std::string& fault : check.faults()) text += fault + "\n";
  EXPECT_EQ(check.fault_count() == 0, text.empty());
  return text;
}

// Gives every entry from `begin` on the links and hashes that it would have.
void forge(Log& log, std::size_t begin) {
  for (std::size_t i = begin; i < log.size(); ++i) {
    if (i > 0) log[i].previous = log[i - 1].hash;
    log[i].hash = hash_of(log[i]);
  }
}

TEST(GovernanceLog, AWholeChainHasNoFault) {
  EXPECT_EQ(found({}), "");
  EXPECT_EQ(found(chain(9)), "");
  EXPECT_EQ(found(chain(9), head_of(chain(5))), "");
  EXPECT_EQ(found(chain(9), head_of(chain(9))), "");
}

TEST(GovernanceLog, TheHashOfAnEntryIsAsItIsWritten) {
  // Whoever verifies with tools of his own must come to the same; a change of this is a break.
  const GovernanceEntry first = chain(1).front();
  EXPECT_EQ(to_string(GovernanceHead{first.number, first.hash}),
            "1:3249f60030e8c805005f763df3a0b7a0700bff3d0da2c57a2fa35e7a2f9eeffb");
}

TEST(GovernanceLog, FindsEveryFieldThatWasChanged) {
  const std::vector<std::function<void(GovernanceEntry&)>> changes{
      [](auto& entry) { entry.at += std::chrono::microseconds(1); },
      [](auto& entry) { entry.kind = "grant"; },
      [](auto& entry) { entry.key += "x"; },
      [](auto& entry) { entry.taken_back = true; },
      [](auto& entry) { entry.value.clear(); },
      [](auto& entry) { entry.who = "eve"; },
      [](auto& entry) { entry.until.reset(); },
      [](auto& entry) { *entry.until += std::chrono::microseconds(1); },
      // From one text to the next.
      [](auto& entry) { entry.kind += entry.key[0], entry.key.erase(0, 1); },
      [](auto& entry) { entry.hash[31] ^= 1; },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    Log log = chain(5);
    changes[i](log[3]);
    EXPECT_NE(found(log).find("entry 4 was changed after it was written\n"), std::string::npos)
        << i;
  }
  // A fresh hash makes the next one stand out.
  Log log = chain(5);
  log[3].who = "eve";
  log[3].hash = hash_of(log[3]);
  EXPECT_EQ(found(log),
            "entry 5 does not follow the one before it: one of them was changed, inserted or "
            "moved\n");
}

TEST(GovernanceLog, FindsWhatWasRemovedInsertedOrMoved) {
  Log log = chain(6);
  log.erase(log.begin() + 2);
  EXPECT_EQ(found(log), "entry 3 is missing\n");
  log = chain(6);
  log.erase(log.begin(), log.begin() + 2);
  EXPECT_EQ(found(log), "entries 1 to 2 are missing\n");
  // Removed, and those behind renumbered with hashes of their own.
  log = chain(6);
  log.erase(log.begin() + 2);
  for (std::size_t i = 2; i < log.size(); ++i) {
    log[i].number = i + 1;
    log[i].hash = hash_of(log[i]);
  }
  EXPECT_NE(found(log).find("entry 3 does not follow the one before it"), std::string::npos);
  // Moved.
  log = chain(6);
  std::swap(log[2], log[3]);
  EXPECT_NE(found(log), "");
  std::swap(log[2].number, log[3].number);
  EXPECT_NE(found(log).find("entry 3 was changed"), std::string::npos);
  // Inserted.
  log = chain(6);
  log.insert(log.begin() + 3, log[2]);
  EXPECT_NE(found(log).find("entry 3 stands behind entry 3\n"), std::string::npos);
  log[3].number = 4;
  log[3].previous = log[2].hash;
  log[3].hash = hash_of(log[3]);
  EXPECT_NE(found(log), "");
}

TEST(GovernanceLog, OnlyAHeadThatWasSeenTellsOfACutOrOfAWholeForgery) {
  const GovernanceHead seen = head_of(chain(6));
  Log log = chain(6);
  log.pop_back();
  EXPECT_EQ(found(log), "");
  EXPECT_EQ(found(log, seen), "it ends with entry 5, and entry 6 was seen: its end was cut off\n");
  EXPECT_EQ(found({}, seen), "it ends with entry 0, and entry 6 was seen: its end was cut off\n");
  log = chain(8);
  log[1].who = "eve";
  forge(log, 1);
  EXPECT_EQ(found(log), "");
  EXPECT_EQ(found(log, seen), "entry 6 is not the one that was seen: the log was made anew\n");
}

TEST(GovernanceLog, TellsAtMostTwentyFaults) {
  Log log = chain(100);
  for (GovernanceEntry& entry : log) entry.who = "eve";
  GovernanceCheck check;
  for (const GovernanceEntry& entry : log) check.take(entry);
  EXPECT_EQ(check.fault_count(), 100u);
  EXPECT_EQ(check.faults().size(), GovernanceCheck::kMostFaults);
}

TEST(GovernanceLog, ReadsHeads) {
  const GovernanceHead head = head_of(chain(3));
  EXPECT_EQ(parse_governance_head(to_string(head)), head);
  for (const char* bad : {"", "3", "3:", "3:00", "x:00", ":", "-1:00"}) {
    EXPECT_FALSE(parse_governance_head(bad)) << bad;
  }
  EXPECT_FALSE(parse_governance_head(to_string(head) + "0"));
  EXPECT_FALSE(parse_governance_head("3:" + std::string(64, 'g')));
}

// Empties some as the state store does, and appends the entry that says so.
Log erased(Log log, const std::vector<std::uint64_t>& numbers) {
  Sha256 remains;
  for (const std::uint64_t number : numbers) {
    GovernanceEntry& entry = log[number - 1];
    entry.key.clear();
    entry.value.clear();
    entry.emptied = true;
    remains.update(remains_of(entry));
  }
  const Sha256Digest digest = remains.finish();
  GovernanceEntry said;
  said.number = log.size() + 1;
  said.kind = kErasure;
  said.key = erased_name("ana");
  said.value = "{\"reason\":\"asked\",\"numbers\":\"" + ranges_of(numbers) + "\",\"remains\":\"" +
               to_hex(digest.data(), digest.size()) + "\"}";
  said.previous = log.back().hash;
  said.hash = hash_of(said);
  log.push_back(std::move(said));
  return log;
}

TEST(GovernanceLog, APersonIsErasedAndTheChainIsWhole) {
  EXPECT_EQ(found(erased(chain(5), {2, 3, 5})), "");
  EXPECT_EQ(found(erased(erased(chain(5), {2, 3}), {1, 4})), "");
  EXPECT_EQ(found(erased(chain(5), {})), "");
  EXPECT_EQ(found(erased(chain(5), {2, 3}), head_of(chain(5))), "");
}

TEST(GovernanceLog, WhatIsEmptiedIsFoundUnlessAnErasureSaysSo) {
  Log log = erased(chain(5), {2});
  log[3].key.clear();
  log[3].value.clear();
  log[3].emptied = true;
  EXPECT_EQ(found(log), "emptied, and no entry says so: 4\n");
  // A field that is left was changed behind it.
  log = erased(chain(5), {2, 3});
  log[2].who = "eve";
  EXPECT_EQ(found(log),
            "what entry 6 says was emptied is not as it was left\n"
            "emptied, and no entry says so: 2-3\n");
  log = erased(chain(5), {2});
  log[1].value = "{}";
  EXPECT_EQ(found(log).substr(0, 41), "entry 2 says that it is empty, and is not");
  // What is not emptied any more does not hash to what it was.
  log = erased(chain(5), {2});
  log[1].emptied = false;
  EXPECT_EQ(found(log),
            "entry 2 was changed after it was written\n"
            "what entry 6 says was emptied is not as it was left\n");
  // The erasure itself cannot be emptied.
  log = erased(erased(chain(2), {1}), {3});
  EXPECT_EQ(found(log).substr(0, 41), "entry 3 says that it is empty, and is not");
  // Nor can one name what comes later, or far too much.
  log = chain(2);
  GovernanceEntry said = log[1];
  said.kind = kErasure;
  said.number = 3;
  said.value = "{\"numbers\":\"1-18446744073709551614\",\"remains\":\"\"}";
  said.previous = log[1].hash;
  said.hash = hash_of(said);
  log.push_back(said);
  EXPECT_EQ(found(log), "what entry 3 says was emptied is not as it was left\n");
}

}  // namespace
}  // namespace sallyport::discovery
