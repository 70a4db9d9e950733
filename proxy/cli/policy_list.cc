#include "proxy/app/policy_files.h"
#include "proxy/cli/listing.h"
#include "proxy/cli/policy_options.h"

namespace sallyport::cli {

std::optional<LoadedPolicies> load_policies_or_complain(const CommonOptions& options,
                                                        const std::string& folder) {
  Diagnostics found;
  auto config = app::load_config(options.config, found);
  if (!config) {
    complain("the configuration cannot be used:\n" + render(config.error()));
    return std::nullopt;
  }
  LoadedPolicies loaded;
  loaded.config = std::move(*config);
  if (!folder.empty()) loaded.config.policies = folder;
  const app::Config& c = loaded.config;
  loaded.sources = app::read_policy_sources(c.policies, c.templates, found);
  auto program =
      policy::compile(loaded.sources, policy::CompileOptions{c.policy_mode, c.policy_zone}, found);
  if (!program) found.append(std::move(program.error()));
  if (found.has_errors()) {
    complain("the policies cannot be used:\n" + render(found));
    return std::nullopt;
  }
  loaded.program = std::move(*program);
  return loaded;
}

int policy_list(const PolicyListOptions& options) {
  const auto loaded = load_policies_or_complain(options.common);
  if (!loaded) return kWrongInput;
  Listing listing({"order", "id", "kind", "then", "mode", "severity", "name"});
  for (const policy::CompiledPolicy& one : loaded->program->policies()) {
    const bool decides = one.kind == policy::Kind::access || one.kind == policy::Kind::tls ||
                         (one.kind == policy::Kind::session && !one.headers_only);
    listing.add({Listing::number(one.number + 1), Listing::text(one.id),
                 Listing::text(to_string(one.kind)),
                 Listing::text(decides ? to_string(one.action) : ""),
                 Listing::text(to_string(one.rehearse ? policy::Mode::rehearse
                                                      : policy::Mode::enforce)),
                 Listing::text(to_string(one.severity)), Listing::text(one.name)});
  }
  say(listing.render(options.format));
  return kOk;
}

}  // namespace sallyport::cli
