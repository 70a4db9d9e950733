#include <fmt/format.h>
#include <map>

#include "policy/compile/parse.h"
#include "policy/model/policy.h"
#include "proxy/app/names.h"
#include "proxy/app/policy_files.h"
#include "proxy/cli/listing.h"
#include "proxy/cli/policy_options.h"

namespace sallyport::cli {

std::optional<LoadedPolicies> load_policies_or_complain(const CommonOptions& options,
                                                        const std::string& folder,
                                                        const std::string& templates) {
  Diagnostics found;
  auto config = app::load_config(options.config, found);
  if (!config) {
    complain("the configuration cannot be used:\n" + render(config.error()));
    return std::nullopt;
  }
  LoadedPolicies loaded;
  loaded.config = std::move(*config);
  if (!folder.empty()) loaded.config.policies = folder;
  if (!templates.empty()) loaded.config.templates = templates;
  const app::Config& c = loaded.config;
  loaded.sources = app::read_policy_sources(c.policies, c.templates, found);
  if (!options.state.empty()) loaded.config.state_directory = options.state;
  const auto names = app::names_of(c);
  if (names) {
    loaded.sources.also_named = app::also_named(*names);
  } else {
    found.error({}, describe(names.error()));
  }
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

namespace {

// The template that each policy names in its own file, by where the policy stands: after
// compilation a template is merged in and no longer known.
std::map<std::string, std::string> templates_named(const policy::PolicySources& sources) {
  std::map<std::string, std::string> named;
  Diagnostics found;  // They compiled already.
  for (const SourcePtr& file : sources.policies) {
    for (const policy::Policy& one : policy::parse_policies(file, found)) {
      if (one.extends) named.emplace(place_of(one), **one.extends);
    }
  }
  return named;
}

std::string text_of(const std::optional<Spanned<std::string>>& text) {
  return text ? **text : std::string();
}

bool is_listed(const policy::CompiledPolicy& one, const PolicyListOptions& options) {
  const auto is = [](const std::string& wanted, std::string_view word) {
    return wanted.empty() || wanted == word;
  };
  const Time now = system_clock().now();
  const bool in_force = one.starts <= now && now < one.expires;
  return is(options.kind, to_string(one.kind)) &&
         is(options.mode,
            to_string(one.rehearse ? policy::Mode::rehearse : policy::Mode::enforce)) &&
         is(options.severity, to_string(one.severity)) &&
         is(options.category, to_string(one.category)) &&
         is(options.owner, text_of(one.written->owner)) && !(options.out_of_force && in_force);
}

}  // namespace

std::string place_of(const policy::Policy& policy) {
  return fmt::format("{}:{}", policy.place.source ? policy.place.source->name : "",
                     policy.place.line);
}

int policy_list(const PolicyListOptions& options) {
  const auto loaded = load_policies_or_complain(options.common);
  if (!loaded) return kWrongInput;
  const auto named = templates_named(loaded->sources);
  // Of some columns a table is spared where nothing stands in them.
  std::vector<const policy::CompiledPolicy*> listed;
  bool owners = options.format != "table";
  bool dates = owners;
  bool extending = owners;
  for (const policy::CompiledPolicy& one : loaded->program->policies()) {
    if (!is_listed(one, options)) continue;
    listed.push_back(&one);
    owners |= one.written->owner.has_value();
    dates |= one.written->starts || one.written->expires;
    extending |= named.contains(place_of(*one.written));
  }
  std::vector<std::string> columns = {"order", "id",       "kind", "then",
                                      "mode",  "severity", "name", "category"};
  if (owners) columns.emplace_back("owner");
  if (dates) columns.insert(columns.end(), {"starts", "expires"});
  if (extending) columns.emplace_back("extends");
  columns.emplace_back("place");
  Listing listing(columns);
  for (const policy::CompiledPolicy* one : listed) {
    const bool decides = one->kind == policy::Kind::access || one->kind == policy::Kind::tls ||
                         (one->kind == policy::Kind::session && !one->edits_only);
    const std::string place = place_of(*one->written);
    std::vector<Listing::Cell> row = {
        Listing::number(one->number + 1),
        Listing::text(one->id),
        Listing::text(to_string(one->kind)),
        Listing::text(decides ? to_string(one->action) : ""),
        Listing::text(to_string(one->rehearse ? policy::Mode::rehearse : policy::Mode::enforce)),
        Listing::text(to_string(one->severity)),
        Listing::text(one->name),
        Listing::text(to_string(one->category))};
    if (owners) row.push_back(Listing::text(text_of(one->written->owner)));
    if (dates) {
      row.push_back(Listing::text(text_of(one->written->starts)));
      row.push_back(Listing::text(text_of(one->written->expires)));
    }
    if (extending) {
      const auto extends = named.find(place);
      row.push_back(Listing::text(extends == named.end() ? "" : extends->second));
    }
    row.push_back(Listing::text(place));
    listing.add(std::move(row));
  }
  say(listing.render(options.format));
  return kOk;
}

}  // namespace sallyport::cli
