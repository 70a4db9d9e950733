// The record of reads: what is written reads back, and whatever is done to the file is found.

#include "discovery/store/read_audit.h"

#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "discovery/store/sqlite_db.h"
#include "discovery/store/sqlite_read_audit.h"

namespace sallyport::discovery {
namespace {

using std::chrono::hours;

class ReadAudit : public ::testing::Test {
 protected:
  ReadAudit() {
    char folder[] = "/tmp/sallyport-audit-XXXXXX";
    folder_ = ::mkdtemp(folder);
    file_ = folder_ + "/audit.sqlite";
    open();
  }
  ~ReadAudit() override { std::filesystem::remove_all(folder_); }

  void open(ReadAuditOptions options = {}) {
    audit_.reset();
    auto opened = SqliteReadAudit::open(file_, options);
    ASSERT_TRUE(opened) << describe(opened.error());
    audit_ = std::move(*opened);
  }

  void read(std::string who, std::string about, std::string question = "--since 24h",
            std::string reason = "case 7") {
    const ReadNote note{std::move(who),
                        "shell root",
                        "users show",
                        std::move(about),
                        std::move(question),
                        std::move(reason),
                        3};
    const Result<void> done = audit_->append(note, 1, at_);
    ASSERT_TRUE(done) << describe(done.error());
    at_ += hours(1);
  }

  // The faults, a line each.
  std::string faults(std::optional<GovernanceHead> anchor = {}) {
    AuditCheck check(anchor);
    const auto entries = audit_->entries(0, SqliteReadAudit::kMostEntries);
    EXPECT_TRUE(entries);
    for (const AuditEntry& entry : *entries) check.take(entry);
    check.finish();
    std::string text;
    for (const std::string& fault : check.faults()) text += fault + "\n";
    return text;
  }

  // What the check says after a change of the file, which is then taken back.
  std::string after(const std::string& sql, std::optional<GovernanceHead> anchor = {}) {
    auto db = SqliteDatabase::open(file_, SqliteDatabase::Mode::write, std::chrono::seconds(2));
    EXPECT_TRUE(db);
    const std::string copy = "CREATE TABLE kept AS SELECT * FROM reads";
    EXPECT_TRUE(db->execute(copy));
    const Result<void> done = db->execute(sql);
    EXPECT_TRUE(done) << describe(done.error());
    std::string said = faults(anchor);
    EXPECT_TRUE(
        db->execute("DELETE FROM reads; INSERT INTO reads SELECT * FROM kept; DROP TABLE kept"));
    EXPECT_EQ(faults(), "");
    return said;
  }

  std::string bytes() const {
    std::string all;
    for (const char* end : {"", "-wal"}) {
      std::ifstream in(file_ + end, std::ios::binary);
      all.append(std::istreambuf_iterator<char>(in), {});
    }
    return all;
  }

  std::string folder_, file_;
  Time at_ = *parse_rfc3339("2026-11-24T12:00:00Z");
  std::unique_ptr<SqliteReadAudit> audit_;
};

TEST_F(ReadAudit, KeepsWhatWasReadInOrder) {
  read("ben", "ana");
  read("ida", "");
  const auto entries = audit_->entries(0, 10);
  ASSERT_TRUE(entries);
  ASSERT_EQ(entries->size(), 2u);
  EXPECT_EQ(entries->at(0).note,
            (ReadNote{"ben", "shell root", "users show", "ana", "--since 24h", "case 7", 3}));
  EXPECT_EQ(entries->at(1).number, 2u);
  EXPECT_EQ(entries->at(1).previous, entries->at(0).hash);
  const auto newest = audit_->before(UINT64_MAX, 1);
  ASSERT_TRUE(newest);
  EXPECT_EQ(newest->at(0).note.who, "ida");
  EXPECT_EQ(faults(), "");
}

// Whether another process would see that this one has the file open (SQLite's shared lock).
bool is_locked_for_others(const std::string& file) {
  const pid_t child = ::fork();
  if (child == 0) {
    struct flock lock{};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    lock.l_start = 0x40000002;  // SHARED_FIRST of SQLite's unix VFS
    lock.l_len = 510;
    const int fd = ::open(file.c_str(), O_RDWR | O_CLOEXEC);
    const bool asked = fd >= 0 && ::fcntl(fd, F_GETLK, &lock) == 0;
    ::_exit(!asked ? 2 : lock.l_type == F_UNLCK ? 1 : 0);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

// An erasure beside the gateway took -wal and -shm away from under it: the gateway had opened the
// file once more, and closed a descriptor of its own, which ended its locks.
TEST_F(ReadAudit, OpenedOnceMoreItStaysLockedForOtherProcesses) {
  read("ben", "ana");
  ASSERT_TRUE(is_locked_for_others(file_));
  {
    const auto other = SqliteReadAudit::open(file_);
    ASSERT_TRUE(other);
    EXPECT_TRUE(is_locked_for_others(file_));
  }
  EXPECT_TRUE(is_locked_for_others(file_));
}

TEST_F(ReadAudit, MakesTextsSafeAndShort) {
  read("ben", "ana", "\x1b[2J" + std::string(1'000'000, 'x'), "a\nb");
  const auto entries = audit_->entries(0, 10);
  ASSERT_TRUE(entries);
  const ReadNote& note = entries->at(0).note;
  EXPECT_EQ(note.question.substr(0, 9), "\\x1b[2Jxx");
  EXPECT_EQ(note.question.size(), ReadNote::kMostText);
  EXPECT_TRUE(note.question.ends_with("x..."));
  EXPECT_EQ(note.reason, "a\\x0ab");
  EXPECT_EQ(faults(), "");
}

TEST_F(ReadAudit, FindsWhateverIsDoneToIt) {
  for (const char* who : {"ben", "ida", "eve", "ben"}) read(who, "ana");
  EXPECT_EQ(faults(), "");
  EXPECT_EQ(after("UPDATE reads SET who = 'zoe' WHERE number = 2"),
            "entry 2 was changed after it was written\n");
  EXPECT_EQ(after("UPDATE reads SET times = 2 WHERE number = 4"),
            "entry 4 was changed after it was written\n");
  EXPECT_EQ(after("UPDATE reads SET about = 'bob' WHERE number = 3"),
            "the words of entry 3 were changed after it was written\n");
  EXPECT_EQ(after("DELETE FROM reads WHERE number = 3"), "entry 3 is missing\n");
  EXPECT_EQ(after("DELETE FROM reads WHERE number = 1"),
            "entries 1 to 1 are missing, and no entry says that they went by their age\n");
  EXPECT_EQ(after("UPDATE reads SET about = '', question = '', reason = '', salt = x'', "
                  "emptied = 1 WHERE number = 2"),
            "emptied, and no entry says so: 2\n");
  EXPECT_EQ(after("UPDATE reads SET emptied = 1 WHERE number = 2"),
            "entry 2 says that it is empty, and is not\n"
            "emptied, and no entry says so: 2\n");
  const auto head = audit_->head();
  ASSERT_TRUE(head);
  EXPECT_EQ(after("DELETE FROM reads WHERE number = 4"), "");
  EXPECT_EQ(after("DELETE FROM reads WHERE number = 4", *head),
            "it ends with entry 3, and entry 4 was seen: its end was cut off\n");
}

TEST_F(ReadAudit, OldEntriesGoAndAnEntrySaysSo) {
  open({.max_age = hours(100)});
  for (int i = 0; i < 128; ++i) read("ben", "ana");
  const auto entries = audit_->entries(0, SqliteReadAudit::kMostEntries);
  ASSERT_TRUE(entries);
  EXPECT_EQ(entries->front().number, 28u);
  EXPECT_EQ(entries->back().number, 129u);
  EXPECT_EQ(entries->back().kind, AuditKind::retain);
  EXPECT_EQ(faults(), "");
  EXPECT_EQ(after("DELETE FROM reads WHERE number < 40"),
            "entries 1 to 39 are missing, and no entry says that they went by their age\n");
  EXPECT_EQ(after("DELETE FROM reads WHERE kind = 'retain'"),
            "entries 1 to 27 are missing, and no entry says that they went by their age\n");
  for (int i = 0; i < 256; ++i) read("ben", "ana");
  EXPECT_EQ(faults(), "");
}

TEST_F(ReadAudit, TooManyGoLikewise) {
  open({.max_age = hours(24 * 400), .max_entries = 50});
  for (int i = 0; i < 200; ++i) read("ben", "ana");
  const auto entries = audit_->entries(0, SqliteReadAudit::kMostEntries);
  ASSERT_TRUE(entries);
  EXPECT_LE(entries->size(), 50u + 129u);
  EXPECT_EQ(faults(), "");
}

TEST_F(ReadAudit, AnErasedPersonIsNowhereAndTheChainIsWhole) {
  read("ben", "ana");
  read("ben", "", "--user ANA --since 24h");
  read("ben", "anabel", "anabel");
  read("ben", "", "--app dropbox", "ana asked for it");
  for (int i = 0; i < 120; ++i) read("ida", i % 2 == 0 ? "ana" : "bob", "x");
  const NameMatch ana({"ana", "corp\\ana"});
  const auto emptied = audit_->empty(ana, {"dpo", "shell root", "users erase", "", "", "", 0}, at_);
  ASSERT_TRUE(emptied) << describe(emptied.error());
  EXPECT_EQ(*emptied, 63u);
  EXPECT_EQ(faults(), "");
  const auto entries = audit_->entries(0, SqliteReadAudit::kMostEntries);
  ASSERT_TRUE(entries);
  EXPECT_TRUE(entries->at(0).emptied);
  EXPECT_EQ(entries->at(0).note.who, "ben");
  EXPECT_FALSE(entries->at(2).emptied);
  EXPECT_EQ(entries->back().kind, AuditKind::erase);
  std::string left = bytes();
  for (std::size_t at = left.find("anabel"); at != left.npos; at = left.find("anabel")) {
    left.erase(at, 6);
  }
  EXPECT_EQ(left.find("ana"), left.npos);
  EXPECT_EQ(left.find("ANA"), left.npos);
  // Again: nothing is left to do.
  EXPECT_EQ(audit_->empty(ana, {}, at_).value_or(99), 0u);
  EXPECT_EQ(after("DELETE FROM reads WHERE kind = 'erase' AND number = (SELECT max(number) FROM "
                  "reads)"),
            "emptied, and no entry says so: 99,101,103,105,107,109,111,113,115,117,119,121,123\n");
}

TEST_F(ReadAudit, ManyWritersMakeOneChain) {
  auto other = SqliteReadAudit::open(file_);
  ASSERT_TRUE(other);
  for (int i = 0; i < 20; ++i) {
    read("ben", "ana");
    ASSERT_TRUE((*other)->append({"ida", "api", "GET", "", "", "", 1}, 5, at_));
  }
  EXPECT_EQ(audit_->head()->number, 40u);
  EXPECT_EQ(faults(), "");
}

TEST_F(ReadAudit, IsReadWithoutBeingWritten) {
  read("ben", "ana");
  auto reader = SqliteReadAudit::open_for_reading(file_);
  ASSERT_TRUE(reader);
  const auto written = (*reader)->append({}, 1, at_);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::permission);
  EXPECT_FALSE(SqliteReadAudit::open_for_reading(folder_ + "/none"));
}

TEST(NumberRanges, ReadBackAsTheyWereWritten) {
  const std::vector<NumberRange> ranges{{3, 3}, {17, 17}, {19, 25}};
  EXPECT_EQ(to_string(ranges), "3,17,19-25");
  EXPECT_EQ(ranges_of({3, 17, 19, 20, 21, 22, 23, 24, 25}), "3,17,19-25");
  EXPECT_EQ(parse_number_ranges("3,17,19-25", 3), ranges);
  for (const char* bad :
       {"", "0", "3,", "5-3", "3,3", "a", "1-2-3", "18446744073709551615", "-1"}) {
    EXPECT_FALSE(parse_number_ranges(bad, 50)) << bad;
  }
  std::string many = "1";
  for (int i = 2; i <= 60; ++i) many += "," + std::to_string(i);
  EXPECT_FALSE(parse_number_ranges(many, 50));
}

}  // namespace
}  // namespace sallyport::discovery
