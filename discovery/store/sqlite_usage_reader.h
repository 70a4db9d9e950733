#pragma once
// Reading counted use (usage.h) out of an SQLite store: what lies in chunks, and what the blocks
// tell that wait to be counted. One view of the store: a gateway that writes meanwhile changes
// nothing in it.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/core/result.h"
#include "discovery/store/sqlite_db.h"
#include "discovery/store/usage.h"
#include "discovery/store/usage_count.h"
#include "discovery/store/usage_exclusions.h"

namespace sallyport::discovery {

// While more events than this wait, none of them is in the answer.
constexpr std::uint64_t kMostWaitingRead = 200'000;

// All that is read while it lives is of one moment.
class OneView {
 public:
  static Result<OneView> begin(const SqliteDatabase& db);
  OneView(OneView&& other) noexcept : db_(std::exchange(other.db_, nullptr)) {}
  OneView& operator=(OneView&&) = delete;
  ~OneView();

 private:
  explicit OneView(const SqliteDatabase& db) : db_(&db) {}
  const SqliteDatabase* db_;
};

// One question. REQUIRES: a OneView lives.
class UsageReading {
 public:
  // Whether chunks of that source and period are left out, but for fresh ones.
  using PassedOver = std::function<bool(UsageSource source, UsagePeriod period)>;

  UsageReading(const SqliteDatabase& db, const UsageQuestion& question,
               const UsageReader::Each& each, PassedOver passed_over = {})
      : db_(db), question_(question), each_(each), passed_over_(std::move(passed_over)) {}

  // Names, and what the question means: question() and names(). read() does it where it was not.
  Result<void> read_known();
  Result<UsageExtent> read();

  const UsageQuestion& question() const { return question_; }  // as it was widened
  UsageNames& names() { return names_; }

 private:
  Result<void> read_names();
  // How many the question asks for; refuses one that is not in force.
  Result<void> read_imports();
  Result<void> read_exclusions();
  Result<void> read_extent();
  // To whole months, where they are one period.
  Result<void> widen_question();
  Result<void> read_chunks();
  struct Head {
    std::int64_t n = 0;
    UsagePeriod period;
    std::optional<NameNumber> user;  // of whom alone
  };
  // Chunks of the question; of one user those that may have something of them.
  Result<void> find_chunks(std::optional<NameNumber> user, std::vector<Head>& found);
  Result<void> read_chunk(UsagePeriod period, std::string_view data,
                          std::optional<NameNumber> user);
  std::vector<NameNumber> users_asked() const;
  Result<void> read_waiting();
  Result<void> read_block(std::string_view ids, std::string_view data);
  void tell(const CountedUse& use);
  NameNumber number(NameKind kind, std::string_view name);
  void widen(std::chrono::sys_days day);
  void bind_source(SqliteStatement& statement, int index) const;
  bool is_named(const UsageEntry& entry) const;

  const SqliteDatabase& db_;
  UsageQuestion question_;
  const UsageReader::Each& each_;
  PassedOver passed_over_;
  bool known_ = false;
  UsageExtent extent_;
  UsageExclusions exclusions_;
  UsageNames names_;
  std::map<std::pair<NameKind, std::string>, NameNumber> numbers_;  // where events wait
};

Result<UsageExtent> read_usage(const SqliteDatabase& db, const UsageQuestion& question,
                               const UsageReader::Each& each);

}  // namespace sallyport::discovery
