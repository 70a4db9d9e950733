#pragma once
// One app of the catalog: facts that somebody looked up and dated, never praise.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/core/address.h"
#include "base/core/spanned.h"
#include "discovery/catalog/app_source.h"
#include "discovery/catalog/risk.h"
#include "policy/activity/activity.h"

namespace sallyport::discovery {

// A file of others' data that an operator brought (imported_apps.h).
struct ImportOrigin {
  std::string name;     // of the import: a word
  std::string license;  // as whoever imported it states it
  std::string origin;   // where the data is from: the file's name, and what was said of it
  std::string who;
  std::string date;  // "2026-11-28"
};
using ImportOriginPtr = std::shared_ptr<const ImportOrigin>;

struct App {
  // Tags: those of the entry and those of the operator, sorted and unique. Risk: filled by
  // load_app_risk.
  policy::AppFacts facts;
  // Canonical. "example.com" is the name itself and everything below, "*.example.com" only what is
  // below; "docs.google.com/forms" that path and what is below it (app_index.h).
  std::vector<std::string> domains;
  std::vector<IpPrefix> ranges;  // without host bits; what is known by its address only
  std::string vendor;
  std::string website;  // "https://www.example.com/", or "".
  std::vector<AppSource> sources;
  ImportOriginPtr imported;                 // null: of a catalog, ours or the operator's
  Factors factors;                          // of its risk.yaml, with those of the operator on top
  std::optional<StatedScore> stated_score;  // the operator's own
  Place place;                              // of its id
};

}  // namespace sallyport::discovery
