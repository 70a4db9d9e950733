#pragma once
// Alerts in an SQLite file of their own (DIR/alerts.sqlite): WAL, synchronous=NORMAL, so that a
// crash of the process loses nothing and one of the machine at most the last moments.

#include <memory>
#include <string>

#include "discovery/alerts/alert_store.h"

namespace sallyport::discovery {

class SqliteAlertStore final : public AlertStore {
 public:
  // Makes the file (mode 0640) and its tables where there are none. A file of another program, or
  // of a newer Sallyport, is refused.
  static Result<std::unique_ptr<SqliteAlertStore>> open(const std::string& path);
  // For the CLI and the admin API: members that write fail with ErrorKind::permission. not_found
  // where there is none.
  static Result<std::unique_ptr<SqliteAlertStore>> open_for_reading(const std::string& path);
  ~SqliteAlertStore() override;

  Result<void> write(const AlertBatch& batch) override;
  Result<AlertBatch> memory(std::chrono::sys_days day, Time since) override;
  Result<std::vector<Alert>> query(const AlertQuery& query) override;
  Result<std::optional<Alert>> find(const Ulid& id) override;
  Result<AlertCount> count(const std::function<bool(const Ulid&)>& counts) override;
  Result<std::vector<AlertDay>> days(std::size_t most, bool suppressed_only) override;
  Result<bool> retain(Time now) override;

 private:
  struct Connection;
  SqliteAlertStore(std::unique_ptr<Connection> connection, bool writable);
  Result<void> may_write() const;

  std::unique_ptr<Connection> connection_;
  bool writable_;
};

}  // namespace sallyport::discovery
