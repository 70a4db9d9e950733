#pragma once
// The routes under /api/v1/alerts and /api/v1/alert-days; the README has the list. Alerts are read
// in their own store, what people make of them is the desk's.

#include <string>

#include "base/core/clock.h"
#include "proxy/admin/api.h"
#include "proxy/app/alert_book.h"
#include "proxy/app/read_auditor.h"

namespace sallyport::app {

// `file` is that of the alert store, opened for each call. All outlive the calls.
void add_alert_routes(admin::Api& api, const std::string& file, AlertBook& book, const Clock& clock,
                      ReadAuditor& auditor);

// The step that an action ("close", "read", ...) and its words ask for, or what is wrong with them.
std::expected<discovery::AlertStep, std::string> alert_step(std::string_view action,
                                                            std::string_view as, std::string reason,
                                                            std::string text, std::string assignee,
                                                            std::string who, Time at);

}  // namespace sallyport::app
