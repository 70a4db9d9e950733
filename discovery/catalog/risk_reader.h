#pragma once
// risk.yaml beside an app.yaml:
//
//   sources: [{kind: common_knowledge, date: 2026-11-27}]   # of every factor that names none
//   factors:
//     headquarters: US
//     saml: true
//     fedramp: {value: high, kind: vendor_documentation, date: 2026-11-27, note: "..."}
//
// Limits: 64 texts a factor, 512 bytes each.

#include "base/yaml/node.h"
#include "base/yaml/reader.h"
#include "discovery/catalog/risk.h"

namespace sallyport::discovery {

inline constexpr std::string_view kRiskFile = "risk.yaml";

// Reports to `found`; what it returns is of use only while `found` has no errors.
Factors read_risk(const yaml::Node& node, Diagnostics& found);

// The mapping from names of factors to values under `key`. `source`: of those that name none.
Factors read_factors(yaml::MapReader& map, std::string_view key, const AppSource& source);

// What kinds of sources there are.
std::span<const std::string_view> source_kind_words();

// Lists of sources, as app.yaml and risk.yaml have them; at least one.
// `whose`: "an app".
std::vector<AppSource> read_sources(yaml::MapReader& map, std::string_view whose);

}  // namespace sallyport::discovery
