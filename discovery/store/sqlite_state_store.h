#pragma once
// The state in an SQLite file of its own (DIR/state.sqlite), synchronous=FULL: a change that was
// answered is there after a power cut.

#include <memory>
#include <string>

#include "discovery/store/state_store.h"

namespace sallyport::discovery {

class SqliteStateStore final : public StateStore {
 public:
  // Makes the file (mode 0640) and its tables where there are none. A file of another program, or
  // of a newer Sallyport, is refused.
  static Result<std::unique_ptr<SqliteStateStore>> open(const std::string& path);
  // For the CLI: members that write fail with ErrorKind::permission. not_found where there is none.
  static Result<std::unique_ptr<SqliteStateStore>> open_for_reading(const std::string& path);
  ~SqliteStateStore() override;

  Result<std::vector<StateEntry>> entries(std::string_view kind, Time now) override;
  Result<void> put(std::span<const StateEntry> entries) override;
  Result<void> remove(std::string_view kind, std::string_view key, std::string_view who,
                      Time at) override;
  Result<std::vector<StateChange>> changes(std::string_view kind, std::size_t most) override;
  Result<std::vector<GovernanceEntry>> governance(std::uint64_t after, std::size_t most) override;
  Result<GovernanceHead> governance_head() override;
  Result<std::size_t> expire(Time now) override;

 private:
  struct Connection;
  SqliteStateStore(std::unique_ptr<Connection> connection, bool writable);
  Result<void> may_write() const;
  // REQUIRES: a transaction is open. Numbers and links the entry.
  Result<void> append_governance(GovernanceEntry entry);

  std::unique_ptr<Connection> connection_;
  bool writable_;
};

}  // namespace sallyport::discovery
