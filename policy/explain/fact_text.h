#pragma once
// The value of a fact, in words for people: safe for a terminal, and cut where it is long.

#include <string>

#include "base/core/time_zone.h"
#include "policy/activity/attribute_table.h"
#include "policy/explain/explanation.h"

namespace sallyport::policy {

// "dropbox", "tor, vpn", "none" for an empty list, "26214400 (25.0 MiB)", "08:30 in Europe/Vienna";
// "" where there is no value. `zone` is of times; null is UTC, and `zone_name` is not shown then.
std::string fact_text(const Attribute& attribute, const Value& value, const TimeZone* zone,
                      std::string_view zone_name);

// A copy that needs no Activity. REQUIRES: there is a value.
decltype(FactExplained::value) fact_value(const Attribute& attribute, const Value& value);

}  // namespace sallyport::policy
