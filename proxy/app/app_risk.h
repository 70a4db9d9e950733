#pragma once
// How the risk score of an app is made: each factor with its value, weight, points, source and
// date; what `sallyport apps explain NAME --format json` prints and the API answers.

#include <chrono>

#include "base/json/writer.h"
#include "discovery/catalog/app.h"

namespace sallyport::app {

// The members of an object: ranges, where there are any; imported {name, license, origin, who,
// date}, where others' data is what is known.
void write_places(JsonWriter& json, const discovery::App& app);

// Whether its stated score is an import's, and not the operator's own.
bool is_stated_by_import(const discovery::App& app);

// The members of an object: risk_score, points, known, stated_score, stated_by (operator | import),
// note, groups, factors.
void write_risk(JsonWriter& json, const discovery::App& app, const discovery::RiskScore& risk);

// What its factors come to on that day.
discovery::RiskScore risk_of(const discovery::App& app, const discovery::RiskRules& rules,
                             Time now);

}  // namespace sallyport::app
