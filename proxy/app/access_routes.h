#pragma once
// /api/v1/access-requests: who asked for access on a page that blocks, and the answers of
// operators.
//
//   GET  /api/v1/access-requests              {"total": 2, "waiting": 1, "access_requests": [...]},
//                                             the newest first; ?state=open|answered|granted|
//                                             refused, ?user=ana, ?app=ID, ?limit=1000
//   POST /api/v1/access-requests/{id}/grant   ?for=7d, ?by=who; the grant is in force on every
//                                             worker when it is answered
//   POST /api/v1/access-requests/{id}/refuse  ?say=..., which the person is shown; ?by=who

#include <string_view>

#include "base/json/writer.h"
#include "proxy/admin/api.h"
#include "proxy/app/access_request_book.h"
#include "proxy/app/desk.h"
#include "proxy/app/standing_desk.h"

namespace sallyport::app {

// All outlive the Api.
void add_access_routes(admin::Api& api, AccessRequestBook& book, StandingDesk& standing,
                       const Desk& desk);

// Which to list: "" is all; nothing for another word. For the command line too.
struct AccessFilter {
  std::string_view state;  // "", "open", "answered", "granted", "refused"
  std::string user;        // canonical, or ""
  std::string_view app;    // its id, or the host of what is in none
  bool keeps(const AccessRequestBook::Kept& kept, Time now) const;
};
bool is_access_state(std::string_view word);

// {id, state, user, client, app, host, policy, reason, at, answered, until, who, say, grant}. What
// is empty is left out.
void write_access_request(JsonWriter& json, const AccessRequestBook::Kept& kept);

}  // namespace sallyport::app
