#include "discovery/signatures/apply.h"

#include "discovery/classify/file_name.h"

namespace sallyport::discovery {

using policy::ActivityType;

void apply(const Recognised& seen, const Catalog& catalog, const AppTagOverlay& overlay,
           policy::Activity& activity) {
  activity.details = seen.details;
  apply_but_details(seen, catalog, overlay, activity);
}

void apply_but_details(const Recognised& seen, const Catalog& catalog, const AppTagOverlay& overlay,
                       policy::Activity& activity) {
  activity.type = seen.type;
  activity.admin = seen.admin.value_or(seen.type == ActivityType::admin);
  if (!seen.app.empty() && (!activity.app || activity.app->id != seen.app)) {
    if (const App* app = catalog.find(seen.app)) activity.app = facts_of(*app, overlay);
  }
  if (seen.type != ActivityType::upload && seen.type != ActivityType::download) {
    activity.file.reset();
    return;
  }
  // What the head says is of the request's body.
  if (seen.type == ActivityType::upload && !seen.body_is_file) activity.file.reset();
  const bool told = !seen.file_name.empty() || !seen.file_type.empty() || seen.file_size;
  if (told && !activity.file) activity.file.emplace();
  if (!seen.file_name.empty()) {
    activity.file->name = seen.file_name;
    activity.file->extension = file_extension(seen.file_name);
  }
  if (!seen.file_type.empty()) activity.file->type = seen.file_type;
  if (seen.file_size) activity.file->size = seen.file_size;
}

}  // namespace sallyport::discovery
