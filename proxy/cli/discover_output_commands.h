#pragma once
// What goes out of discovery to others, and comes back from them, in words with examples:
// `discover export`, `discover report`, `discover block-script`, `apps import`.

#include "proxy/cli/apps_import.h"
#include "proxy/cli/discover_block.h"
#include "proxy/cli/discover_export.h"
#include "proxy/cli/discover_report.h"

namespace CLI {
class App;
}

namespace sallyport::cli {

struct DiscoverOutputs {
  ExportOptions export_use;
  BlockScriptOptions block;
  BoardOptions board;
};

// Below `discover`, and below `apps`. REQUIRES: options and `code` outlive the parse, which sets
// `code` where one of them was asked.
void add_discover_outputs(CLI::App& discover, DiscoverOutputs& options, int& code);
void add_apps_import(CLI::App& apps, AppsImportOptions& options, int& code);

}  // namespace sallyport::cli
