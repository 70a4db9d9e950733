#pragma once
// `sallyport discover report`: the executive report as a page of HTML, or as PDF by Chromium.

#include <string>

#include "proxy/cli/discover.h"

namespace sallyport::cli {

struct BoardOptions {
  DiscoverOptions asked;  // which use
  std::string format = "html";
  std::string output;   // a file, which is replaced as a whole
  std::string browser;  // that prints PDF; "" looks for one
};
int discover_report(const BoardOptions& options);

}  // namespace sallyport::cli
