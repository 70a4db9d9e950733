#pragma once
// The numbers of names in an SQLite store: given out while use is counted, and held to the limits
// of a day.
//
// REQUIRES: a transaction is open around number(); after one that was taken back, forget().

#include <array>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/core/flat_index.h"
#include "base/core/result.h"
#include "base/crypto/flat_key.h"
#include "discovery/store/sqlite_db.h"
#include "discovery/store/usage.h"
#include "discovery/store/usage_limits.h"

namespace sallyport::discovery {

class SqliteUsageNames {
 public:
  SqliteUsageNames(const SqliteDatabase& db, const UsageLimits& limits);

  // Once, before anything else.
  Result<void> prepare();

  struct Numbered {
    NameNumber number = kOther;
    bool fresh = false;  // it was not there on this day
  };
  // kOther where there is no room on that day, or the name is too long. `may_be_fresh`: whether it
  // may be one that is not there on this day yet; else it is kOther too.
  Result<Numbered> number(NameKind kind, std::string_view name, std::chrono::sys_days day,
                          bool may_be_fresh = true);
  void forget();

 private:
  struct Known {
    NameNumber number = kOther;
    std::chrono::sys_days last_day;
  };
  Result<std::optional<Known>> find(NameKind kind, std::string_view name);
  // How many of a kind are there on a day.
  Result<std::size_t*> count(NameKind kind, std::chrono::sys_days day);
  std::size_t limit(NameKind kind) const;

  const SqliteDatabase& db_;
  const UsageLimits limits_;
  SqliteStatement find_;
  SqliteStatement count_;
  SqliteStatement insert_;
  SqliteStatement update_;
  SqliteStatement last_n_;
  // Those of one kind that are in memory.
  struct Names {
    std::vector<std::pair<std::string, Known>> known;
    FlatIndex index;  // to `known`

    void clear() {
      known.clear();
      index.clear();
    }
  };
  static Known* find_known(Names& names, std::uint64_t hash, std::string_view name);
  static Known* add_known(Names& names, std::uint64_t hash, std::string_view name, Known known);

  const FlatHasher hasher_ = flat_hasher();
  std::array<Names, kNameKinds> known_;
  std::map<std::pair<std::chrono::sys_days, NameKind>, std::size_t> counts_;
};

}  // namespace sallyport::discovery
