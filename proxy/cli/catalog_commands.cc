#include "proxy/cli/catalog_commands.h"

#include <CLI/CLI.hpp>

#include "proxy/cli/command_words.h"

namespace sallyport::cli {

namespace {

void add_import(CLI::App& catalog, CatalogCommands& options, int& code) {
  CatalogImportOptions& asked = options.import;
  CLI::App* import = catalog.add_subcommand(
      "import", "Adds apps from data of others below the catalog's own, in force at once");
  add_common(*import, asked.common);
  import->add_option(
      "file", asked.file,
      "CSV or JSON Lines: domain, name, category, and perhaps vendor, score, factors");
  import->add_option("--license", asked.license, "Under what the data may be used; kept and shown");
  import->add_option("--origin", asked.origin, "Where the data is from; kept and shown");
  import->add_option("--name", asked.name, "The import's name; default: made of the file's");
  import->add_option("--remove", asked.remove, "Takes the import of this name away instead");
  import->add_option("--by", asked.by, "Who does it; default: the user of this shell");
  import->add_flag("--dry-run", asked.dry_run, "Reads and tells, and keeps nothing");
  import->add_option("--format", asked.format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  import->footer(
      with_codes("  sallyport catalog import saas.csv --license CC-BY-4.0 --dry-run\n"
                 "  sallyport catalog import apps.jsonl --license 'our own' --name purchasing\n"
                 "  sallyport catalog import --remove purchasing"));
  import->callback([&options, &code] { code = catalog_import(options.import); });

  CLI::App* imports = catalog.add_subcommand("imports", "What was imported: whose data it is");
  add_common(*imports, options.imports.common);
  imports->add_option("--format", options.imports.format, "table, json or csv")
      ->check(CLI::IsMember({"table", "json", "csv"}))
      ->capture_default_str();
  imports->footer(with_codes("  sallyport catalog imports"));
  imports->callback([&options, &code] { code = catalog_imports(options.imports); });
}

}  // namespace

void add_catalog_commands(CLI::App& app, CLI::App& discover, CatalogCommands& options, int& code) {
  CLI::App* catalog = app.add_subcommand("catalog", "Looks after the catalog of apps");
  catalog->require_subcommand(1);
  catalog->footer(
      with_codes("  sallyport catalog check\n"
                 "  sallyport catalog import saas.csv --license CC-BY-4.0"));
  CLI::App* check =
      catalog->add_subcommand("check", "What in the catalog is said twice, or against itself");
  add_common(*check, options.check.common);
  check->footer(with_codes("  sallyport catalog check"));
  check->callback([&options, &code] { code = catalog_check(options.check); });

  add_import(*catalog, options, code);
  PromoteOptions& asked = options.promote;
  CLI::App* promote = discover.add_subcommand(
      "promote", "Makes domains of no app (discover hosts) an app of your own, in force at once");
  add_common(*promote, asked.common);
  promote
      ->add_option("domains", asked.domains,
                   "Its domains and ranges of addresses, as catalogs write them")
      ->required();
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
