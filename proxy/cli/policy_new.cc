#include <filesystem>
#include <fmt/format.h>

#include "base/core/text.h"
#include "policy/compile/parse.h"
#include "policy/edit/new_policy.h"
#include "policy/edit/text_diff.h"
#include "proxy/cli/listing.h"
#include "proxy/cli/policy_edit_options.h"
#include "proxy/cli/policy_options.h"

namespace sallyport::cli {
namespace {

std::vector<policy::Policy> templates_of(const policy::PolicySources& sources) {
  std::vector<policy::Policy> all;
  Diagnostics found;  // They compiled already.
  for (const SourcePtr& file : sources.templates) {
    for (policy::Policy& one : policy::parse_policies(file, found)) all.push_back(std::move(one));
  }
  return all;
}

std::string first_line(const std::optional<Spanned<std::string>>& text) {
  return text ? (*text)->substr(0, (*text)->find('\n')) : std::string();
}

int list(const LoadedPolicies& loaded, const std::string& format) {
  Listing listing({"template", "kind", "severity", "category", "description"});
  for (const policy::Policy& one : templates_of(loaded.sources)) {
    if (!one.id) continue;
    listing.add({Listing::text(**one.id),
                 Listing::text(to_string(one.kind ? **one.kind : policy::Kind::session)),
                 Listing::text(one.severity ? to_string(**one.severity) : ""),
                 Listing::text(one.category ? to_string(**one.category) : ""),
                 Listing::text(one.description ? first_line(one.description) : *one.name)});
  }
  say(listing.render(format));
  return kOk;
}

// The file of the policies' folder that `path` means; made where it is not there yet. Null after a
// message.
SourcePtr file_to_extend(LoadedPolicies& loaded, const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code error;
  for (const SourcePtr& one : loaded.sources.policies) {
    if (fs::equivalent(one->name, path, error)) return one;
  }
  const fs::path folder = fs::path(path).parent_path().empty() ? "." : fs::path(path).parent_path();
  if (!fs::equivalent(folder, loaded.config.policies, error) || !path.ends_with(".yaml") ||
      path.ends_with(".test.yaml") || fs::path(path).filename().string().starts_with('.')) {
    complain(fmt::format("no gateway would read '{}': policies stand in {}/NAME.yaml",
                         printable(path), loaded.config.policies));
    return nullptr;
  }
  if (fs::exists(path, error)) {
    complain(fmt::format("'{}' cannot be read", printable(path)));
    return nullptr;
  }
  // Files are read in the order of their names.
  auto made = std::make_shared<const Source>(Source{path, {}});
  auto& files = loaded.sources.policies;
  files.insert(std::lower_bound(files.begin(), files.end(), fs::path(path).filename().string(),
                                [](const SourcePtr& one, const std::string& name) {
                                  return fs::path(one->name).filename().string() < name;
                                }),
               made);
  return made;
}

}  // namespace

int policy_new(const PolicyNewOptions& options) {
  auto loaded = load_policies_or_complain(options.common);
  if (!loaded) return kWrongInput;
  if (options.list) return list(*loaded, options.format);
  if (options.extends.empty()) {
    complain("name a template: --template ID; sallyport policy new --list shows all");
    return kWrongInput;
  }
  policy::NewPolicy wanted;
  wanted.extends =
      options.extends.starts_with("template/") ? options.extends.substr(9) : options.extends;
  wanted.name = options.name;
  wanted.id = options.id;
  for (const std::string& one : options.set) {
    const std::size_t equals = one.find('=');
    if (equals == std::string::npos) {
      complain(fmt::format("--set '{}': write KEY=VALUE", printable(one)));
      return kWrongInput;
    }
    wanted.set.emplace_back(one.substr(0, equals), one.substr(equals + 1));
  }
  const auto text = policy::to_yaml(wanted);
  if (!text) {
    complain(text.error());
    return kWrongInput;
  }
  // Where it is only printed, it is tried behind all others.
  SourcePtr file;
  if (options.write.empty()) {
    file = std::make_shared<const Source>(Source{"new policy", {}});
    loaded->sources.policies.push_back(file);
  } else if (file = file_to_extend(*loaded, options.write); file == nullptr) {
    return kWrongInput;
  }
  const auto edited = policy::append_policy(file, *text);
  if (!edited) {
    complain("the file cannot be added to:\n" + render(edited.error()));
    return kWrongInput;
  }
  Diagnostics found;
  auto program = policy::compile(
      with_text(loaded->sources, file, *edited),
      policy::CompileOptions{loaded->config.policy_mode, loaded->config.policy_zone}, found);
  if (!program) {
    complain("with this policy the policies could not be used; nothing was written:\n" +
             render(program.error()));
    return kWrongInput;
  }
  if (!found.empty()) complain("warnings:\n" + render(found));
  if (options.write.empty()) {
    say(*text);
    return kOk;
  }
  if (!replace_file(options.write, *edited)) return kMachine;
  say(policy::unified_diff(options.write, file->text, *edited));
  return kOk;
}

}  // namespace sallyport::cli
