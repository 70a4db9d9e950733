#include "proxy/cli/discover_import_commands.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "proxy/cli/command_words.h"

namespace sallyport::cli {

namespace {

std::string formats_text() {
  std::string text = "Formats:\n";
  for (const auto& info : discovery::imports::log_formats()) {
    text += fmt::format("  {:<12} {}\n", info.word, info.title);
  }
  return text;
}

}  // namespace

void add_discover_import(CLI::App& discover, DiscoverImportOptions& options, int& code) {
  CLI::App* command = discover.add_subcommand(
      "import", "Counts the use that other gateways' logs tell, beside what was seen live");
  add_common(*command, options.common);
  command
      ->add_option("files", options.files,
                   "Logs, plain or packed by gzip, zstd or zip; - is standard input")
      ->required();
  command
      ->add_option("--format", options.format,
                   "The format, or auto, which tells it by the first lines")
      ->capture_default_str();
  command->add_option("--logformat", options.logformat,
                      "Squid's logformat that the lines are in, without its name");
  command->add_option("--parser", options.parser, "A YAML file that describes the lines");
  command->add_option("--zone", options.zone,
                      "The time zone of times that name none: Europe/Vienna; default: UTC");
  command->add_flag("--again", options.again, "Also a file that was imported already");
  command->add_flag(
      "--users-by-address", options.users_by_address,
      "Where a line names nobody, the user whose address it is (users.addresses); for "
      "addresses that stay with their users");
  command->add_option("--by", options.by, "Who imports; default: the user of this shell");
  command->add_flag("--dry-run", options.dry_run, "Reads and shows, and keeps nothing");
  command->add_option("--output", options.output, "table, json or csv")
      ->check(CLI::IsMember({"table", "json", "csv"}))
      ->capture_default_str();
  command->footer(formats_text() + "\n" +
                  with_codes("  sallyport discover import --dry-run /var/log/squid/access.log*\n"
                             "  sallyport discover import /var/log/squid/access.log*\n"
                             "  sallyport discover import --dry-run --format fortigate --zone "
                             "Europe/Vienna fw.log.gz\n"
                             "  sallyport discover import --dry-run --logformat '%ts.%03tu %>a %ru "
                             "%[un %<st' proxy.log\n"
                             "  sallyport discover import --dry-run --parser gate.yaml gate.csv"));
  command->callback([&options, &code] { code = discover_import(options); });
}

void add_discover_imports(CLI::App& discover, DiscoverImportsOptions& options, int& code) {
  CLI::App* command = discover.add_subcommand(
      "imports", "What was imported: which files, when, by whom, how many lines; takes it back");
  add_common(*command, options.common);
  command->add_flag("--all", options.all, "Also what was taken back");
  command->add_option("--remove", options.remove, "Takes the import of this number back")
      ->take_all();
  command->add_option("--by", options.by, "Who takes it back; default: the user of this shell");
  command->add_option("--format", options.format, "table, json or csv")
      ->check(CLI::IsMember({"table", "json", "csv"}))
      ->capture_default_str();
  command->footer(
      with_codes("  sallyport discover imports\n"
                 "  sallyport discover imports --remove 3\n"
                 "  sallyport discover apps --source 3"));
  command->callback([&options, &code] { code = discover_imports(options); });
}

}  // namespace sallyport::cli
