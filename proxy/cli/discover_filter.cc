#include "proxy/cli/discover_filter.h"

#include <CLI/CLI.hpp>

#include "discovery/usage/app_book.h"

namespace sallyport::cli {
namespace {

std::vector<std::string> query_names() {
  std::vector<std::string> names;
  for (const auto& query : discovery::suggested_queries()) names.emplace_back(query.name);
  return names;
}

}  // namespace

void add_span(CLI::App& command, DiscoverOptions& options) {
  options.words.since = discovery::usual_since(options.words.kind);
  command
      .add_option("--since", options.words.since,
                  "From the day (UTC) of then on: a span before now or a time")
      ->capture_default_str();
  command.add_option("--until", options.words.until, "To the day of then; default: now");
}

void add_app_filter(CLI::App& command, DiscoverOptions& options) {
  command
      .add_option("--app", options.words.apps,
                  "Only this app, by id, name or domain; may be repeated")
      ->take_all();
  command
      .add_option("--category", options.words.categories,
                  "Only apps of this category; may be repeated")
      ->take_all();
  command
      .add_option("--tag", options.words.tags,
                  "Only apps with this tag; none: neither sanctioned, unsanctioned nor monitored; "
                  "may be repeated")
      ->take_all();
  command.add_option("--risk-score", options.words.risk_score,
                     "Only apps with a score like this: 3, or 0-5; 10 is the safest");
  command.add_option("--has", options.words.has, "Only apps that have this factor; all of several")
      ->take_all();
  command
      .add_option("--lacks", options.words.lacks, "Only apps that lack this factor; all of several")
      ->take_all();
  command
      .add_option("--query", options.words.query, "A suggested query (sallyport discover queries)")
      ->check(CLI::IsMember(query_names()));
}

void add_who_filter(CLI::App& command, DiscoverOptions& options) {
  command.add_option("--user", options.words.user,
                     "Only what this user did, by any of their names");
  command.add_option("--group", options.words.group, "Only what users of this group did");
  command.add_option("--address", options.words.address, "Only from this address or network");
  command.add_option("--country", options.words.country, "Only from this country: DE");
  command.add_option("--device", options.words.device,
                     "Only with such a device: windows, mobile, curl");
  command.add_option("--source", options.words.source,
                     "Only what was seen live (live), or what an import of that number tells");
}

void add_pseudonyms(CLI::App& command, DiscoverOptions& options) {
  command.add_flag("--pseudonyms", options.pseudonyms,
                   "Users and addresses under other names, the same ones each time");
}

}  // namespace sallyport::cli
