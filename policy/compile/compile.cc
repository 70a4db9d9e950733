#include "policy/compile/compile.h"

#include <fmt/format.h>
#include <map>
#include <string_view>
#include <utility>

#include "policy/compile/lower.h"
#include "policy/compile/parse.h"

namespace sallyport::policy {
namespace {

constexpr std::size_t kMaxRules = 10'000;

std::string where(const Place& place) {
  return fmt::format("{}:{}:{}", place.source ? place.source->name : "", place.line, place.column);
}

// Events and tests speak of a rule by its name, so two of a name are reported at both places.
void check_names(const std::vector<Rule>& rules, Diagnostics& found) {
  std::map<std::string_view, std::vector<const Rule*>> named;
  for (const Rule& rule : rules) {
    if (!rule.name->empty()) named[*rule.name].push_back(&rule);
  }
  for (const auto& [name, same] : named) {
    if (same.size() == 1) continue;
    for (const Rule* rule : same) {
      const Rule* other = rule == same.front() ? same[1] : same.front();
      found.error(rule->name.place, fmt::format("more than one rule is named '{}'", name),
                  fmt::format("the other is at {}", where(other->name.place)));
    }
  }
}

// A rule that always decides leaves nothing to the rules behind it. A bypass decides only at
// connect, and a rehearsed rule never.
void check_reach(const std::vector<Rule>& rules, Diagnostics& found) {
  const Rule* wall = nullptr;
  for (const Rule& rule : rules) {
    if (wall) {
      found.warning(rule.name.place, "this rule can never be reached",
                    fmt::format("'{}' at {} has no conditions, so it always decides first",
                                *wall->name, where(wall->name.place)));
    } else if (rule.when.empty() && rule.mode == Mode::enforce && *rule.then != Action::bypass) {
      wall = &rule;
    }
  }
}

}  // namespace

Checked<std::shared_ptr<const Program>> compile(const std::vector<SourcePtr>& files,
                                                Diagnostics& warnings) {
  Diagnostics found;
  std::vector<Rule> rules;
  for (const SourcePtr& file : files) {
    for (Rule& rule : parse_rules(file, found)) rules.push_back(std::move(rule));
    if (rules.size() > kMaxRules) {
      found.error({.source = file}, fmt::format("more than {} rules in all files", kMaxRules));
      return std::unexpected(std::move(found));
    }
  }

  check_names(rules, found);
  std::vector<CompiledRule> lowered;
  lowered.reserve(rules.size());
  for (const Rule& rule : rules) lowered.push_back(lower_rule(rule, found));
  // With faults in it, a rule may have lost conditions, and this would raise false alarms.
  if (!found.has_errors()) check_reach(rules, found);

  if (found.has_errors()) return std::unexpected(std::move(found));
  warnings.append(std::move(found));
  return std::make_shared<const Program>(std::move(lowered));
}

}  // namespace sallyport::policy
