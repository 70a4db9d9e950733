#include "proxy/cli/accounts_commands.h"

#include <CLI/CLI.hpp>

#include "proxy/cli/command_words.h"

namespace sallyport::cli {

namespace {

using Deed = int (*)(const AccountsOptions&);

constexpr const char* kRoles =
    "viewer: reports without persons; analyst: what persons did, and alerts; operator: everything";

CLI::App* add(CLI::App& to, const char* name, const char* what, AccountsOptions& options, int& code,
              Deed deed) {
  CLI::App* command = to.add_subcommand(name, what);
  add_common(*command, options.common);
  command->callback([&options, &code, deed] { code = deed(options); });
  return command;
}

void add_name(CLI::App& command, AccountsOptions& options, const char* what) {
  command.add_option("name", options.name, what)->required();
  command.add_option("--by", options.by, "Who does it; left out: the user of this shell");
}

void add_role(CLI::App& command, AccountsOptions& options, const char* option) {
  command.add_option(option, options.role, kRoles)
      ->required()
      ->check(CLI::IsMember({"viewer", "analyst", "operator"}));
}

void add_format(CLI::App& command, AccountsOptions& options) {
  command.add_option("--format", options.format, "table, json or csv")
      ->check(CLI::IsMember({"table", "json", "csv"}))
      ->capture_default_str();
}

void add_token_commands(CLI::App& accounts, AccountsOptions& options, int& code) {
  CLI::App* token = accounts.add_subcommand("token", "Tokens of programs that ask /api/v1");
  token->require_subcommand(1);
  CLI::App* made =
      add(*token, "add", "Makes one and prints it, once", options, code, accounts_token_add);
  add_name(*made, options, "What it is for: siem");
  add_role(*made, options, "--role");
  made->footer(with_codes("  sallyport accounts token add siem --role analyst"));
  CLI::App* list =
      add(*token, "list", "Which there are; never themselves", options, code, accounts_token_list);
  add_format(*list, options);
  list->footer(with_codes("  sallyport accounts token list"));
  CLI::App* removed =
      add(*token, "remove", "Takes one back, at once", options, code, accounts_token_remove);
  add_name(*removed, options, "Its name");
  removed->footer(with_codes("  sallyport accounts token remove siem"));
  token->footer(with_codes("  sallyport accounts token add siem --role analyst"));
}

}  // namespace

void add_accounts_commands(CLI::App& app, AccountsOptions& options, int& code) {
  CLI::App* accounts =
      app.add_subcommand("accounts", "Who may sign in at the console, and tokens of programs");
  accounts->require_subcommand(1);
  accounts->footer(
      with_codes("  sallyport accounts list\n  sallyport accounts add ana --role analyst\n"
                 "  sallyport accounts reset ana\n  sallyport accounts totp ana\n"
                 "  sallyport accounts token add siem --role viewer"));
  CLI::App* list = add(*accounts, "list", "Names, roles, when they last signed in", options, code,
                       accounts_list);
  add_format(*list, options);
  list->footer(with_codes("  sallyport accounts list --format json"));
  CLI::App* made = add(*accounts, "add",
                       "Makes one and prints a one-time password, to be changed at the first "
                       "sign-in",
                       options, code, accounts_add);
  add_name(*made, options, "Its name: a-z, 0-9, '.', '_', '-', '@'");
  add_role(*made, options, "--role");
  made->footer(with_codes("  sallyport accounts add ana --role analyst"));
  CLI::App* removed = add(*accounts, "remove", "Takes one away and ends its sessions", options,
                          code, accounts_remove);
  add_name(*removed, options, "Its name");
  removed->footer(with_codes("  sallyport accounts remove ana"));
  CLI::App* role = add(*accounts, "role", "Gives another role and ends the sessions", options, code,
                       accounts_role);
  add_name(*role, options, "The account");
  add_role(*role, options, "role");
  role->footer(with_codes("  sallyport accounts role ana operator"));
  CLI::App* reset =
      add(*accounts, "reset", "Prints another one-time password and ends the sessions", options,
          code, accounts_reset);
  add_name(*reset, options, "Its name");
  reset->footer(with_codes("  sallyport accounts reset admin"));
  CLI::App* totp = add(*accounts, "totp",
                       "From now on a code of an authenticator app is asked for; prints what the "
                       "app is given",
                       options, code, accounts_totp);
  add_name(*totp, options, "Its name");
  totp->add_flag("--off", options.off, "No code is asked for any more");
  totp->footer(with_codes("  sallyport accounts totp ana\n  sallyport accounts totp ana --off"));
  CLI::App* end = add(*accounts, "end",
                      "Ends the sessions of an account, or of somebody from the OpenID provider",
                      options, code, accounts_end);
  add_name(*end, options, "The account, or openid/NAME");
  end->footer(with_codes("  sallyport accounts end openid/ana"));
  add_token_commands(*accounts, options, code);
}

}  // namespace sallyport::cli
