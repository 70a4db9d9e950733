#pragma once
// One app of the catalog: facts that somebody looked up and dated, never praise.

#include <string>
#include <vector>

#include "base/core/spanned.h"
#include "policy/activity/activity.h"

namespace sallyport::discovery {

// Where an entry's facts come from, so that a reader can judge and renew them.
struct AppSource {
  std::string kind;  // "common_knowledge", "vendor_documentation", "observed", "imported"
  std::string date;  // "2026-11-23"
  std::string note;  // May be empty.
};

struct App {
  policy::AppFacts facts;  // Tags: those of the entry and those of the operator, sorted and unique.
  // Canonical. "example.com" is the name itself and everything below, "*.example.com" only what is
  // below; "docs.google.com/forms" that path and what is below it (app_index.h).
  std::vector<std::string> domains;
  std::string vendor;
  std::string website;  // "https://www.example.com/", or "".
  std::vector<AppSource> sources;
  Place place;  // of its id
};

}  // namespace sallyport::discovery
