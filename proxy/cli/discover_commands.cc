#include "proxy/cli/discover_commands.h"

#include <CLI/CLI.hpp>

#include "discovery/usage/usage_roll.h"
#include "proxy/cli/command_words.h"
#include "proxy/cli/discover_filter.h"

namespace sallyport::cli {
namespace {

using discovery::ReportKind;

std::vector<std::string> metric_names() {
  std::vector<std::string> names;
  for (const auto& metric : discovery::usage_metrics()) names.emplace_back(metric.name);
  return names;
}

void add_list(CLI::App& command, DiscoverOptions& options) {
  command
      .add_option("--more-than", options.words.more_than,
                  "Only rows with more: users=50, traffic=1GiB; may be repeated")
      ->take_all();
  command
      .add_option("--less-than", options.words.less_than, "Only rows with less; may be repeated")
      ->take_all();
  command.add_option("--sort", options.words.sort, "The most of this first; traffic unless said")
      ->check(CLI::IsMember(metric_names()));
}

void add_output(CLI::App& command, DiscoverOptions& options, bool page) {
  command.add_option("--limit", options.words.limit, "The most rows of a table")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}))
      ->capture_default_str();
  if (page) options.format = "text";
  command.add_option("--format", options.format, page ? "text or json" : "table, json or csv")
      ->check(page ? CLI::IsMember({"text", "json"}) : CLI::IsMember({"table", "json", "csv"}))
      ->capture_default_str();
}

struct Verb {
  ReportKind kind;
  const char* name;
  const char* what;
  const char* examples;
  bool page = false;
};

constexpr Verb kVerbs[] = {
    {ReportKind::dashboard, "dashboard",
     "All use in one picture: figures, categories, risk, the most used apps, the busiest users",
     "  sallyport discover dashboard --since 90d\n", true},
    {ReportKind::apps, "apps", "Apps in use, with traffic, users and risk",
     "  sallyport discover apps --category cloud_storage --category collaboration --lacks soc_2 "
     "\\\n"
     "      --risk-score 0-6 --more-than users=50 --more-than transactions=100\n"
     "  sallyport discover apps --query risky_storage --format csv > risky.csv\n"},
    {ReportKind::app, "app",
     "One app, or one domain of none: risk, use, users, addresses, devices, countries, days",
     "  sallyport discover app dropbox\n  sallyport discover app files.example --format json\n",
     true},
    {ReportKind::users, "users", "Who uses apps, and how much",
     "  sallyport discover users --app dropbox --sort upload_bytes\n"},
    {ReportKind::addresses, "addresses", "From which addresses apps are used",
     "  sallyport discover addresses --app mega --since 7d\n"},
    {ReportKind::devices, "devices", "With which devices and programs apps are used",
     "  sallyport discover devices --category generative_ai\n"},
    {ReportKind::countries, "countries", "From which countries apps are used",
     "  sallyport discover countries --group finance\n"},
    {ReportKind::categories, "categories", "Categories of apps, and how much is sanctioned",
     "  sallyport discover categories --since 7d\n"},
    {ReportKind::alternatives, "alternatives",
     "Which other apps there are of the same category: sanctioned ones first, then safer ones; "
     "without a name, sanctioned ones for each app in use that is not",
     "  sallyport discover alternatives dropbox\n  sallyport discover alternatives\n"},
    {ReportKind::leakage, "leakage",
     "How much goes by uploads to apps that are not sanctioned, by category",
     "  sallyport discover leakage --since 90d\n"},
    {ReportKind::non_compliant, "non-compliant",
     "Apps in use that are known to lack a factor of compliance or security",
     "  sallyport discover non-compliant --lacks iso_27001 --lacks soc_2\n"},
    {ReportKind::fresh, "new", "Apps whose first use was not long ago",
     "  sallyport discover new --since 14d --risk-score 0-5\n"},
    {ReportKind::inactive, "inactive",
     "Apps that are sanctioned, or were used, and that nobody used since",
     "  sallyport discover inactive --since 60d --tag sanctioned\n"},
    {ReportKind::hosts, "hosts", "Domains in use that belong to no app of the catalog",
     "  sallyport discover hosts --more-than users=10\n"},
};

void add_verb(CLI::App& discover, const Verb& verb, DiscoverOptions& options, int& code) {
  CLI::App* command = discover.add_subcommand(verb.name, verb.what);
  options.words.kind = verb.kind;
  add_common(*command, options.common);
  add_reading(*command, options.common);
  if (verb.kind == ReportKind::app || verb.kind == ReportKind::alternatives) {
    auto* name = command->add_option("app", options.words.name, "The app, by id, name or domain");
    if (verb.kind == ReportKind::app) name->required();
  }
  add_span(*command, options);
  if (verb.kind != ReportKind::app && verb.kind != ReportKind::hosts) {
    add_app_filter(*command, options);
  }
  add_who_filter(*command, options);
  if (!verb.page && verb.kind != ReportKind::leakage && verb.kind != ReportKind::inactive) {
    add_list(*command, options);
  }
  add_pseudonyms(*command, options);
  add_output(*command, options, verb.page);
  command->footer(with_codes(std::string(verb.examples)));
  command->callback([&options, &code] { code = cli::discover(options); });
}

}  // namespace

CLI::App& add_discover_commands(CLI::App& app, DiscoverCommands& options, int& code) {
  CLI::App* command = app.add_subcommand(
      "discover", "Which apps are used, by whom and how much; counted for more than a year");
  command->require_subcommand(1);
  command->footer(
      with_codes("  sallyport discover dashboard\n  sallyport discover apps --tag unsanctioned\n"
                 "  sallyport discover app dropbox\n  sallyport discover alternatives\n"));
  for (const Verb& verb : kVerbs) add_verb(*command, verb, options.emplace_back(), code);
  DiscoverOptions& queries = options.emplace_back();
  CLI::App* list = command->add_subcommand("queries", "The suggested queries of discover apps");
  add_common(*list, queries.common);
  list->add_option("--format", queries.format, "table, json or csv")
      ->check(CLI::IsMember({"table", "json", "csv"}))
      ->capture_default_str();
  list->callback([&queries, &code] { code = discover_queries(queries); });
  return *command;
}

}  // namespace sallyport::cli
