#pragma once
// `sallyport policy ...`: what operators do with policies as code. Each body stands in a file of
// its own.

namespace CLI {
class App;
}

namespace sallyport::cli {

// Adds the subcommand and those below it. When one runs, `code` becomes its exit code
// (commands.h). REQUIRES: `code` outlives the parse.
void add_policy_commands(CLI::App& app, int& code);

// Below `policy`: those that show, make, change, compare and lay out policy files.
void add_policy_edit_commands(CLI::App& policy, int& code);

struct PolicyListOptions;
void add_list_filters(CLI::App& list, PolicyListOptions& options);

// `sallyport detect`.
void add_detect_commands(CLI::App& app, int& code);

// `sallyport schema`.
void add_schema_command(CLI::App& app, int& code);

}  // namespace sallyport::cli
