#include "proxy/cli/catalog_commands.h"

#include <CLI/CLI.hpp>

#include "proxy/cli/command_words.h"

namespace sallyport::cli {

void add_catalog_commands(CLI::App& app, CLI::App& discover, CatalogCommands& options, int& code) {
  CLI::App* catalog = app.add_subcommand("catalog", "Looks after the catalog of apps");
  catalog->require_subcommand(1);
  catalog->footer(with_codes("  sallyport catalog check"));
  CLI::App* check =
      catalog->add_subcommand("check", "What in the catalog is said twice, or against itself");
  add_common(*check, options.check.common);
  check->footer(with_codes("  sallyport catalog check"));
  check->callback([&options, &code] { code = catalog_check(options.check); });

  PromoteOptions& asked = options.promote;
  CLI::App* promote = discover.add_subcommand(
      "promote", "Makes domains of no app (discover hosts) an app of your own, in force at once");
  add_common(*promote, asked.common);
  promote->add_option("domains", asked.domains, "Its domains, as catalogs write them")->required();
  promote->add_option("--name", asked.name, "What people call it")->required();
  promote->add_option("--category", asked.category, "Its category")->required();
  promote->add_option("--id", asked.id, "Its id; default: made of the name");
  promote->add_option("--vendor", asked.vendor, "Who makes it; default: the name");
  promote->add_flag("--dry-run", asked.dry_run, "Shows the entry, and writes nothing");
  promote->footer(with_codes(
      "  sallyport discover promote tool.example --name Tool --category project_management"));
  promote->callback([&options, &code] { code = promote_host(options.promote); });
}

}  // namespace sallyport::cli
