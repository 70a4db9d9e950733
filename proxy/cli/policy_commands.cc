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

  auto replay = std::make_shared<PolicyReplayOptions>();
  CLI::App* replay_command = policy->add_subcommand(
      "replay", "What other policies would have made of what happened, from the stored activities");
  add_common(*replay_command, replay->common);
  replay_command->add_option("--policies", replay->policies,
                             "A folder of policies, instead of the configuration's");
  replay_command->add_option("--templates", replay->templates, "Likewise of templates");
  replay_command
      ->add_option("--since", replay->since,
                   "A time (RFC 3339), or a span before now: 90s, 15m, 24h, 7d")
      ->capture_default_str();
  replay_command->add_option("--until", replay->until, "Likewise; default now");
  replay_command->add_option("--format", replay->format, "table or json")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
  replay_command->add_option("-n,--limit", replay->limit, "Examples of each change at most")
      ->check(CLI::Range(0, 1000))
      ->capture_default_str();
  replay_command->footer(
      with_codes("  sallyport policy replay --since 7d\n"
                 "  sallyport policy replay --policies draft/policies --templates draft/templates\n"
                 "  sallyport policy replay --since 2026-11-01T00:00:00Z --format json > replay.json"
                 "\n  sallyport activities --id 01JD...      # an example, whole"));
  replay_command->callback([replay, &code] { code = policy_replay(*replay); });
}

}  // namespace sallyport::cli
