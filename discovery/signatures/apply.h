#pragma once
// From what a signature recognised to the facts that policies ask for.

#include "discovery/catalog/app_tag_overlay.h"
#include "discovery/catalog/catalog.h"
#include "discovery/signatures/recognition.h"
#include "policy/activity/activity.h"

namespace sallyport::discovery {

// Sets the activity's type, admin and details, the file where one is carried, and its app where the
// signature is of another one's. What is known already of a file stays where the signature says
// nothing of it.
void apply(const Recognised& seen, const Catalog& catalog, const AppTagOverlay& overlay,
           policy::Activity& activity);
// The same, all but the details.
void apply_but_details(const Recognised& seen, const Catalog& catalog, const AppTagOverlay& overlay,
                       policy::Activity& activity);

}  // namespace sallyport::discovery
