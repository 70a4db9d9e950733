#pragma once
// `sallyport discover import` that keeps what it reads, and `discover imports`: what was kept, and
// taking it back.

#include <cstdint>
#include <string>
#include <vector>

#include "proxy/cli/discover_import.h"

namespace sallyport::cli {

// Each file is an import of its own, whole or not at all. The code of the worst one.
int keep_import(const DiscoverImportOptions& options, discovery::imports::ImportOptions how);

struct DiscoverImportsOptions {
  CommonOptions common;
  bool all = false;                  // also what was taken back
  std::vector<std::int64_t> remove;  // numbers
  std::string by;                    // who; "" is the user of this shell
  std::string format = "table";
};
int discover_imports(const DiscoverImportsOptions& options);

}  // namespace sallyport::cli
