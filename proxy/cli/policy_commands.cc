#include "proxy/cli/policy_commands.h"

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "proxy/cli/command_words.h"
#include "proxy/cli/policy_options.h"

namespace sallyport::cli {

void add_policy_commands(CLI::App& app, int& code) {
  CLI::App* policy = app.add_subcommand("policy", "Policies as code: list, test, explain, replay");
  policy->require_subcommand(1);
  policy->footer(with_codes("  sallyport policy list\n  sallyport policy COMMAND --help"));

  // Options live as long as the callbacks that hold them.
  auto list = std::make_shared<PolicyListOptions>();
  CLI::App* list_command = policy->add_subcommand("list", "Every policy, in the order that counts");
  add_common(*list_command, list->common);
  list_command->add_option("--format", list->format, "table, json or csv")
      ->check(CLI::IsMember({"table", "json", "csv"}))
      ->capture_default_str();
  add_list_filters(*list_command, *list);
  list_command->footer(
      with_codes("  sallyport policy list\n  sallyport policy list --mode rehearse --severity high\n"
                 "  sallyport policy list --out-of-force\n  sallyport policy list --format json"));
  list_command->callback([list, &code] { code = policy_list(*list); });
  add_policy_edit_commands(*policy, code);
}

}  // namespace sallyport::cli
