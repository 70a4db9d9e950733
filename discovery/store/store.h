#pragma once
// Keeping events and answering questions about them. An interface: SQLite is the engine that needs
// nothing; others follow, and every one passes store_conformance_test.cc.
//
// INVARIANT: write() is all or none, and idempotent by event id. A query sees whole batches.
// Thread rule: one thread per Store object. A second object on the same place (another thread or
// process) is fine: readers do not hold up the writer.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/core/result.h"
#include "discovery/events/sink.h"
#include "discovery/store/past.h"
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

  // ---- For judging again what happened (policy/replay)

  // The packed facts of one event; nothing where there is no such event, or where it was kept by a
  // version that did not keep them.
  virtual Result<std::optional<std::string>> find_facts(const Ulid& id) = 0;

  // The span in pieces of about so many events each, oldest first, which do not overlap; those that
  // started in no piece did not happen. So that several threads can read at once, each with a Store
  // of its own.
  virtual Result<std::vector<Slice>> slices(Time since, Time until, std::size_t events_each) = 0;

  // Calls `each` for every event that started in the span, by time; those of one moment in the
  // order of recording. It reads in steps, so that no single look at the store lasts and keeps the
  // writer from cleaning up; events that are written or removed meanwhile may be seen or not.
  virtual Result<void> read_past(Time since, Time until,
                                 const std::function<void(const PastEvent&)>& each) = 0;
};

}  // namespace sallyport::discovery
