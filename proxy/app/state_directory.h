#pragma once
// Where the gateway keeps what it makes: the authority, the store, the logs. One process at a time.

#include <memory>
#include <string>

#include "base/core/clock.h"
#include "base/core/result.h"

namespace sallyport::app {

class StateDirectory {
 public:
  // Makes it (0750) where it is missing, and takes its lock. `unavailable` where another gateway
  // runs from it.
  static Result<std::unique_ptr<StateDirectory>> open(const std::string& path);
  ~StateDirectory();
  StateDirectory(const StateDirectory&) = delete;
  StateDirectory& operator=(const StateDirectory&) = delete;

  const std::string& path() const { return path_; }
  // A name that this installation keeps, for Via: "sallyport-3f9a01c2".
  Result<std::string> pseudonym();

 private:
  StateDirectory(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}
  std::string path_;
  int lock_;
};

// Paths inside it, also for commands that only read.
std::string ca_directory(const std::string& state);       // DIR/ca
std::string store_file(const std::string& state);         // DIR/activities.sqlite
std::string journal_file(const std::string& state);       // DIR/blocks.journal
std::string alerts_file(const std::string& state);        // DIR/alerts.sqlite
std::string hand_file(const std::string& state);          // DIR/state.sqlite
std::string import_lock_file(const std::string& state);   // DIR/imports.lock
std::string read_audit_file(const std::string& state);    // DIR/audit.sqlite
std::string accounts_file(const std::string& state);      // DIR/accounts.json
std::string token_file(const std::string& state);         // DIR/admin.token
std::string quarantine_folder(const std::string& state);  // DIR/quarantine
std::string portal_keys_file(const std::string& state);   // DIR/portal.keys
std::string names_key_file(const std::string& state);     // DIR/names.key
std::string admin_file(const std::string& state);         // DIR/admin.address
std::string log_directory(const std::string& state);      // DIR/log
std::string policy_archive(const std::string& state);     // DIR/policies
std::string addresses_file(const std::string& state);     // DIR/addresses.json
// DIR/geo holds what `geo build` writes (discovery/geo/geo.h).
std::string pins_file(const std::string& state, int worker);  // DIR/pins/worker-N.txt

Result<void> make_directory(const std::string& path, unsigned mode);
// Whole or not at all.
Result<void> write_file(const std::string& path, const std::string& text, unsigned mode);
Result<std::string> read_file(const std::string& path, std::size_t most);

}  // namespace sallyport::app
