#pragma once
// `sallyport discover import` and `imports` in words with examples.

#include "proxy/cli/discover_import.h"
#include "proxy/cli/import_keep.h"

namespace CLI {
class App;
}

namespace sallyport::cli {

// Below `discover`. REQUIRES: `options` and `code` outlive the parse, which sets `code` where it
// was asked.
void add_discover_import(CLI::App& discover, DiscoverImportOptions& options, int& code);
void add_discover_imports(CLI::App& discover, DiscoverImportsOptions& options, int& code);

}  // namespace sallyport::cli
