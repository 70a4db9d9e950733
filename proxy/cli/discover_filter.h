#pragma once
// The options of `discover` that say which use and which apps are meant.

#include "proxy/cli/discover.h"

namespace CLI {
class App;
}

namespace sallyport::cli {

// REQUIRES of all: `options` outlives the parse.
void add_span(CLI::App& command, DiscoverOptions& options);        // --since, --until
void add_app_filter(CLI::App& command, DiscoverOptions& options);  // --app, --category, ...
void add_who_filter(CLI::App& command, DiscoverOptions& options);  // --user, --source, ...
void add_pseudonyms(CLI::App& command, DiscoverOptions& options);  // --pseudonyms

}  // namespace sallyport::cli
