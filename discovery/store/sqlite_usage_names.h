#pragma once
// The numbers of names in an SQLite store: given out while use is counted, and held to the limits
// of a day.
//
// REQUIRES: a transaction is open around number(); after one that was taken back, forget().

#include <array>
#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/core/result.h"
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
  struct HashText {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };
  using Names = std::unordered_map<std::string, Known, HashText, std::equal_to<>>;
  std::array<Names, kNameKinds> known_;
  std::map<std::pair<std::chrono::sys_days, NameKind>, std::size_t> counts_;
};

}  // namespace sallyport::discovery
