#pragma once
// `sallyport apps explain`: how the risk score of an app is made.

#include <string>
#include <string_view>

#include "base/core/clock.h"
#include "discovery/catalog/app.h"

namespace sallyport::cli {

// `format`: "text" or "json".
std::string explain_app_risk(const discovery::App& app, const discovery::RiskRules& rules, Time now,
                             std::string_view format);

}  // namespace sallyport::cli
