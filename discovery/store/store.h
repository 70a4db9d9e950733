#pragma once
// Keeping events and answering questions about them. An interface: SQLite is the engine that needs
// nothing; others follow, and every one passes store_conformance_test.cc.
//
// INVARIANT: write() is all or none, and idempotent by event id. A query sees whole batches.
// Thread rule: one thread per Store object. A second object on the same place (another thread or
// process) is fine: readers do not hold up the writer.

#include <optional>
#include <string>
#include <vector>

#include "base/core/result.h"
#include "discovery/events/sink.h"
#include "discovery/store/query.h"

namespace sallyport::discovery {

struct StoreTotals {
  std::uint64_t events = 0;
  std::uint64_t activities = 0;
  std::optional<Time> oldest;
  std::optional<Time> newest;
};

class Store : public EventWriter {
 public:
  virtual Result<std::vector<Row>> query(const Query& query) = 0;

  // The whole record of one event as encode.h wrote it; nothing where there is none.
  virtual Result<std::optional<std::string>> find_record(const Ulid& id) = 0;

  virtual Result<StoreTotals> totals() = 0;
};

}  // namespace sallyport::discovery
