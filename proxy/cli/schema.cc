// `sallyport schema`: what editors need to complete and check the YAML files, and the reference
// page.

#include "policy/schema/schema.h"

#include <CLI/CLI.hpp>
#include <memory>

#include "policy/schema/reference.h"
#include "proxy/app/state_directory.h"
#include "proxy/cli/command_words.h"
#include "proxy/cli/commands.h"
#include "proxy/cli/policy_commands.h"

namespace sallyport::cli {
namespace {

struct SchemaOptions {
  std::string of = "policy";
  bool reference = false;
  std::string write;  // a folder
};

struct SchemaFile {
  const char* name;
  std::string (*make)();
};
constexpr SchemaFile kSchemas[] = {{"policy", policy::policy_schema},
                                   {"template", policy::template_schema}};

int schema(const SchemaOptions& options) {
  if (options.reference) {
    say(policy::reference_page());
    return kOk;
  }
  if (options.write.empty()) {
    for (const SchemaFile& one : kSchemas) {
      if (options.of == one.name) say(one.make());
    }
    return kOk;
  }
  for (const SchemaFile& one : kSchemas) {
    const std::string file = options.write + "/" + one.name + ".schema.json";
    const auto written = app::write_file(file, one.make(), 0644);
    if (!written) {
      complain(describe(written.error()));
      return kMachine;
    }
    say(file + '\n');
  }
  return kOk;
}

}  // namespace

void add_schema_command(CLI::App& app, int& code) {
  auto options = std::make_shared<SchemaOptions>();
  CLI::App* command =
      app.add_subcommand("schema", "JSON Schemas of the YAML files, for editors; the reference page");
  std::vector<std::string> names;
  for (const SchemaFile& one : kSchemas) names.emplace_back(one.name);
  command->add_option("of", options->of, "Which files: policy or template")
      ->check(CLI::IsMember(names))
      ->capture_default_str();
  command->add_option("--write", options->write, "A folder that gets all of them: NAME.schema.json");
  command->add_flag("--reference", options->reference,
                    "The reference page of the policy language instead (Markdown)");
  command->footer(
      with_codes("  sallyport schema policy > policy.schema.json\n"
                 "  sallyport schema --write .vscode\n"
                 "  sallyport schema --reference > conf/policies/reference.md"));
  command->callback([options, &code] { code = schema(*options); });
}

}  // namespace sallyport::cli
