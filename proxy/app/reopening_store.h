#pragma once
// A store that may not be there yet: opened at the first write, and tried again by every later one
// until it opens. So a disk that was full or read-only at start costs no restart, and until then
// the scribe sees a store that fails, and journals what was blocked.
//
// Thread rule: the scribe's.

#include <memory>

#include "discovery/events/sink.h"
#include "discovery/store/sqlite_store.h"

namespace sallyport::app {

class ReopeningStore final : public discovery::EventWriter {
 public:
  explicit ReopeningStore(discovery::SqliteOptions options) : options_(std::move(options)) {}

  // Why it cannot be opened, or nothing. write() calls it too.
  Result<void> open();

  Result<void> write(discovery::EventSpan events) override;
  Result<bool> retain(Time now) override;
  std::uint64_t bytes() const override { return store_ ? store_->bytes() : 0; }

 private:
  discovery::SqliteOptions options_;
  std::unique_ptr<discovery::SqliteStore> store_;
};

}  // namespace sallyport::app
