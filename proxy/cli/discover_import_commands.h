#pragma once
// `sallyport discover import` in words with examples.

#include "proxy/cli/discover_import.h"

namespace CLI {
class App;
}

namespace sallyport::cli {

// Below `discover`. REQUIRES: `options` and `code` outlive the parse, which sets `code` where it
// was asked.
void add_discover_import(CLI::App& discover, DiscoverImportOptions& options, int& code);

}  // namespace sallyport::cli
