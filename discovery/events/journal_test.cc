#include "discovery/events/journal.h"

#include <gtest/gtest.h>

#include "discovery/events/samples_for_tests.h"

namespace sallyport::discovery {
namespace {

using samples::TempDirectory;
using Records = std::vector<std::string>;

std::unique_ptr<Journal> open(const std::string& path, std::size_t bytes = 4096) {
  auto journal = Journal::open(path, bytes);
  if (!journal) ADD_FAILURE() << describe(journal.error());
  return journal ? std::move(*journal) : nullptr;
}

std::string refusal(const std::string& path) {
  const auto journal = Journal::open(path, 4096);
  return journal ? "opened" : describe(journal.error());
}

// Changes bytes behind the journal's back.
void overwrite(const std::string& path, std::size_t at, std::string_view bytes) {
  std::string content = samples::read_text(path);
  content.replace(at, bytes.size(), bytes);
  samples::write_text(path, content);
}

TEST(Journal, HasItsFullSizeFromTheStart) {
  const TempDirectory directory;
  open(directory / "j", 100000);
  EXPECT_EQ(samples::read_text(directory / "j").size(), 100000u);
}

TEST(Journal, KeepsRecordsAcrossProcesses) {
  const TempDirectory directory;
  EXPECT_TRUE(open(directory / "j")->append({"one", "two"}));
  EXPECT_TRUE(open(directory / "j")->append({"three"}));
  const auto journal = open(directory / "j");
  EXPECT_EQ(journal->count(), 3u);
  EXPECT_EQ(journal->records(), (Records{"one", "two", "three"}));
  EXPECT_EQ(samples::read_text(directory / "j").size(), 4096u);
}

TEST(Journal, TakesAllOrNoneWhenItIsFull) {
  const TempDirectory directory;
  const auto journal = open(directory / "j", 100);
  EXPECT_TRUE(journal->append({std::string(40, 'x')}));
  EXPECT_FALSE(journal->append({"a", std::string(40, 'y')}));
  EXPECT_EQ(journal->trouble(), "the journal is full");
  EXPECT_EQ(journal->count(), 1u);
  EXPECT_TRUE(journal->append({"b"}));
  EXPECT_EQ(journal->records(), (Records{std::string(40, 'x'), "b"}));
}

TEST(Journal, UsesItsLastByte) {
  const TempDirectory directory;
  const auto journal = open(directory / "j", 16 + 8 + 40 + 8);
  EXPECT_FALSE(journal->append({std::string(41, 'x')}));
  EXPECT_TRUE(journal->append({std::string(40, 'x')}));
  EXPECT_EQ(journal->records(), (Records{std::string(40, 'x')}));
}

TEST(Journal, ForgetsWhatWasClearedEvenUnderShorterRecords) {
  const TempDirectory directory;
  {
    const auto journal = open(directory / "j");
    EXPECT_TRUE(journal->append({"first", "second", "third"}));
    EXPECT_TRUE(journal->clear());
    EXPECT_TRUE(journal->empty());
    EXPECT_TRUE(journal->append({"fresh"}));  // As long as "first": what follows lies aligned.
  }
  EXPECT_EQ(open(directory / "j")->records(), (Records{"fresh"}));
  EXPECT_EQ(samples::read_text(directory / "j").find("second"), std::string::npos);
}

TEST(Journal, StopsAtARecordThatACrashTore) {
  const TempDirectory directory;
  EXPECT_TRUE(open(directory / "j")->append({"whole", "torn", "behind"}));
  overwrite(directory / "j", 16 + 8 + 5 + 8 + 2, "?");
  const auto journal = open(directory / "j");
  EXPECT_EQ(journal->records(), Records{"whole"});
  EXPECT_TRUE(journal->append({"next"}));
  EXPECT_EQ(journal->records(), (Records{"whole", "next"}));
}

TEST(Journal, DoesNotTrustALength) {
  const TempDirectory directory;
  EXPECT_TRUE(open(directory / "j")->append({"whole"}));
  overwrite(directory / "j", 16, "\xff\xff\xff\xff");
  EXPECT_TRUE(open(directory / "j")->empty());
}

TEST(Journal, RefusesAnotherKindOfFileAndLeavesItAlone) {
  const TempDirectory directory;
  samples::write_text(directory / "j", "my precious diary, of more than sixteen bytes");
  EXPECT_EQ(refusal(directory / "j"),
            "ours invalid: " + (directory / "j") + " is no journal of Sallyport; move it away");
  EXPECT_TRUE(samples::read_text(directory / "j").starts_with("my precious diary"));
}

TEST(Journal, IsMadeLargerButNeverSmaller) {
  const TempDirectory directory;
  EXPECT_TRUE(open(directory / "j", 1000)->append({"kept"}));
  EXPECT_EQ(open(directory / "j", 5000)->records(), Records{"kept"});
  EXPECT_EQ(samples::read_text(directory / "j").size(), 5000u);
  EXPECT_EQ(open(directory / "j", 100)->records(), Records{"kept"});
  EXPECT_EQ(samples::read_text(directory / "j").size(), 5000u);
}

TEST(Journal, BelongsToOneProcessAtATime) {
  const TempDirectory directory;
  const auto journal = open(directory / "j");
  EXPECT_EQ(refusal(directory / "j"),
            "ours unavailable: " + (directory / "j") + " is in use by another process");
}

TEST(Journal, SaysWhereItCannotBeMade) {
  const TempDirectory directory;
  EXPECT_EQ(refusal(directory / "no/j"), "ours storage: " + (directory / "no/j") +
                                             " cannot be opened: No such file or directory");
}

}  // namespace
}  // namespace sallyport::discovery
