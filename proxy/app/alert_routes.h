#pragma once
// The routes under /api/v1/alerts and /api/v1/alert-days; the README has the list.

#include <string>

#include "base/core/clock.h"
#include "proxy/admin/api.h"

namespace sallyport::app {

// `file` is that of the alert store, opened for each call. All outlive the calls.
void add_alert_routes(admin::Api& api, const std::string& file, const Clock& clock);

}  // namespace sallyport::app
