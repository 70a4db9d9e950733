#pragma once
// `sallyport discover`: which apps are used, by whom and how much.

#include <string>

#include "discovery/usage/report_words.h"
#include "proxy/cli/commands.h"

namespace sallyport::cli {

struct DiscoverOptions {
  CommonOptions common;
  discovery::ReportWords words;
  std::string format = "table";
  bool pseudonyms = false;  // discovery/usage/pseudonyms.h
};
int discover(const DiscoverOptions& options);
// The suggested queries; needs the format alone.
int discover_queries(const DiscoverOptions& options);

}  // namespace sallyport::cli
