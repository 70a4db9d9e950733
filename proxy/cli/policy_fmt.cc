#include <unistd.h>

#include "base/yaml/node.h"
#include "policy/edit/layout.h"
#include "proxy/app/policy_files.h"
#include "proxy/cli/policy_edit_options.h"
#include "proxy/cli/policy_options.h"

namespace sallyport::cli {
namespace {

SourcePtr standard_input() {
  std::string text;
  char block[64 * 1024];
  while (text.size() <= yaml::kMaxText) {
    const ssize_t got = ::read(STDIN_FILENO, block, sizeof block);
    if (got <= 0) break;
    text.append(block, static_cast<std::size_t>(got));
  }
  return std::make_shared<const Source>(Source{"standard input", std::move(text)});
}

void add(const std::string& file, std::vector<SourcePtr>& to, Diagnostics& found) {
  auto source = yaml::read_source(file);
  if (source) {
    to.push_back(std::move(*source));
  } else {
    found.append(std::move(source.error()));
  }
}

// The files as asked; nothing after a message.
std::optional<std::vector<SourcePtr>> files_of(const PolicyFmtOptions& options) {
  if (options.files.empty()) {
    const auto loaded = load_policies_or_complain(options.common);
    if (!loaded) return std::nullopt;
    std::vector<SourcePtr> all = loaded->sources.policies;
    all.insert(all.end(), loaded->sources.templates.begin(), loaded->sources.templates.end());
    Diagnostics found;
    for (const std::string& folder : {loaded->config.policies, loaded->config.templates}) {
      if (folder.empty()) continue;
      for (const std::string& file : app::yaml_files(folder, true, found)) add(file, all, found);
    }
    if (!found.has_errors()) return all;
    complain("errors:\n" + render(found));
    return std::nullopt;
  }
  std::vector<SourcePtr> all;
  Diagnostics found;
  for (const std::string& file : options.files) {
    if (file == "-") {
      all.push_back(standard_input());
      continue;
    }
    add(file, all, found);
  }
  if (!found.has_errors()) return all;
  complain("errors:\n" + render(found));
  return std::nullopt;
}

}  // namespace

int policy_fmt(const PolicyFmtOptions& options) {
  const auto files = files_of(options);
  if (!files) return kWrongInput;
  // All are looked at before the first is written.
  std::vector<std::pair<SourcePtr, std::string>> changed;
  Diagnostics found;
  for (const SourcePtr& file : *files) {
    auto text = policy::lay_out(file);
    if (!text) {
      found.append(std::move(text.error()));
    } else if (file->name == "standard input" && !options.check) {
      say(*text);
    } else if (*text != file->text) {
      changed.emplace_back(file, std::move(*text));
    }
  }
  if (found.has_errors()) {
    complain("files with errors are left as they are, and the others too:\n" + render(found));
    return kWrongInput;
  }
  for (const auto& [file, text] : changed) {
    if (!options.check && !replace_file(file->name, text)) return kMachine;
    say(file->name + '\n');
  }
  return options.check && !changed.empty() ? kNo : kOk;
}

}  // namespace sallyport::cli
