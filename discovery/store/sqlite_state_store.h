#pragma once
// The state in an SQLite file of its own (DIR/state.sqlite), synchronous=FULL: a change that was
// answered is there after a power cut.

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/json/writer.h"
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

  // What is taken away of a person: what is set (by kind and key), the changes of it, and what the
  // governance log says of it and of whatever else is `about` them.
  struct Erasure {
    std::vector<std::pair<std::string, std::string>> entries;
    std::function<bool(const GovernanceEntry&)> about;
    std::function<bool(std::string_view)> is_person;  // by any of their names
    std::string name;                                 // canonical
    std::string who;
    Time at;
    // Writes more members into the value of the entry that is left; "reason" and how much there
    // was.
    std::function<void(JsonWriter&)> tell;
  };
  struct Erased {
    std::uint64_t emptied = 0;  // entries of the log
    bool scrubbed = true;       // false: the write-ahead log could not be emptied
  };
  // All or nothing. Leaves an entry of kind kErasure also where there was nothing.
  Result<Erased> erase(const Erasure& erasure);

 private:
  struct Connection;
  SqliteStateStore(std::unique_ptr<Connection> connection, bool writable);
  Result<void> may_write() const;
  Result<void> erase_entries(const Erasure& erasure);
  Result<void> erase_changes(const Erasure& erasure);
  Result<void> empty_governance(const Erasure& erasure, std::vector<std::uint64_t>& numbers,
                                Sha256& remains);
  // REQUIRES: a transaction is open. Numbers and links the entry.
  Result<void> append_governance(GovernanceEntry entry);

  std::unique_ptr<Connection> connection_;
  bool writable_;
  bool knows_emptied_ = true;  // false: a file of a version that emptied none, to be read
};

}  // namespace sallyport::discovery
