#include "proxy/cli/policy_commands.h"

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "proxy/cli/command_words.h"
#include "proxy/cli/policy_options.h"

namespace sallyport::cli {

namespace {

void add_explain(CLI::App& policy, int& code) {
  auto options = std::make_shared<PolicyExplainOptions>();
  app::StatedCase& stated = options->stated;
  CLI::App* command = policy.add_subcommand(
      "explain", "Why it is so: each policy and condition, with the fact and the place");
  add_common(*command, options->common);
  add_reading(*command, options->common);
  CLI::Option* url = command->add_option("url", stated.url, "What is asked for: https://host/path");
  CLI::Option* event =
      command->add_option("--event", options->event, "An event, by the policies that judged it");
  url->excludes(event);
  const auto by_hand = [&](const char* name, std::string& into, const char* what) {
    command->add_option(name, into, what)->excludes(event);
  };
  by_hand("--user", stated.user, "By any of their names; else whoever the address belongs to");
  by_hand("--from", stated.from, "The client's address; else 127.0.0.1");
  by_hand("--to", stated.to, "The destination's address; else unknown: nothing is looked up");
  by_hand("--method", stated.method, "Else GET, or POST where there is a file");
  by_hand("--activity", stated.activity, "login, upload, ...; else as the request is read");
  by_hand("--user-agent", stated.user_agent, "What the client says that it is");
  by_hand("--file", stated.file_name, "The name of the file that is carried");
  by_hand("--size", stated.file_size, "Its size: 25 MB");
  by_hand("--type", stated.file_type, "Its media type: application/pdf");
  by_hand("--status", stated.status, "Of the reply; else the case ends before it");
  by_hand("--at", stated.at, "When: 2026-11-26T09:30:00Z; else now");
  command->add_option("--header", stated.headers, "A field of the request: Name, or 'Name: value'")
      ->excludes(event);
  command->add_option("--policy", options->policy, "Only this one (its id), in full");
  command->add_flag("--all", options->all, "Every policy and every fact in full");
  command->add_option("--format", options->format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  command->footer(with_codes(
      "  sallyport policy explain https://mega.nz/folder --user ana --from 192.0.2.7\n"
      "  sallyport policy explain https://chatgpt.com/upload --file plan.pdf --size '3 MB'\n"
      "  sallyport policy explain --event 01JD...            # its id stands on the block page\n"
      "  sallyport policy explain --event 01JD... --policy no-traffic-to-tor"));
  command->callback([options, &code] { code = policy_explain(*options); });
}

void add_history(CLI::App& policy, int& code) {
  auto options = std::make_shared<PolicyHistoryOptions>();
  CLI::App* command = policy.add_subcommand(
      "history", "Who changed a file of policies and how, where their folder is a git repository");
  add_common(*command, options->common);
  command->add_option("FILE", options->file, "starter.yaml, in the configuration's folder")
      ->required();
  CLI::Option* commit =
      command->add_option("COMMIT", options->commit, "What it changed; left out: the list");
  command->add_flag("--text", options->text, "The file as it was then, and nothing else")
      ->needs(commit);
  command->add_option("--after", options->after, "The page behind that commit")->excludes(commit);
  command->add_option("-n,--limit", options->limit, "Changes at most")
      ->check(CLI::Range(1, 500))
      ->capture_default_str();
  command->add_option("--format", options->format, "table or json")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
  command->footer(with_codes(
      "  sallyport policy history starter.yaml\n"
      "  sallyport policy history starter.yaml 1a2b3c4d5e6f\n"
      "  sallyport policy history starter.yaml 1a2b3c4d5e6f --text > conf/policies/starter.yaml"));
  command->callback([options, &code] { code = policy_history(*options); });
}

}  // namespace

void add_policy_commands(CLI::App& app, int& code) {
  CLI::App* policy = app.add_subcommand("policy", "Policies as code: list, test, explain, replay");
  policy->require_subcommand(1);
  policy->footer(with_codes("  sallyport policy list\n  sallyport policy COMMAND --help"));
  add_explain(*policy, code);
  add_history(*policy, code);

  // Options live as long as the callbacks that hold them.
  auto list = std::make_shared<PolicyListOptions>();
  CLI::App* list_command = policy->add_subcommand("list", "Every policy, in the order that counts");
  add_common(*list_command, list->common);
  list_command->add_option("--format", list->format, "table, json or csv")
      ->check(CLI::IsMember({"table", "json", "csv"}))
      ->capture_default_str();
  add_list_filters(*list_command, *list);
  list_command->footer(with_codes(
      "  sallyport policy list\n  sallyport policy list --mode rehearse --severity high\n"
      "  sallyport policy list --out-of-force\n  sallyport policy list --format json"));
  list_command->callback([list, &code] { code = policy_list(*list); });
  add_policy_edit_commands(*policy, code);

  auto replay = std::make_shared<PolicyReplayOptions>();
  CLI::App* replay_command = policy->add_subcommand(
      "replay", "What other policies would have made of what happened, from the stored activities");
  add_common(*replay_command, replay->common);
  add_reading(*replay_command, replay->common);
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
  replay_command
      ->add_option("--against", replay->against,
                   "What it is compared with: what was decided then (recorded), or what the "
                   "configuration's policies say of it now (in_force)")
      ->check(CLI::IsMember({"recorded", "in_force"}))
      ->capture_default_str();
  replay_command->add_option("-n,--limit", replay->limit, "Examples of each change at most")
      ->check(CLI::Range(0, 1000))
      ->capture_default_str();
  replay_command->footer(with_codes(
      "  sallyport policy replay --since 7d\n"
      "  sallyport policy replay --policies draft/policies --templates draft/templates\n"
      "  sallyport policy replay --policies draft/policies --against in_force\n"
      "  sallyport policy replay --since 2026-11-01T00:00:00Z --format json > replay.json"
      "\n  sallyport activities --id 01JD...      # an example, whole"));
  replay_command->callback([replay, &code] { code = policy_replay(*replay); });

  auto test = std::make_shared<PolicyTestOptions>();
  CLI::App* test_command =
      policy->add_subcommand("test", "Run the cases that stand beside policies and templates");
  add_common(*test_command, test->common);
  test_command->add_option("PATH", test->paths,
                           "folders, or files x.test.yaml; left out: the configuration's policies "
                           "and templates");
  test_command->add_flag("--coverage", test->coverage,
                         "which policies and conditions the cases show, and which not");
  test_command->add_option("--min-coverage", test->min_coverage, "fail below so many percent")
      ->check(CLI::Range(0, 100));
  test_command->add_option("--filter", test->filter, "only cases whose name holds this text");
  test_command->add_option("--format", test->format, "text, json or junit")
      ->check(CLI::IsMember({"text", "json", "junit"}))
      ->capture_default_str();
  test_command->footer(
      with_codes("  sallyport policy test\n"
                 "  sallyport policy test conf/templates --coverage --min-coverage 100\n"
                 "  sallyport policy test conf/policies/starter.test.yaml --filter tor\n"
                 "  sallyport policy test --format junit > report.xml"));
  test_command->callback([test, &code] { code = policy_test(*test); });
}

}  // namespace sallyport::cli
