#pragma once
// `sallyport discover block-script`: apps as lists of what other gateways are to refuse.

#include <string>

#include "proxy/cli/discover.h"

namespace sallyport::cli {

struct BlockScriptOptions {
  DiscoverOptions asked;  // which apps; those tagged unsanctioned where nothing is asked
  std::string target;     // a format
  std::string output;     // a file; "" is standard output
};
int block_script(const BlockScriptOptions& options);

}  // namespace sallyport::cli
