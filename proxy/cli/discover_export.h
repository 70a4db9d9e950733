#pragma once
// `sallyport discover export`: counted use as rows for other programs.

#include <string>

#include "proxy/cli/discover.h"

namespace sallyport::cli {

struct ExportOptions {
  DiscoverOptions asked;  // which use
  std::string format = "jsonl";
  std::string output;  // a file, which must not exist; "" is standard output
};
int discover_export(const ExportOptions& options);

}  // namespace sallyport::cli
