#include "proxy/cli/logged_import.h"

#include "base/json/writer.h"
#include "discovery/store/sqlite_state_store.h"
#include "proxy/app/state_directory.h"
#include "proxy/cli/commands.h"

namespace sallyport::cli {

bool log_import(const std::string& state, const LoggedImport& import, const std::string& who) {
  discovery::StateEntry entry;
  entry.kind = import.kind;
  entry.key = import.key;
  entry.who = who;
  entry.at = system_clock().now();
  {
    JsonWriter json(entry.value);
    json.begin_object();
    json.member("change", import.change);
    for (const auto& [name, text] : import.facts) json.member(name, text);
    json.end_object();
  }
  Result<void> done = app::make_directory(state, 0750);
  if (done) {
    // A gateway that runs has it open too; each entry is one transaction, whoever makes it.
    auto store = discovery::SqliteStateStore::open(app::hand_file(state));
    done = store ? (*store)->put({&entry, 1}) : Result<void>(std::unexpected(store.error()));
  }
  if (!done)
    complain("not done, because the governance log cannot tell of it: " + describe(done.error()));
  return done.has_value();
}

}  // namespace sallyport::cli
