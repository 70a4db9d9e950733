#pragma once
// /api/v1/factors: who has set up an authenticator app.
//
//   GET    /api/v1/factors         {"total": 2, "factors": [{"user", "enrolled", "used", "wrong",
//                                  "held_until"}]}; secrets are told to nobody
//   DELETE /api/v1/factors/{user}  forgets it, by any name of the user, so that they set up another
//                                  one; ?by=who

#include "proxy/admin/api.h"
#include "proxy/app/desk.h"
#include "proxy/app/factor_keeper.h"

namespace sallyport::app {

// All outlive the Api.
void add_factor_routes(admin::Api& api, FactorKeeper& factors, const Desk& desk,
                       const Clock& clock);

}  // namespace sallyport::app
