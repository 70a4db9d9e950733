#pragma once
// The record of reads (read_audit.h) in one SQLite file of its own, because it is written by
// whoever reads: commands, beside a gateway that runs. An entry is durable when append() returns.
//
// Thread rule: one thread per object; many objects and processes may append to one file.

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/core/result.h"
#include "discovery/store/name_match.h"
#include "discovery/store/read_audit.h"

namespace sallyport::discovery {

struct ReadAuditOptions {
  std::chrono::hours max_age{24 * 400};
  std::uint64_t max_entries = 1'000'000;
};

class SqliteReadAudit {
 public:
  static constexpr std::size_t kMostEntries = 2'000;  // of one look

  // Makes the file (mode 0640) where there is none.
  static Result<std::unique_ptr<SqliteReadAudit>> open(const std::string& path,
                                                       ReadAuditOptions options = {});
  // The file must exist; append() and empty() then fail with ErrorKind::permission.
  static Result<std::unique_ptr<SqliteReadAudit>> open_for_reading(const std::string& path);
  ~SqliteReadAudit();

  // `times`: so often within a minute; `note.rows` is of all of them. Now and then it lets go of
  // what is too old, or too much.
  Result<void> append(const ReadNote& note, std::uint64_t times, Time at);

  // Entries behind `after`, oldest first; at most kMostEntries.
  Result<std::vector<AuditEntry>> entries(std::uint64_t after, std::size_t most);
  // Entries before `number`, newest first; likewise.
  Result<std::vector<AuditEntry>> before(std::uint64_t number, std::size_t most);
  Result<GovernanceHead> head();

  // Empties what was asked about that person, leaves entries that say so (`who`, `via` and `what`
  // of `note`), and scrubs the file. How many there were. Goes on where a run of it was stopped.
  Result<std::uint64_t> empty(const NameMatch& person, const ReadNote& note, Time at);

 private:
  struct Connection;
  SqliteReadAudit(std::unique_ptr<Connection> connection, ReadAuditOptions options, bool writable);
  Result<void> may_write() const;
  Result<std::vector<AuditEntry>> rows(std::string_view condition, std::uint64_t number,
                                       std::size_t most);
  Result<void> add(AuditEntry entry);
  Result<void> retain(Time now);

  std::unique_ptr<Connection> connection_;
  ReadAuditOptions options_;
  bool writable_;
};

}  // namespace sallyport::discovery
