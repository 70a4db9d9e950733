#pragma once
// The store in one SQLite file, events in compressed blocks (event_block.h): WAL, so that the CLI
// reads while the gateway writes; synchronous=NORMAL, so that a crash of the process loses nothing
// and one of the machine at most the last moments.
//
// A file of another program, of a newer Sallyport, or a damaged one is refused with a sentence that
// says what to do; nothing is ever deleted or repaired here.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "discovery/store/search.h"
#include "discovery/store/store.h"
#include "discovery/store/usage.h"
#include "discovery/store/usage_exclusions.h"
#include "discovery/store/usage_limits.h"

namespace sallyport::discovery {

struct SqliteOptions {
  std::string path;
  // Blocks all of whose events started longer ago are deleted; 0: kept for ever.
  std::chrono::hours max_age{24 * 90};
  // The oldest events are deleted while the pages in use come to more; 0: no bound.
  std::uint64_t max_bytes = 4ull * 1024 * 1024 * 1024;
  // Events that one retain() deletes at most, but for those of one block, so that writing goes on
  // in between.
  std::size_t retain_step = 2000;
  // How long to wait for another process's lock.
  std::chrono::milliseconds busy_timeout{2000};
  // Counted use (usage.h) has bounds of its own: it stays when the events that it was counted from
  // leave, and its bytes are none of theirs. 0 as above.
  std::chrono::hours usage_max_age{24 * 400};
  std::uint64_t usage_max_bytes = 2ull * 1024 * 1024 * 1024;
  // Of months that ended longer ago days are no longer told apart.
  std::chrono::hours usage_days{24 * 92};
  UsageLimits usage_limits = {};
  // Whose use is not counted from now on; nothing: as it was.
  std::optional<UsageExclusions> usage_exclude = {};
  // For tests of a full disk: 0 or the largest number of pages the file may have.
  std::uint32_t max_pages = 0;
};

class SqliteStore final : public Store, public UsageReader {
 public:
  // Makes the file (mode 0640) and its tables where there are none; brings an older schema up to
  // date.
  static Result<std::unique_ptr<SqliteStore>> open(SqliteOptions options);

  // For the CLI: changes nothing, and every writing member fails with ErrorKind::permission. The
  // file must exist. A gateway may have it open.
  static Result<std::unique_ptr<SqliteStore>> open_for_reading(const std::string& path);

  ~SqliteStore() override;

  Result<void> write(EventSpan events) override;
  Result<bool> retain(Time now) override;
  std::uint64_t bytes() const override;

  Result<std::vector<Row>> query(const Query& query) override;
  // The same with more conditions.
  Result<std::vector<Row>> search(const Query& query, Search& search);
  Result<std::optional<std::string>> find_record(const Ulid& id) override;
  Result<StoreTotals> totals() override;

  Result<std::optional<std::string>> find_facts(const Ulid& id) override;
  Result<std::vector<Slice>> slices(Time since, Time until, std::size_t events_each) override;
  Result<void> read_past(Time since, Time until,
                         const std::function<void(const PastEvent&)>& each) override;

  // From when on there are about so many events before `until`, or `since` where there are fewer.
  // REQUIRES: since < until
  Result<Time> start_of_latest(Time since, Time until, std::size_t events);
  // read_past() of one user alone: without ASCII case; "" for nobody.
  Result<void> read_past_of(const std::string& user, Time since, Time until,
                            const std::function<void(const PastEvent&)>& each);

  Result<UsageExtent> read_usage(const UsageQuestion& question, const Each& each) override;
  Result<std::unique_ptr<UsageView>> view_usage(const UsageQuestion& question) override;

 private:
  struct Connection;
  SqliteStore(SqliteOptions options, std::unique_ptr<Connection> connection, bool writable);

  // The numbers of the blocks that retain() deletes next, and whether there are more.
  struct OldBlocks {
    std::vector<std::int64_t> blocks;
    bool more = false;
  };
  Result<OldBlocks> find_old(Time now);
  Result<bool> delete_old(Time now);
  // True: there is more to count.
  bool count_usage();
  // The ids that a text means: itself, and those of the apps of that name.
  Result<std::vector<std::string>> app_ids(const std::string& app);

  SqliteOptions options_;
  std::unique_ptr<Connection> connection_;
  bool writable_;
  std::uint64_t usage_bytes_ = 0;  // of counted use, when it was last looked at
  bool usage_fails_ = false;       // what was last tried with it
};

}  // namespace sallyport::discovery
