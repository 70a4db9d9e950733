#include "proxy/cli/audited.h"

#include <unistd.h>

#include "discovery/store/sqlite_read_audit.h"
#include "proxy/app/config.h"
#include "proxy/app/names.h"
#include "proxy/app/state_directory.h"
#include "proxy/cli/kept_state.h"

namespace sallyport::cli {

bool note_read(const CommonOptions& options, const std::string& state, std::string_view what,
               const std::string& about, std::uint64_t rows) {
  app::Config config;
  if (::access(options.config.c_str(), R_OK) == 0) {
    Diagnostics warnings;
    if (auto loaded = app::load_config(options.config, warnings)) config = std::move(*loaded);
  }
  if (config.audit_reads == app::AuditMode::off) return true;
  discovery::ReadNote note;
  note.who = who_does(options.by);
  note.via = "shell " + who_does("");
  note.what = what;
  note.about = about;
  note.reason = options.reason;
  note.rows = rows;
  note.question = options.asked;
  config.state_directory = state;
  const auto names = app::names_of(config);
  if (names && *names != nullptr) {
    if (!about.empty() && about != "''") note.about = (*names)->asked(about);
    note.question = app::hide_in_question(**names, note.question);
    // "users show ana": the name stands first, as it was given.
    const std::string first = note.question.substr(0, note.question.find(' '));
    if (what.starts_with("users ") && !first.empty() && !first.starts_with("--")) {
      note.question = (*names)->asked(first) + note.question.substr(first.size());
    }
  }
  Result<void> done;
  auto audit =
      discovery::SqliteReadAudit::open(app::read_audit_file(state), {.max_age = config.audit_age});
  if (audit) {
    done = (*audit)->append(note, 1, system_clock().now());
  } else {
    done = std::unexpected(audit.error());
  }
  if (done) return true;
  const bool required = config.audit_reads == app::AuditMode::required;
  complain((required ? "not shown, because it cannot be recorded who reads it "
                       "(recording.audit_reads: required): "
                     : "it is not recorded that you read this: ") +
           describe(done.error()));
  return !required;
}

}  // namespace sallyport::cli
