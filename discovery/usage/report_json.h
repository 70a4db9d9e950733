#pragma once
// A report as JSON. Bytes are numbers, times RFC 3339, shares 0 to 1; what is not known is absent.

#include <string>

#include "discovery/usage/report.h"

namespace sallyport::discovery {

// {"since": first day, "until": last day, facts, name of a table: [{column: value}],
//  "uncounted_events": 0, "beyond_limits": 0}
std::string page_json(const Report& report);

}  // namespace sallyport::discovery
