#pragma once
// `sallyport catalog check` and `sallyport discover promote`: looking after the catalog.

#include <string>
#include <vector>

#include "proxy/cli/commands.h"

namespace sallyport::cli {

struct CatalogCheckOptions {
  CommonOptions common;
};
int catalog_check(const CatalogCheckOptions& options);

// Asks a gateway that runs to read its files again, and says what became of it. The code of the
// command.
int put_in_force(const std::string& state);

// A host that belongs to no app becomes an app of the operator's own: a file in the last folder of
// `catalog`, which must be another one than the one that we ship.
struct PromoteOptions {
  CommonOptions common;
  std::vector<std::string> domains;  // and ranges of addresses; at least one
  std::string name, category;
  std::string id;      // "" is made of the name
  std::string vendor;  // "" is the name
  bool dry_run = false;
};
int promote_host(const PromoteOptions& options);

}  // namespace sallyport::cli
