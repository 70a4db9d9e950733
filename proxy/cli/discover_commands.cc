#include "proxy/cli/discover_commands.h"

#include <CLI/CLI.hpp>

#include "discovery/usage/usage_roll.h"
#include "proxy/cli/command_words.h"

namespace sallyport::cli {
namespace {

std::vector<std::string> metric_names() {
  std::vector<std::string> names;
  for (const auto& metric : discovery::usage_metrics()) names.emplace_back(metric.name);
  return names;
}

std::vector<std::string> query_names() {
  std::vector<std::string> names;
  for (const auto& query : discovery::suggested_queries()) names.emplace_back(query.name);
  return names;
}

void add_span(CLI::App& command, DiscoverOptions& options, const char* usual) {
  command.add_option("--since", options.since,
                     std::string("From the day (UTC) of then on: a span before now or a time; "
                                 "default: ") +
                         usual);
  command.add_option("--until", options.until, "To the day of then; default: now");
  options.since = usual;
}

void add_app_filter(CLI::App& command, DiscoverOptions& options) {
  command
      .add_option("--app", options.apps, "Only this app, by id, name or domain; may be repeated")
      ->take_all();
  command
      .add_option("--category", options.categories, "Only apps of this category; may be repeated")
      ->take_all();
  command
      .add_option("--tag", options.tags,
                  "Only apps with this tag; none: neither sanctioned, unsanctioned nor monitored; "
                  "may be repeated")
      ->take_all();
  command.add_option("--risk-score", options.risk_score,
                     "Only apps with a score like this: 3, or 0-5; 10 is the safest");
  command.add_option("--has", options.has, "Only apps that have this factor; all of several")
      ->take_all();
  command.add_option("--lacks", options.lacks, "Only apps that lack this factor; all of several")
      ->take_all();
  command.add_option("--query", options.query, "A suggested query (sallyport discover queries)")
      ->check(CLI::IsMember(query_names()));
}

void add_who_filter(CLI::App& command, DiscoverOptions& options) {
  command.add_option("--user", options.user, "Only what this user did, by any of their names");
  command.add_option("--group", options.group, "Only what users of this group did");
  command.add_option("--address", options.address, "Only from this address or network");
  command.add_option("--country", options.country, "Only from this country: DE");
  command.add_option("--device", options.device, "Only with such a device: windows, mobile, curl");
}

void add_list(CLI::App& command, DiscoverOptions& options) {
  command
      .add_option("--more-than", options.more_than,
                  "Only rows with more: users=50, traffic=1GiB; may be repeated")
      ->take_all();
  command.add_option("--less-than", options.less_than, "Only rows with less; may be repeated")
      ->take_all();
  command.add_option("--sort", options.sort, "The most of this first")
      ->check(CLI::IsMember(metric_names()))
      ->capture_default_str();
}

void add_output(CLI::App& command, DiscoverOptions& options, bool page) {
  command.add_option("--limit", options.limit, "The most rows of a table")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}))
      ->capture_default_str();
  if (page) options.format = "text";
  command.add_option("--format", options.format, page ? "text or json" : "table, json or csv")
      ->check(page ? CLI::IsMember({"text", "json"}) : CLI::IsMember({"table", "json", "csv"}))
      ->capture_default_str();
}

struct Verb {
  DiscoverAction action;
  const char* name;
  const char* what;
  const char* usual = "30d";
  const char* examples;
  bool page = false;
};

constexpr Verb kVerbs[] = {
    {DiscoverAction::dashboard, "dashboard",
     "All use in one picture: figures, categories, risk, the most used apps, the busiest users",
     "30d", "  sallyport discover dashboard --since 90d\n", true},
    {DiscoverAction::apps, "apps", "Apps in use, with traffic, users and risk", "30d",
     "  sallyport discover apps --category cloud_storage --category collaboration --lacks soc_2 "
     "\\\n"
     "      --risk-score 0-6 --more-than users=50 --more-than transactions=100\n"
     "  sallyport discover apps --query risky_storage --format csv > risky.csv\n"},
    {DiscoverAction::app, "app",
     "One app, or one domain of none: risk, use, users, addresses, devices, countries, days", "30d",
     "  sallyport discover app dropbox\n  sallyport discover app files.example --format json\n",
     true},
    {DiscoverAction::users, "users", "Who uses apps, and how much", "30d",
     "  sallyport discover users --app dropbox --sort upload_bytes\n"},
    {DiscoverAction::addresses, "addresses", "From which addresses apps are used", "30d",
     "  sallyport discover addresses --app mega --since 7d\n"},
    {DiscoverAction::devices, "devices", "With which devices and programs apps are used", "30d",
     "  sallyport discover devices --category generative_ai\n"},
    {DiscoverAction::countries, "countries", "From which countries apps are used", "30d",
     "  sallyport discover countries --group finance\n"},
    {DiscoverAction::categories, "categories", "Categories of apps, and how much is sanctioned",
     "30d", "  sallyport discover categories --since 7d\n"},
    {DiscoverAction::alternatives, "alternatives",
     "Which other apps there are of the same category: sanctioned ones first, then safer ones; "
     "without a name, sanctioned ones for each app in use that is not",
     "30d", "  sallyport discover alternatives dropbox\n  sallyport discover alternatives\n"},
    {DiscoverAction::leakage, "leakage",
     "How much goes by uploads to apps that are not sanctioned, by category", "30d",
     "  sallyport discover leakage --since 90d\n"},
    {DiscoverAction::non_compliant, "non-compliant",
     "Apps in use that are known to lack a factor of compliance or security", "30d",
     "  sallyport discover non-compliant --lacks iso_27001 --lacks soc_2\n"},
    {DiscoverAction::fresh, "new", "Apps whose first use was not long ago", "7d",
     "  sallyport discover new --since 14d --risk-score 0-5\n"},
    {DiscoverAction::inactive, "inactive",
     "Apps that are sanctioned, or were used, and that nobody used since", "30d",
     "  sallyport discover inactive --since 60d --tag sanctioned\n"},
    {DiscoverAction::hosts, "hosts", "Domains in use that belong to no app of the catalog", "30d",
     "  sallyport discover hosts --more-than users=10\n"},
};

void add_verb(CLI::App& discover, const Verb& verb, DiscoverOptions& options, int& code) {
  CLI::App* command = discover.add_subcommand(verb.name, verb.what);
  options.action = verb.action;
  add_common(*command, options.common);
  if (verb.action == DiscoverAction::app || verb.action == DiscoverAction::alternatives) {
    auto* name = command->add_option("app", options.name, "The app, by id, name or domain");
    if (verb.action == DiscoverAction::app) name->required();
  }
  add_span(*command, options, verb.usual);
  if (verb.action != DiscoverAction::app && verb.action != DiscoverAction::hosts) {
    add_app_filter(*command, options);
  }
  add_who_filter(*command, options);
  if (!verb.page && verb.action != DiscoverAction::leakage &&
      verb.action != DiscoverAction::inactive) {
    add_list(*command, options);
  }
  add_output(*command, options, verb.page);
  command->footer(with_codes(std::string(verb.examples)));
  command->callback([&options, &code] { code = cli::discover(options); });
}

}  // namespace

void add_discover_commands(CLI::App& app, DiscoverCommands& options, int& code) {
  CLI::App* command = app.add_subcommand(
      "discover", "Which apps are used, by whom and how much; counted for more than a year");
  command->require_subcommand(1);
  command->footer(
      with_codes("  sallyport discover dashboard\n  sallyport discover apps --tag unsanctioned\n"
                 "  sallyport discover app dropbox\n  sallyport discover alternatives\n"));
  for (const Verb& verb : kVerbs) add_verb(*command, verb, options.emplace_back(), code);
  DiscoverOptions& queries = options.emplace_back();
  queries.action = DiscoverAction::queries;
  CLI::App* list = command->add_subcommand("queries", "The suggested queries of discover apps");
  add_common(*list, queries.common);
  list->add_option("--format", queries.format, "table, json or csv")
      ->check(CLI::IsMember({"table", "json", "csv"}))
      ->capture_default_str();
  list->callback([&queries, &code] { code = discover(queries); });
}

}  // namespace sallyport::cli
