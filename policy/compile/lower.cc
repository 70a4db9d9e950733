#include "policy/compile/lower.h"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <string_view>
#include <utility>

#include "policy/compile/values.h"

namespace sallyport::policy {
namespace {

std::string known_at_connect() {
  std::vector<std::string_view> names;
  for (const Attribute& attribute : attribute_table()) {
    if (attribute.from == Point::connect) names.push_back(attribute.name);
  }
  return fmt::format("known at connect: {}", fmt::join(names, ", "));
}

std::string hint_for_attribute(std::string_view written) {
  // The keys of a rule end up under `when` by one indentation too many.
  static constexpr std::string_view kRuleKeys[] = {"name", "then", "say", "mode", "severity"};
  if (std::find(std::begin(kRuleKeys), std::end(kRuleKeys), written) != std::end(kRuleKeys)) {
    return fmt::format("'{}' belongs to the rule, beside 'when'", written);
  }
  std::vector<std::string_view> names = {"all", "any", "not"};
  for (const Attribute& attribute : attribute_table()) names.push_back(attribute.name);
  return did_you_mean(written, names);
}

// A block scalar ends with a newline that its author did not mean.
std::string without_edges(std::string_view text) {
  static constexpr std::string_view kBlank = " \t\n";
  const auto first = text.find_first_not_of(kBlank);
  if (first == text.npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(kBlank) + 1 - first));
}

class Lowering {
 public:
  Lowering(const Rule& rule, Diagnostics& found) : rule_(rule), found_(found) {}

  std::vector<Expression> conditions(const std::vector<Condition>& written) {
    std::vector<Expression> lowered;
    for (const Condition& one : written) {
      if (auto expression = condition(one)) lowered.push_back(std::move(*expression));
    }
    return lowered;
  }

 private:
  std::optional<Expression> condition(const Condition& written) {
    if (written.kind == Condition::Kind::test) return test(written);
    std::vector<Expression> parts = conditions(written.parts);
    // Something in it was wrong, and has been reported.
    if (parts.empty()) return std::nullopt;
    switch (written.kind) {
      case Condition::Kind::all:
        return Expression::all(std::move(parts));
      case Condition::Kind::any:
        return Expression::any(std::move(parts));
      default:
        return Expression::negation(std::move(parts));
    }
  }

  std::optional<Expression> test(const Condition& written) {
    const std::string& name = *written.attribute;
    const Attribute* attribute = find_attribute(name);
    if (!attribute) {
      found_.error(written.attribute.place, fmt::format("unknown attribute '{}'", name),
                   hint_for_attribute(name));
      return std::nullopt;
    }
    if (rule_.then.value == Action::bypass && attribute->from > Point::connect) {
      found_.error(written.attribute.place,
                   fmt::format("bypass is decided at connect, where '{}' is not known yet", name),
                   known_at_connect());
      return std::nullopt;
    }
    if (written.values.empty()) return std::nullopt;
    return lower_test(*attribute, written.values, found_);
  }

  const Rule& rule_;
  Diagnostics& found_;
};

}  // namespace

CompiledRule lower_rule(const Rule& rule, Diagnostics& found) {
  CompiledRule lowered{.name = *rule.name,
                       .action = *rule.then,
                       .say = rule.say ? without_edges(**rule.say) : std::string(),
                       .rehearse = rule.mode == Mode::rehearse,
                       .when = Lowering(rule, found).conditions(rule.when)};
  // A rule without `then` has been reported already; what it stops is not known.
  if (rule.say && rule.then.place.source && *rule.then != Action::block) {
    found.warning(rule.say->place,
                  fmt::format("nobody will see this: '{}' stops nobody", to_string(*rule.then)));
  }
  return lowered;
}

}  // namespace sallyport::policy
