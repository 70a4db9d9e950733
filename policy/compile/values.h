#pragma once
// The values of one condition: checked against the attribute's type and prepared for comparison.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/diagnostics.h"
#include "base/core/spanned.h"
#include "policy/activity/attribute_table.h"
#include "policy/eval/expression.h"

namespace sallyport::policy {

class ValueReader {
 public:
  using Lists = std::map<std::string, SourcePtr, std::less<>>;
  // `also_named`: as of PolicySources.
  using AlsoNamed = std::function<std::string(std::string_view)>;
  explicit ValueReader(const Lists& lists, AlsoNamed also_named = nullptr)
      : lists_(lists), also_named_(std::move(also_named)) {}

  // The test `attribute: values`, or nothing where a value is wrong. `zone` is of times. REQUIRES:
  // values is not empty.
  std::optional<Expression> read(const Attribute& attribute,
                                 const std::vector<Spanned<std::string>>& values,
                                 const std::string& zone, Diagnostics& found);

  // Null, and reported at `place`, where there is no such zone.
  std::shared_ptr<const TimeZone> zone(const std::string& name, const Place& place,
                                       Diagnostics& found);

  // The entries of the list that `value` names ("list/NAME"), each with its place in the list's
  // file; null, and reported, where there is none. They live as long as the reader.
  const std::vector<Spanned<std::string>>* entries(const Spanned<std::string>& value,
                                                   Diagnostics& found) {
    return list(value, found);
  }

  // Names of lists that some value asked for.
  bool is_used(std::string_view list) const { return used_.contains(list); }

 private:
  using Texts = std::vector<Spanned<std::string>>;
  const Texts* list(const Spanned<std::string>& value, Diagnostics& found);

  const Lists& lists_;
  const AlsoNamed also_named_;
  std::map<std::string, Texts, std::less<>> read_;  // by name
  std::map<std::string, bool, std::less<>> used_;
  std::map<std::string, std::shared_ptr<const TimeZone>, std::less<>> zones_;
};

// "2026-11-26": days since 1970-01-01.
std::optional<std::int64_t> parse_date(std::string_view text);
// The moment at which that day begins by the wall clock of the zone; on a day when the clock
// changes at midnight, an hour off.
Time midnight(std::int64_t day, const TimeZone& zone);
// "90s", "5m", "2h", "30d".
std::optional<std::chrono::seconds> parse_window(std::string_view text);
// "> 25 MB", "500..600", "17": an interval with both ends.
std::optional<NumberMatcher::Interval> parse_interval(std::string_view text, bool bytes);

}  // namespace sallyport::policy
