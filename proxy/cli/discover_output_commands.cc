#include "proxy/cli/discover_output_commands.h"

#include <CLI/CLI.hpp>

#include "discovery/usage/block_list.h"
#include "proxy/cli/command_words.h"
#include "proxy/cli/discover_filter.h"

namespace sallyport::cli {
namespace {

void add_export(CLI::App& discover, ExportOptions& options, int& code) {
  CLI::App* command = discover.add_subcommand(
      "export", "Counted use as rows for other programs: who used what on which day, and how much");
  add_common(*command, options.asked.common);
  add_reading(*command, options.asked.common);
  options.asked.words.kind = discovery::ReportKind::apps;
  add_span(*command, options.asked);
  add_app_filter(*command, options.asked);
  add_who_filter(*command, options.asked);
  add_pseudonyms(*command, options.asked);
  command->add_option("--format", options.format, "jsonl, csv, cef or w3c")
      ->check(CLI::IsMember({"jsonl", "csv", "cef", "w3c"}))
      ->capture_default_str();
  command->add_option("--output", options.output,
                      "A file, which must not exist; default: standard output");
  command->footer(
      with_codes("  sallyport discover export --since 24h --format cef | logger -n siem.example\n"
                 "  sallyport discover export --since 90d --format csv --output use.csv"));
  command->callback([&options, &code] { code = discover_export(options); });
}

void add_report(CLI::App& discover, BoardOptions& options, int& code) {
  CLI::App* command = discover.add_subcommand(
      "report", "The executive report: all use as a board reads it, with plots, on one page");
  add_common(*command, options.asked.common);
  add_reading(*command, options.asked.common);
  options.asked.words.kind = discovery::ReportKind::dashboard;
  add_span(*command, options.asked);
  add_app_filter(*command, options.asked);
  add_who_filter(*command, options.asked);
  command
      ->add_option("--format", options.format, "html, or pdf, which an installed Chromium prints")
      ->check(CLI::IsMember({"html", "pdf"}))
      ->capture_default_str();
  command->add_option("--output", options.output, "A file, which is replaced as a whole")
      ->required();
  command->add_option("--browser", options.browser,
                      "The Chromium that prints PDF; default: one that is on PATH");
  command->footer(
      with_codes("  sallyport discover report --since 90d --output use.html\n"
                 "  sallyport discover report --since 2026-10-01T00:00:00Z --until "
                 "2026-12-31T00:00:00Z --format pdf --output quarter.pdf"));
  command->callback([&options, &code] { code = discover_report(options); });
}

void add_block_script(CLI::App& discover, BlockScriptOptions& options, int& code) {
  CLI::App* command =
      discover.add_subcommand("block-script",
                              "Apps as a list of what another gateway is to refuse; those tagged "
                              "unsanctioned where nothing else is asked");
  add_common(*command, options.asked.common);
  options.asked.words.kind = discovery::ReportKind::apps;
  add_app_filter(*command, options.asked);
  command->add_option("--for", options.target, "Which gateway")
      ->required()
      ->check(CLI::IsMember(discovery::block_format_words()));
  command->add_option("--output", options.output,
                      "A file, which is replaced as a whole; default: standard output");
  command->footer(
      with_codes("  sallyport discover block-script --for squid --output /etc/squid/refused.conf\n"
                 "  sallyport discover block-script --for fortigate --tag unsanctioned "
                 "--risk-score 0-3"));
  command->callback([&options, &code] { code = block_script(options); });
}

}  // namespace

void add_discover_outputs(CLI::App& discover, DiscoverOutputs& options, int& code) {
  add_export(discover, options.export_use, code);
  add_report(discover, options.board, code);
  add_block_script(discover, options.block, code);
}

void add_apps_import(CLI::App& apps, AppsImportOptions& options, int& code) {
  CLI::App* command =
      apps.add_subcommand("import", "Gives and takes many tags, as a CSV or JSON file says");
  add_common(*command, options.common);
  command->add_option("file", options.file, "CSV with app,tag,note, or a JSON list of objects")
      ->required();
  command->add_flag("--dry-run", options.dry_run, "Shows what would change, and changes nothing");
  command->add_option("--by", options.by, "Who changes it, for the record; default: you");
  command->add_option("--format", options.format, "table, json or csv")
      ->check(CLI::IsMember({"table", "json", "csv"}))
      ->capture_default_str();
  command->footer(
      with_codes("  sallyport apps import --dry-run decided.csv\n"
                 "  sallyport apps import decided.csv --by ana"));
  command->callback([&options, &code] { code = import_app_tags(options); });
}

}  // namespace sallyport::cli
