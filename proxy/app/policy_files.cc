#include "proxy/app/policy_files.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/yaml/node.h"
#include "proxy/app/policy_tests.h"

namespace sallyport::app {
namespace {

constexpr std::size_t kMostListed = 64u << 20;  // bytes of a list

std::vector<std::string> files_of(const std::string& folder, std::string_view ending,
                                  std::string_view what, bool required, Diagnostics& errors) {
  std::vector<std::string> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with('.') && name.ends_with(ending)) files.push_back(entry.path().string());
  }
  const bool missing = error == std::errc::no_such_file_or_directory;
  if (error && (required || !missing)) {
    const auto source = std::make_shared<const Source>(Source{folder, {}});
    errors.error({source},
                 "the folder of " + std::string(what) + " cannot be read: " + error.message());
  }
  std::sort(files.begin(), files.end());
  return files;
}

void read_all(const std::vector<std::string>& files, std::vector<SourcePtr>& to,
              Diagnostics& errors) {
  for (const std::string& file : files) {
    Checked<SourcePtr> source = yaml::read_source(file);
    if (source) {
      to.push_back(std::move(*source));
    } else {
      errors.append(std::move(source.error()));
    }
  }
}

}  // namespace

std::vector<std::string> yaml_files(const std::string& folder, bool tests, Diagnostics& errors) {
  std::vector<std::string> files = files_of(folder, ".yaml", "policies", true, errors);
  std::erase_if(files,
                [&](const std::string& file) { return file.ends_with(".test.yaml") != tests; });
  return files;
}

policy::PolicySources read_policy_sources(const std::string& policies, const std::string& templates,
                                          Diagnostics& errors) {
  policy::PolicySources sources;
  if (!policies.empty()) {
    read_all(yaml_files(policies, false, errors), sources.policies, errors);
    for (const std::string& file : files_of(policies + "/lists", ".txt", "lists", false, errors)) {
      Checked<SourcePtr> source = yaml::read_source(file, {}, kMostListed);
      if (!source) {
        errors.append(std::move(source.error()));
      } else if ((*source)->text.size() > kMostListed) {
        errors.error({*source}, "a list has at most 64 MiB");
      } else {
        sources.lists.emplace(std::filesystem::path(file).stem().string(), std::move(*source));
      }
    }
  }
  if (!templates.empty()) read_all(yaml_files(templates, false, errors), sources.templates, errors);
  return sources;
}

Checked<LoadedProgram> load_policies(const std::string& policies, const std::string& templates,
                                     const policy::CompileOptions& options, Diagnostics& warnings,
                                     std::function<std::string(std::string_view)> also_named) {
  Diagnostics errors;
  policy::PolicySources sources = read_policy_sources(policies, templates, errors);
  sources.also_named = std::move(also_named);
  auto set = std::make_shared<const policy::KeptPolicies>(
      policy::KeptPolicies{std::move(sources), options});
  auto program = policy::compile(set->sources, options, warnings);
  if (!program) errors.append(std::move(program.error()));
  if (!errors.has_errors() && !policies.empty()) {
    run_policy_tests(policies, set->sources, *program, options, errors, warnings);
  }
  if (errors.has_errors()) return std::unexpected(std::move(errors));
  return LoadedProgram{std::move(*program), std::move(set)};
}

}  // namespace sallyport::app
