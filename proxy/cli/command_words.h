#pragma once
// What every subcommand says in the same words.

#include <string>

namespace CLI {
class App;
}

namespace sallyport::cli {

struct CommonOptions;

// --config and --state. REQUIRES: `options` outlives the parse.
void add_common(CLI::App& command, CommonOptions& options);

// --reason and --by, for commands that show what persons did; notes what else was asked.
// REQUIRES: likewise; `command` has all its options when it is parsed.
void add_reading(CLI::App& command, CommonOptions& options);

// A footer: the examples, then what the exit codes mean.
std::string with_codes(const std::string& examples);

}  // namespace sallyport::cli
