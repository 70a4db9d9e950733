#pragma once
// From lists of ranges to an MMDB file of ours, on the operator's machine: the data is other
// people's, so it is not shipped.
//
// A country stands as MaxMind has it ({country: {iso_code: DE}}), an autonomous system too
// ({autonomous_system_number: 64496, autonomous_system_organization: ...}), so that any reader of
// MMDB finds it. Where ranges overlap, the later one holds.

#include <span>
#include <string>

#include "base/core/clock.h"
#include "base/core/result.h"
#include "discovery/geo/geo_list.h"

namespace sallyport::discovery {

struct BuiltGeo {
  std::string bytes;
  GeoListSummary lists;  // all of them together
  Time built;            // when the lists say that they were made, else `now`
};

// Pure. Fails where a list is too large or none has a usable range.
Result<BuiltGeo> build_geo(GeoListKind kind, std::span<const std::string> texts, Time now);

}  // namespace sallyport::discovery
