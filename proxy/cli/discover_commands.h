#pragma once
// `sallyport discover` and what is below it, in words with examples.

#include <deque>

#include "proxy/cli/discover.h"

namespace CLI {
class App;
}

namespace sallyport::cli {

using DiscoverCommands = std::deque<DiscoverOptions>;  // of each subcommand

// REQUIRES: `options` and `code` outlive the parse, which sets `code` where one of them was asked.
// Returns `discover` itself, for what else is below it.
CLI::App& add_discover_commands(CLI::App& app, DiscoverCommands& options, int& code);

}  // namespace sallyport::cli
