#pragma once
// `sallyport users` and what is below it, in words with examples.

#include "proxy/cli/commands.h"

namespace CLI {
class App;
}

namespace sallyport::cli {

struct UsersCommands {
  UsersOptions list;
  UsersImportOptions import;
  UsersShowOptions show;
  UsersSeenOptions seen;
  UsersExportOptions export_one;
  UsersEraseOptions erase;
  UsersRevealOptions reveal;
};

// REQUIRES: `options` and `code` outlive the parse, which sets `code` where one of them was asked.
void add_users_commands(CLI::App& app, UsersCommands& options, int& code);

// `sallyport audit`. REQUIRES: likewise of `code`.
void add_audit_commands(CLI::App& app, int& code);

}  // namespace sallyport::cli
