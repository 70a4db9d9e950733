#pragma once
// Webhook actions, for the API:
//
//   GET  /api/v1/webhook-actions              [{name, description, to, needs}], as configured
//   POST /api/v1/webhook-actions/{}/call      ?user=, ?app=, ?alert=, ?reason=, ?by=; the call,
//   which
//                                             is kept when it is answered, and made soon
//   GET  /api/v1/webhook-calls                {"pending": 1, "calls": [...]}, the newest first;
//                                             ?state=pending|done|failed, ?action=, ?user=, ?limit=
//   GET  /api/v1/webhook-calls/{}             one

#include "proxy/admin/api.h"
#include "proxy/app/action_caller.h"
#include "proxy/app/desk.h"

namespace sallyport::app {

// All outlive the Api.
void add_action_routes(admin::Api& api, ActionCaller& caller, const Desk& desk);

}  // namespace sallyport::app
