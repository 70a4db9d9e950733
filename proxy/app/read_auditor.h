#pragma once
// Leaves entries in the record of reads (discovery/store/read_audit.h) for what the API answers
// about persons.
//
//   const discovery::ReadNote note = note_of(call, "GET /api/v1/users/{}", name, rows);
//   const bool recorded = co_await auditor.note(note);
//   if (!recorded) co_return not_recorded();
//
// A console that asks the same again and again does not fill it: the first is an entry at once,
// before it is answered; the same by the same reader within a minute is counted, and one entry at
// the end of that minute. A crash loses such counts, never a first.
//
// Thread rule: the desk's; the file is written on a thread of its own.

#include <map>
#include <memory>
#include <string>

#include "base/io/pool.h"
#include "base/io/worker.h"
#include "discovery/store/sqlite_read_audit.h"
#include "proxy/admin/api.h"
#include "proxy/app/audit_mode.h"

namespace sallyport::app {

class ReadAuditor {
 public:
  // `worker` is the desk's, and outlives the auditor. Without coroutines that wait, close() ends.
  ReadAuditor(std::string file, AuditMode mode, discovery::ReadAuditOptions options,
              io::Worker& worker, const Clock& clock);
  ~ReadAuditor();

  // False: it must not be answered. `note` lives until it returns.
  Task<bool> note(const discovery::ReadNote& note);

  // Now and then: writes what was counted a minute ago.
  void look_after();
  // Writes the rest. The last call; on any thread once the desk has ended.
  void close();

 private:
  struct Counted {
    discovery::ReadNote note;
    Time began{};
    std::uint64_t times = 0;  // beside the first, which has its entry
    std::uint64_t rows = 0;
  };
  Result<void> append(const discovery::ReadNote& note, std::uint64_t times, Time at);
  void write_later(Counted counted);

  const std::string file_;
  const AuditMode mode_;
  const discovery::ReadAuditOptions options_;
  io::Worker& worker_;
  const Clock& clock_;
  std::map<std::string, Counted> recent_;
  std::unique_ptr<discovery::SqliteReadAudit> audit_;  // the pool's, once it is open
  std::unique_ptr<io::WorkPool> pool_;
};

// `what`: the route's pattern. The reader is the caller by name, or ?by=, the reason ?reason=, the
// rest is the question.
discovery::ReadNote note_of(const admin::Call& call, std::string_view what, std::string about,
                            std::uint64_t rows);
http::Reply not_recorded();

}  // namespace sallyport::app
