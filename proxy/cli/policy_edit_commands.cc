// The words of the subcommands that read and write policy files.

#include <CLI/CLI.hpp>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "policy/activity/words.h"
#include "proxy/cli/command_words.h"
#include "proxy/cli/policy_commands.h"
#include "proxy/cli/policy_edit_options.h"
#include "proxy/cli/policy_options.h"

namespace sallyport::cli {
namespace {

CLI::IsMember one_of(std::span<const std::string_view> words) {
  return CLI::IsMember(std::vector<std::string>(words.begin(), words.end()));
}

void add_show(CLI::App& policy, int& code) {
  auto options = std::make_shared<PolicyShowOptions>();
  CLI::App* command = policy.add_subcommand(
      "show", "One policy whole, its template merged in, each line with where it comes from");
  add_common(*command, options->common);
  command->add_option("id", options->id, "The policy's id")->required();
  command->footer(with_codes("  sallyport policy show no-traffic-to-tor"));
  command->callback([options, &code] { code = policy_show(*options); });
}

void add_new(CLI::App& policy, int& code) {
  auto options = std::make_shared<PolicyNewOptions>();
  CLI::App* command = policy.add_subcommand("new", "A policy that extends a template");
  add_common(*command, options->common);
  command->add_flag("--list", options->list, "The templates that there are");
  command->add_option("--template", options->extends, "The template's id");
  command->add_option("--name", options->name, "Instead of the template's name");
  command->add_option("--id", options->id, "Instead of the one made of the name");
  command->add_option("--set", options->set,
                      "What differs, as often as needed: severity=high, when.client.ip.tag=tor");
  command->add_option("--write", options->write,
                      "The policy file that it is appended to, instead of being printed");
  command->add_option("--format", options->format, "Of --list: table, json or csv")
      ->check(CLI::IsMember({"table", "json", "csv"}))
      ->capture_default_str();
  command->footer(with_codes(
      "  sallyport policy new --list\n"
      "  sallyport policy new --template logon-from-a-risky-ip-address \\\n"
      "      --name 'Logon from Tor' --set when.client.ip.tag=tor --write policies/own.yaml\n\n"
      "All policies are compiled with the new one before anything is written."));
  command->callback([options, &code] { code = policy_new(*options); });
}

void add_except(CLI::App& policy, int& code) {
  auto options = std::make_shared<PolicyExceptOptions>();
  CLI::App* command =
      policy.add_subcommand("except", "The smallest exception that lets what an event shows pass");
  add_common(*command, options->common);
  command
      ->add_option("--event", options->event,
                   "The event's id, as the block page and `activities` tell it")
      ->required();
  command->add_option("--policy", options->policy,
                      "The policy's id; else the one that decided, or the one that matched");
  command
      ->add_option("--by", options->by,
                   "What the exception asks: user, client.ip, app, host, ...; or user.group=admins")
      ->delimiter(',');
  command->add_option("--reason", options->reason, "Why; kept in the file");
  command->add_option("--expires", options->expires, "The day on which it ends: 2027-01-31");
  command->add_flag("--write", options->write,
                    "Changes the file; without it the change is only shown");
  command->footer(with_codes(
      "  sallyport policy except --event 01JDZ4M3W0000000000000000A\n"
      "  sallyport policy except --event 01JDZ4M3W0000000000000000A --by user,app \\\n"
      "      --reason 'moves the archive' --expires 2027-01-31 --write\n\n"
      "The file is left alone unless the event is no violation afterwards and its neighbours "
      "still are."));
  command->callback([options, &code] { code = policy_except(*options); });
}

void add_diff(CLI::App& policy, int& code) {
  auto options = std::make_shared<PolicyDiffOptions>();
  CLI::App* command = policy.add_subcommand(
      "diff", "What differs between two sets of policies, key by key, and what a new order means");
  add_common(*command, options->common);
  command->add_option("before", options->before,
                      "A folder; alone: the later one, and what is in force is the earlier");
  command->add_option("after", options->after, "A folder");
  command->add_option("--archive", options->archive,
                      "From the policies that this snapshot judged by: its id, or how it begins");
  command->add_option("--templates-before", options->templates_before,
                      "The templates of `before`, instead of the configuration's");
  command->add_option("--templates-after", options->templates_after,
                      "The templates of `after`, likewise");
  command->add_option("--format", options->format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  command->footer(with_codes(
      "  sallyport policy diff                          # what a reload would change\n"
      "  sallyport policy diff /tmp/proposed            # from what is in force\n"
      "  sallyport policy diff --archive 3f9c           # what changed since that snapshot\n"
      "  sallyport policy diff conf/policies /tmp/proposed --format json\n\n"
      "An event names its snapshot. What is in force is what a gateway kept last in its\n"
      "state directory; where none ran yet, the configuration's folder.\n"
      "Exit code 1: they differ."));
  command->callback([options, &code] { code = policy_diff(*options); });
}

void add_fmt(CLI::App& policy, int& code) {
  auto options = std::make_shared<PolicyFmtOptions>();
  CLI::App* command = policy.add_subcommand(
      "fmt", "Puts policy and test files into the one layout; what they mean stays");
  add_common(*command, options->common);
  command->add_flag("--check", options->check,
                    "Changes nothing; names the files that would change");
  command->add_option(
      "files", options->files,
      "Files of policies, templates or cases, or - for a filter; none: all of the configuration");
  command->footer(
      with_codes("  sallyport policy fmt\n"
                 "  sallyport policy fmt --check\n"
                 "  sallyport policy fmt - < draft.yaml"));
  command->callback([options, &code] { code = policy_fmt(*options); });
}

}  // namespace

void add_list_filters(CLI::App& list, PolicyListOptions& options) {
  list.add_option("--kind", options.kind, "Only of this kind")->check(one_of(policy::kind_words()));
  list.add_option("--mode", options.mode, "enforce or rehearse")
      ->check(one_of(policy::mode_words()));
  list.add_option("--severity", options.severity, "Only of this severity")
      ->check(one_of(policy::alert_severity_words()));
  list.add_option("--category", options.category, "Only of this category")
      ->check(one_of(policy::risk_category_words()));
  list.add_option("--owner", options.owner, "Only this owner's");
  list.add_flag("--out-of-force,--disabled-by-date", options.out_of_force,
                "Only those that have expired, or have not begun yet");
}

void add_policy_edit_commands(CLI::App& policy, int& code) {
  add_show(policy, code);
  add_new(policy, code);
  add_except(policy, code);
  add_diff(policy, code);
  add_fmt(policy, code);
}

}  // namespace sallyport::cli
