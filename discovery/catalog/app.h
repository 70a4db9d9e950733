#pragma once
// One app of the catalog: facts that somebody looked up and dated, never praise.

#include <optional>
#include <string>
#include <vector>

#include "base/core/spanned.h"
#include "discovery/catalog/app_source.h"
#include "discovery/catalog/risk.h"
#include "policy/activity/activity.h"

namespace sallyport::discovery {

struct App {
  // Tags: those of the entry and those of the operator, sorted and unique. Risk: filled by
  // load_app_risk.
  policy::AppFacts facts;
  // Canonical. "example.com" is the name itself and everything below, "*.example.com" only what is
  // below; "docs.google.com/forms" that path and what is below it (app_index.h).
  std::vector<std::string> domains;
  std::string vendor;
  std::string website;  // "https://www.example.com/", or "".
  std::vector<AppSource> sources;
  Factors factors;                          // of its risk.yaml, with those of the operator on top
  std::optional<StatedScore> stated_score;  // the operator's own
  Place place;                              // of its id
};

}  // namespace sallyport::discovery
