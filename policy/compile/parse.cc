#include "policy/compile/parse.h"

#include <algorithm>
#include <fmt/format.h>
#include <string_view>
#include <utility>

#include "base/core/text.h"
#include "base/yaml/node.h"
#include "base/yaml/reader.h"
#include "policy/activity/attribute_table.h"

namespace sallyport::policy {
namespace {

using yaml::Node;

constexpr std::size_t kMaxName = 128;  // bytes
constexpr std::size_t kMaxSay = 1000;  // bytes

// In the order of Mode and RuleSeverity.
const std::vector<std::string_view> kModes = {"enforce", "rehearse"};
const std::vector<std::string_view> kSeverities = {"informational", "low", "medium", "high"};

// The conditions of one mapping, in the order written.
std::vector<Condition> parse_conditions(const Node& node, std::string_view where,
                                        Diagnostics& found);

// `all` and `any`: a list of mappings. Each mapping is one part.
std::vector<Condition> parse_parts(const Node& node, const std::string& word, Diagnostics& found) {
  std::vector<Condition> parts;
  if (node.kind != Node::Kind::list) {
    found.error(
        node.place,
        fmt::format("'{}' is a list of conditions, not {}", word, yaml::to_string(node.kind)),
        fmt::format("write '{}: [{{attribute: value}}, {{attribute: value}}]'", word));
    return parts;
  }
  if (node.items.empty()) found.error(node.place, fmt::format("'{}' has no conditions", word));
  for (const Node& item : node.items) {
    std::vector<Condition> inner = parse_conditions(item, word, found);
    if (inner.size() == 1) {
      parts.push_back(std::move(inner.front()));
    } else if (!inner.empty()) {
      parts.push_back({.kind = Condition::Kind::all,
                       .attribute = {"all", item.place},
                       .values = {},
                       .parts = std::move(inner)});
    }
  }
  return parts;
}

bool is_attribute(const std::string& name) { return find_attribute(name) != nullptr; }

// The one or many values of a test.
std::vector<Spanned<std::string>> parse_values(const std::string& attribute, const Node& node,
                                               Diagnostics& found) {
  std::vector<Spanned<std::string>> values;
  const auto take = [&](const Node& scalar) {
    if (scalar.kind == Node::Kind::scalar && !scalar.text.empty()) {
      values.push_back({scalar.text, scalar.place});
    } else if (scalar.kind == Node::Kind::scalar || scalar.kind == Node::Kind::null) {
      found.error(scalar.place, fmt::format("'{}' needs a value", attribute));
    } else {
      found.error(scalar.place, fmt::format("a value of '{}' is a single word or text, not {}",
                                            attribute, yaml::to_string(scalar.kind)));
    }
  };
  switch (node.kind) {
    case Node::Kind::list:
      if (node.items.empty()) {
        found.error(node.place,
                    fmt::format("'{}' has an empty list, which nothing can match", attribute),
                    "leave the condition out, or name a value");
      }
      for (const Node& item : node.items) take(item);
      break;
    case Node::Kind::map: {
      // app: { category: x } is the natural guess of somebody who thinks in nested YAML.
      const std::string nested =
          node.entries.empty() ? "" : attribute + '.' + node.entries.front().first.value;
      found.error(node.place,
                  fmt::format("'{}' takes a value or a list of values, not a mapping", attribute),
                  is_attribute(nested) ? fmt::format("did you mean '{}'?", nested) : std::string());
      break;
    }
    default:
      take(node);
  }
  return values;
}

Condition parse_condition(const Spanned<std::string>& key, const Node& node, Diagnostics& found) {
  Condition condition{.kind = Condition::Kind::test, .attribute = key, .values = {}, .parts = {}};
  if (key.value == "not") {
    condition.kind = Condition::Kind::negation;
    condition.parts = parse_conditions(node, "not", found);
  } else if (key.value == "all" || key.value == "any") {
    condition.kind = key.value == "all" ? Condition::Kind::all : Condition::Kind::any;
    condition.parts = parse_parts(node, key.value, found);
  } else {
    condition.values = parse_values(key.value, node, found);
  }
  return condition;
}

std::vector<Condition> parse_conditions(const Node& node, std::string_view where,
                                        Diagnostics& found) {
  std::vector<Condition> conditions;
  if (node.kind == Node::Kind::map) {
    for (const auto& [key, value] : node.entries) {
      conditions.push_back(parse_condition(key, value, found));
    }
    if (!conditions.empty()) return conditions;
  }
  if (node.kind == Node::Kind::map || node.kind == Node::Kind::null) {
    // Said aloud, because a rule that lost its conditions by accident would hold always.
    found.error(node.place, fmt::format("'{}' has no conditions", where),
                where == "when" ? "leave 'when' out for a rule that always holds" : "");
    return conditions;
  }
  found.error(
      node.place, fmt::format("'{}' takes conditions, not {}", where, yaml::to_string(node.kind)),
      node.kind == Node::Kind::list ? "write 'all: [...]' or 'any: [...]' for a list of conditions"
                                    : "write 'attribute: value'");
  return conditions;
}

void check_name(const Spanned<std::string>& name, Diagnostics& found) {
  if (name->empty()) {
    found.error(name.place, "a rule needs a name");
  } else if (name->size() > kMaxName) {
    found.error(name.place, fmt::format("a rule's name has at most {} bytes", kMaxName));
  } else if (printable(*name) != *name) {
    found.error(name.place, "a rule's name holds characters that cannot be shown");
  }
}

void check_say(const Spanned<std::string>& say, Diagnostics& found) {
  std::string shown = *say;
  std::replace(shown.begin(), shown.end(), '\n', ' ');
  if (say->size() > kMaxSay) {
    found.error(say.place, fmt::format("'say' has at most {} bytes", kMaxSay));
  } else if (printable(shown) != shown) {
    found.error(say.place, "'say' holds characters that cannot be shown");
  }
}

Rule parse_rule(const Node& node, Diagnostics& found) {
  yaml::MapReader map(node, found, "rule");
  Rule rule;
  if (node.kind != Node::Kind::map) return rule;

  rule.name = map.required_text("name");
  if (const Node* name = node.find("name"); name && name->kind == Node::Kind::scalar) {
    check_name(rule.name, found);
  }
  if (const Node* when = map.node("when")) rule.when = parse_conditions(*when, "when", found);
  if (const Node* then = map.required("then")) {
    const auto actions = action_words();
    rule.then.place = then->place;
    if (const auto index = map.word("then", {actions.begin(), actions.end()})) {
      rule.then.value = static_cast<Action>(*index);
    }
  }
  if (map.has("say")) {
    rule.say = map.text("say");
    check_say(*rule.say, found);
  }
  if (const auto index = map.word("mode", kModes)) rule.mode = static_cast<Mode>(*index);
  if (const auto index = map.word("severity", kSeverities)) {
    rule.severity = static_cast<RuleSeverity>(*index);
  }
  map.finish();
  return rule;
}

}  // namespace

std::vector<Rule> parse_rules(const SourcePtr& file, Diagnostics& found) {
  std::vector<Rule> rules;
  Checked<Node> root = yaml::parse(file);
  if (!root) {
    found.append(std::move(root.error()));
    return rules;
  }
  if (root->kind == Node::Kind::list) {
    for (const Node& item : root->items) rules.push_back(parse_rule(item, found));
  } else if (root->kind != Node::Kind::null) {
    found.error(
        root->place,
        fmt::format("a policy file is a list of rules, not {}", yaml::to_string(root->kind)),
        "begin each rule with '- name:'");
  }
  return rules;
}

}  // namespace sallyport::policy
