#pragma once
// `sallyport apps explain`: how the risk score of an app is made.

#include <string>
#include <string_view>

#include "base/core/clock.h"
#include "discovery/catalog/app.h"

namespace sallyport::cli {

// The address that was asked for, and the range of the app that it lies in.
struct AskedAddress {
  std::string address, range;
};

// `format`: "text" or "json". `asked` may be null.
std::string explain_app_risk(const discovery::App& app, const discovery::RiskRules& rules, Time now,
                             std::string_view format, const AskedAddress* asked = nullptr);

}  // namespace sallyport::cli
