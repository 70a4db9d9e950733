#pragma once
// `sallyport catalog` and `sallyport discover promote` in words with examples.

#include "proxy/cli/catalog_import.h"
#include "proxy/cli/catalog_tools.h"

namespace CLI {
class App;
}

namespace sallyport::cli {

struct CatalogCommands {
  CatalogCheckOptions check;
  PromoteOptions promote;
  CatalogImportOptions import;
  CatalogImportsOptions imports;
};

// REQUIRES: `options` and `code` outlive the parse, which sets `code` where one of them was asked.
void add_catalog_commands(CLI::App& app, CLI::App& discover, CatalogCommands& options, int& code);

}  // namespace sallyport::cli
