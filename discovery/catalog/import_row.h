#pragma once
// One row of an import, judged (imported_apps.h): for its reader only.

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "discovery/catalog/imported_apps.h"

namespace sallyport::discovery {

// As it stands there.
struct WrittenRow {
  std::optional<std::string> domain, name, category, vendor, score;
  std::vector<std::pair<std::string, std::vector<std::string>>> factors;  // by their names
  std::uint32_t line = 0;
  std::size_t bytes = 0;

  // The one of that name; null where there is none.
  static std::optional<std::string> WrittenRow::* member_of(std::string_view name);
};

struct RefusedRow {
  RowFault fault;
  std::string why;
};
template <class T>
using Expected = std::expected<T, RefusedRow>;

class RowJudge {
 public:
  // What `judges` names outlives it. `most`: bytes of a row.
  RowJudge(const ImportOrigin& origin, const ImportJudges& judges, std::size_t most)
      : source_{"imported", origin.date, origin.name}, judges_(judges), most_(most) {}

  // An app with one domain.
  Expected<ImportedApp> read(const WrittenRow& row) const;

 private:
  Expected<std::string> domain_of(const std::string& written) const;
  Expected<Factors> factors_of(const WrittenRow& row) const;

  const AppSource source_;
  const ImportJudges judges_;
  const std::size_t most_;
};

}  // namespace sallyport::discovery
