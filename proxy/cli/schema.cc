// `sallyport schema`: what editors need to complete and check the YAML files, and the reference
// page.

#include "policy/schema/schema.h"

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "policy/schema/case_schema.h"
#include "policy/schema/reference.h"
#include "proxy/app/state_directory.h"
#include "proxy/cli/command_words.h"
#include "proxy/cli/commands.h"
#include "proxy/cli/file_schemas.h"
#include "proxy/cli/policy_commands.h"

namespace sallyport::cli {
namespace {

struct SchemaOptions {
  std::string of = "policy";
  bool reference = false;
  std::string write;  // a folder
};

struct NamedSchema {
  std::string name;
  std::string text;
};

std::vector<NamedSchema> schemas() {
  std::vector<NamedSchema> all = {{"policy", policy::policy_schema()},
                                  {"template", policy::template_schema()},
                                  {"case", policy::case_schema()}};
  for (const FileShape& one : file_shapes()) all.push_back({std::string(one.name), to_schema(one)});
  return all;
}

int schema(const SchemaOptions& options) {
  if (options.reference) {
    say(policy::reference_page());
    return kOk;
  }
  if (options.write.empty()) {
    for (const NamedSchema& one : schemas()) {
      if (options.of == one.name) say(one.text);
    }
    return kOk;
  }
  if (const auto made = app::make_directory(options.write, 0755); !made) {
    complain(describe(made.error()));
    return kMachine;
  }
  for (const NamedSchema& one : schemas()) {
    const std::string file = options.write + "/" + one.name + ".schema.json";
    if (const auto written = app::write_file(file, one.text, 0644); !written) {
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
  CLI::App* command = app.add_subcommand(
      "schema", "JSON Schemas of the YAML files, for editors; the reference page");
  std::vector<std::string> names;
  for (const NamedSchema& one : schemas()) names.push_back(one.name);
  command->add_option("of", options->of, "Which files")
      ->check(CLI::IsMember(names))
      ->capture_default_str();
  command->add_option("--write", options->write,
                      "A folder that gets all of them: NAME.schema.json");
  command->add_flag("--reference", options->reference,
                    "The reference page of the policy language instead (Markdown)");
  command->footer(
      with_codes("  sallyport schema policy > policy.schema.json\n"
                 "  sallyport schema --write .vscode\n"
                 "  sallyport schema --reference > conf/policies/reference.md"));
  command->callback([options, &code] { code = schema(*options); });
}

}  // namespace sallyport::cli
