#pragma once
// The one table of facts: name, type, meaning, when it is known, and how to read it from an
// Activity. From it come the checks and suggestions of the compiler, explain's words and the
// reference page. A new fact is one field of Activity, one row here, and the code that fills it.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/core/address.h"
#include "policy/activity/activity.h"

namespace sallyport::policy {

enum class Type : std::uint8_t {
  word,   // one of a closed list
  words,  // several of a closed list
  text,   // any text, compared without ASCII case where `fold_case`
  texts,  // several texts
  number,
  address,
  time_of_day,  // 08:00..18:00; the getter gives the moment, microseconds since 1970 (UTC)
  weekday,      // mon, fri; likewise
  date,         // 2026-11-26, 2026-01-01..2026-03-31; likewise
};

// What an attribute speaks of: which kinds of policies may ask for it (see Kind).
enum class Subject : std::uint8_t {
  app,          // the app alone: every kind
  access,       // who, from where, with what, where to, when: every kind but app_discovery
  activity,     // what is done: session and activity
  certificate,  // the origin's certificate: tls
  aftermath,    // what is worked out behind the exchange: detection
};

// What a getter found. monostate: the field is empty.
using Value = std::variant<std::monostate, std::int64_t, std::string_view,
                           std::span<const std::string>, IpAddress>;

struct Attribute {
  std::string_view name;  // "app.category"
  Type type;
  Point from;  // The first point at which an empty value means "unknown", not "not yet".
  Subject subject;
  std::string_view doc;  // One sentence.
  // Views into the Activity; they live as long as it stays as it is.
  Value (*get)(const Activity&);
  // The closed list of a word; for texts the words that we know ourselves, others are legal; or
  // null.
  std::span<const std::string_view> (*allowed)() = nullptr;
  bool fold_case = false;  // Of texts, and of words whose list is in capitals.
  bool host_suffix =
      false;  // A text that names a host: "*.example.com" and "example.com" are patterns.
  bool path_prefix =
      false;  // A text that names a path: "/admin" is that segment and what is below.
  // A fact that may be there before `from`; then it counts at once. Facts without this are not yet
  // known before `from`, whatever stands in the Activity.
  bool may_come_early = false;
  // Not in the packed facts (pack.h): what cannot be judged again later.
  bool passing = false;
  bool bytes = false;         // A number of bytes: "> 25 MB"
  bool says_unknown = false;  // The value `unknown` states that there is none: `user: unknown`.
  // How a value is written: the hint where it is none, if neither likeness nor a list would help.
  std::string_view written = {};
};

// Sorted by name; conf/policies/reference.md lists them all.
std::span<const Attribute> attribute_table();
const Attribute* find_attribute(std::string_view name);

// What a condition sees of an attribute at `point`.
struct Seen {
  Value value;           // monostate: nothing
  bool not_yet = false;  // nothing, and it can still come
};
inline Seen see(const Attribute& attribute, Point point, const Activity& activity) {
  if (point < attribute.from && !attribute.may_come_early) return {{}, true};
  Value value = attribute.get(activity);
  const bool missing = std::holds_alternative<std::monostate>(value);
  return {std::move(value), missing && point < attribute.from};
}

}  // namespace sallyport::policy
