#include "policy/edit/compare.h"
#include "proxy/app/policy_files.h"
#include "proxy/cli/policy_edit_options.h"
#include "proxy/cli/policy_options.h"

namespace sallyport::cli {
namespace {

struct Side {
  policy::PolicySources sources;
  std::shared_ptr<const policy::Program> program;
};

std::optional<Side> load(const app::Config& config, const std::string& folder,
                         const std::string& templates) {
  Side side;
  Diagnostics found;
  side.sources = app::read_policy_sources(
      folder, templates.empty() ? config.templates : templates, found);
  auto program = policy::compile(
      side.sources, policy::CompileOptions{config.policy_mode, config.policy_zone}, found);
  if (!program) found.append(std::move(program.error()));
  if (found.has_errors()) {
    complain("the policies in " + folder + " cannot be used:\n" + render(found));
    return std::nullopt;
  }
  side.program = std::move(*program);
  return side;
}

}  // namespace

int policy_diff(const PolicyDiffOptions& options) {
  Diagnostics found;
  const auto config = app::load_config(options.common.config, found);
  if (!config) {
    complain("the configuration cannot be used:\n" + render(config.error()));
    return kWrongInput;
  }
  const bool both = !options.after.empty();
  const auto before =
      load(*config, both ? options.before : config->policies, options.templates_before);
  const auto after = load(*config, both ? options.after : options.before, options.templates_after);
  if (!before || !after) return kWrongInput;
  const policy::Comparison comparison =
      policy::compare({*before->program, before->sources}, {*after->program, after->sources});
  say(options.format == "json" ? to_json(comparison) : to_text(comparison));
  return comparison.empty() ? kOk : kNo;
}

}  // namespace sallyport::cli
