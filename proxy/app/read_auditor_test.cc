// What the API answers about persons stands in the record of reads, once for a console that asks
// again and again.

#include "proxy/app/read_auditor.h"

#include <gtest/gtest.h>

#include "base/io/nursery.h"
#include "discovery/events/samples_for_tests.h"

namespace sallyport::app {
namespace {

using discovery::ReadNote;
using discovery::samples::TempDirectory;

class ReadAuditorTest : public ::testing::Test {
 protected:
  ReadAuditorTest() : worker_(0, clock_) {}

  std::unique_ptr<ReadAuditor> auditor(AuditMode mode) {
    return std::make_unique<ReadAuditor>(file_, mode, discovery::ReadAuditOptions(), worker_,
                                         clock_);
  }

  Task<void> ask(ReadAuditor& auditor, const ReadNote& note, bool& may) {
    may = co_await auditor.note(note);
  }

  bool note(ReadAuditor& auditor, std::string who, std::string about, std::uint64_t rows = 1) {
    const ReadNote said{
        std::move(who), "api", "GET /api/v1/users/{}", std::move(about), "", "", rows};
    bool may = false;
    io::Nursery nursery(worker_.executor());
    nursery.start(ask(auditor, said, may));
    while (!nursery.empty()) worker_.poll();
    return may;
  }

  // "1 ben/ana x1 3", a line each: number, reader, whom, times, rows.
  std::string recorded() {
    auto audit = discovery::SqliteReadAudit::open_for_reading(file_);
    if (!audit) return "none";
    std::string text;
    const auto entries = (*audit)->entries(0, 100);
    if (!entries) return describe(entries.error());
    for (const discovery::AuditEntry& one : *entries) {
      text += std::to_string(one.number) + " " + one.note.who + "/" + one.note.about + " x" +
              std::to_string(one.times) + " " + std::to_string(one.note.rows) + "\n";
    }
    return text;
  }

  TempDirectory directory_;
  const std::string file_ = directory_ / "audit.sqlite";
  discovery::samples::FakeClock clock_;
  io::Worker worker_;
};

TEST_F(ReadAuditorTest, TheFirstIsThereAtOnceAndTheRestOfAMinuteIsOne) {
  const auto audit = auditor(AuditMode::best_effort);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(note(*audit, "ben", "ana", 3));
  EXPECT_TRUE(note(*audit, "ida", "ana"));
  EXPECT_TRUE(note(*audit, "ben", "bob"));
  EXPECT_EQ(recorded(), "1 ben/ana x1 3\n2 ida/ana x1 1\n3 ben/bob x1 1\n");
  clock_.advance(std::chrono::seconds(59));
  audit->look_after();
  EXPECT_TRUE(note(*audit, "ben", "ana", 3));
  clock_.advance(std::chrono::seconds(1));
  EXPECT_TRUE(note(*audit, "ben", "ana", 3));  // Another minute.
  audit->close();
  EXPECT_EQ(recorded(),
            "1 ben/ana x1 3\n2 ida/ana x1 1\n3 ben/bob x1 1\n4 ben/ana x5 15\n5 ben/ana x1 3\n");
}

TEST_F(ReadAuditorTest, WhatWasCountedIsWrittenAtTheEnd) {
  const auto audit = auditor(AuditMode::required);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(note(*audit, "ben", "ana"));
  audit->close();
  audit->close();
  EXPECT_EQ(recorded(), "1 ben/ana x1 1\n2 ben/ana x2 2\n");
}

TEST_F(ReadAuditorTest, WhereItCannotBeWrittenItIsSaidOrRefused) {
  discovery::samples::write_text(file_, std::string(4096, 'x'));
  const auto best = auditor(AuditMode::best_effort);
  EXPECT_TRUE(note(*best, "ben", "ana"));
  const auto strict = auditor(AuditMode::required);
  EXPECT_FALSE(note(*strict, "ben", "ana"));
  EXPECT_FALSE(note(*strict, "ben", "ana"));  // Nor as one that was counted.
  // It is tried again.
  std::filesystem::remove(file_);
  EXPECT_TRUE(note(*strict, "ben", "ana"));
  EXPECT_EQ(recorded(), "1 ben/ana x1 1\n");
}

TEST_F(ReadAuditorTest, OffRecordsNothing) {
  const auto audit = auditor(AuditMode::off);
  EXPECT_TRUE(note(*audit, "ben", "ana"));
  EXPECT_EQ(recorded(), "none");
}

TEST(ReadNoteOfACall, SaysWhoAskedWhat) {
  admin::Call call;
  call.names = {"ana"};
  call.query = {{"by", "ben"}, {"reason", "case\n7"}, {"since", "24h"}, {"until", ""}};
  const ReadNote note = note_of(call, "GET /api/v1/users/{}", "ana", 7);
  EXPECT_EQ(note, (ReadNote{"ben", "api", "GET /api/v1/users/{}", "ana", "ana since=24h",
                            "case\\x0a7", 7}));
  call.query = {};
  EXPECT_EQ(note_of(call, "x", "", 0).who, "api");
}

}  // namespace
}  // namespace sallyport::app
