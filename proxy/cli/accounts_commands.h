#pragma once
// `sallyport accounts` and what is below it, in words with examples.

#include "proxy/cli/commands.h"

namespace CLI {
class App;
}

namespace sallyport::cli {

// REQUIRES: `options` and `code` outlive the parse, which sets `code` where one of them was asked.
void add_accounts_commands(CLI::App& app, AccountsOptions& options, int& code);

}  // namespace sallyport::cli
