#include "policy/compile/parse.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <string_view>
#include <utility>

#include "base/core/text.h"
#include "base/yaml/node.h"
#include "base/yaml/reader.h"
#include "policy/activity/attribute_table.h"
#include "policy/eval/detect_rule.h"

namespace sallyport::policy {
namespace {

using yaml::Node;

constexpr std::size_t kMaxName = 128;          // bytes
constexpr std::size_t kMaxId = 64;             // bytes
constexpr std::size_t kMaxSay = 1000;          // bytes
constexpr std::size_t kMaxHeaders = 20;        // edits of one policy
constexpr std::size_t kMaxHeaderName = 256;    // bytes
constexpr std::size_t kMaxHeaderValue = 4096;  // bytes

std::vector<std::string_view> as_vector(std::span<const std::string_view> words) {
  return {words.begin(), words.end()};
}

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
      found.error(scalar.place, fmt::format("'{}' needs a value", attribute),
                  "write a value, or leave the condition out");
    } else {
      found.error(scalar.place,
                  fmt::format("a value of '{}' is a single word or text, not {}", attribute,
                              yaml::to_string(scalar.kind)),
                  "one list holds all values");
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
    // Said aloud, because a policy that lost its conditions by accident would hold always.
    found.error(node.place, fmt::format("'{}' has no conditions", where),
                where == "when" ? "leave 'when' out for a policy that always holds" : "");
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
    found.error(name.place, "a policy needs a name");
  } else if (name->size() > kMaxName) {
    found.error(name.place, fmt::format("a policy's name has at most {} bytes", kMaxName));
  } else if (printable(*name) != *name) {
    found.error(name.place, "a policy's name holds characters that cannot be shown");
  }
}

void check_id(const Spanned<std::string>& id, Diagnostics& found) {
  const bool fits = !id->empty() && id->size() <= kMaxId && id->front() != '-' &&
                    std::all_of(id->begin(), id->end(), [](char c) {
                      return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-';
                    });
  if (fits) return;
  const std::string slug = slug_of(*id);
  found.error(id.place,
              fmt::format("'{}' is no id: small letters, digits and '-', at most {}",
                          printable(*id), kMaxId),
              slug.empty() ? "" : fmt::format("did you mean '{}'?", slug));
}

// Shown to people: it may have several lines, and nothing that is no text.
void check_text(std::string_view key, const Spanned<std::string>& text, Diagnostics& found) {
  std::string shown = *text;
  std::replace(shown.begin(), shown.end(), '\n', ' ');
  if (text->size() > kMaxSay) {
    found.error(text.place, fmt::format("'{}' has at most {} bytes", key, kMaxSay));
  } else if (printable(shown) != shown) {
    found.error(text.place, fmt::format("'{}' holds characters that cannot be shown", key));
  }
}

class PolicyParser {
 public:
  PolicyParser(const Node& node, Diagnostics& found)
      : node_(node), found_(found), map_(node, found, "policy") {}

  Policy parse() {
    Policy policy;
    policy.place = node_.place;
    const std::size_t before = found_.errors();
    if (node_.kind == Node::Kind::map) read(policy);
    // Without a word it would be a policy that allows everything.
    if (node_.kind == Node::Kind::null) found_.error(node_.place, "a policy without any key");
    policy.faulty = node_.kind != Node::Kind::map || found_.errors() != before;
    return policy;
  }

 private:
  void read(Policy& policy) {
    policy.id = text("id");
    if (policy.id) check_id(*policy.id, found_);
    if (const Node* name = map_.node("name")) {
      policy.name = map_.text("name");
      if (name->kind == Node::Kind::scalar) {
        check_name(policy.name, found_);
      } else if (name->kind == Node::Kind::null) {
        found_.error(name->place, "a policy needs a name");
      }
    }
    policy.kind = word<Kind>("kind", kind_words());
    policy.extends = text("extends");
    policy.description = shown("description");
    policy.owner = shown("owner");
    policy.references = map_.texts("references");
    policy.severity = word<AlertSeverity>("severity", alert_severity_words());
    policy.category = word<RiskCategory>("category", risk_category_words());
    policy.mode = word<Mode>("mode", mode_words());
    policy.zone = text("zone");
    policy.starts = text("starts");
    policy.expires = text("expires");
    if (const Node* when = map_.node("when")) {
      policy.when = parse_conditions(*when, "when", found_);
    }
    map_.each("except", [&](const Node& item) { policy.except.push_back(exception(item)); });
    policy.then = word<Action>("then", action_words());
    policy.say = shown("say");
    policy.grant_for = text("for");
    policy.grant_width = word<GrantWidth>("per", grant_width_words());
    policy.hold = word<Hold>("hold", hold_words());
    policy.redirect = text("redirect");
    policy.replacement = shown("replacement");
    if (const Node* flag = map_.node("quarantine")) {
      policy.quarantine = {map_.boolean("quarantine", false), flag->place};
    }
    headers(policy);
    policy.alerts_per_day = text("alerts_per_day");
    policy.tag_app = text("tag_app");
    if (const Node* node = map_.node("repeat")) policy.repeat = repeat(*node);
    if (const Node* node = map_.node("per_day")) per_day(*node, policy.per_day);
    if (const Node* node = map_.node("detect")) policy.detect = detect(*node);
    for (const auto& [key, value] : node_.entries) {
      const bool condition =
          find_attribute(*key) != nullptr || *key == "any" || *key == "all" || *key == "not";
      if (!condition) continue;
      map_.has(*key);  // so that it is told once
      found_.error(key.place, fmt::format("unknown key '{}' in policy", *key),
                   fmt::format("'{}' is a condition: it belongs under 'when'", *key));
    }
    map_.finish();
  }

  std::optional<Spanned<std::string>> text(std::string_view key) {
    if (!map_.has(key)) return std::nullopt;
    const Node* node = map_.node(key);
    Spanned<std::string> value = map_.text(key);
    if (node->kind == Node::Kind::null ||
        (node->kind == Node::Kind::scalar && node->text.empty())) {
      found_.error(node->place, fmt::format("'{}' needs a value", key));
      value.place = node->place;
    }
    return value;
  }

  std::optional<Spanned<std::string>> shown(std::string_view key) {
    auto value = text(key);
    if (value) check_text(key, *value, found_);
    return value;
  }

  template <class E>
  std::optional<Spanned<E>> word(std::string_view key, std::span<const std::string_view> words) {
    const Node* node = map_.node(key);
    if (node == nullptr) return std::nullopt;
    const auto index = map_.word(key, as_vector(words));
    if (index) return Spanned<E>{static_cast<E>(*index), node->place};
    if (node->kind == Node::Kind::null) {
      found_.error(node->place, fmt::format("'{}' needs a value", key));
    }
    return std::nullopt;
  }

  Exception exception(const Node& node) {
    Exception made;
    made.place = node.place;
    if (node.kind != Node::Kind::map) {
      found_.error(node.place,
                   fmt::format("an exception is a mapping of conditions, not {}",
                               yaml::to_string(node.kind)),
                   "write '- { user: ana, reason: why }'");
      return made;
    }
    for (const auto& [key, value] : node.entries) {
      if (key.value == "reason" || key.value == "expires") {
        auto& to = key.value == "reason" ? made.reason : made.expires;
        if (value.kind == Node::Kind::scalar && !value.text.empty()) {
          to = Spanned<std::string>{value.text, value.place};
          if (key.value == "reason") check_text("reason", *to, found_);
        } else {
          found_.error(value.place, fmt::format("'{}' needs a value", key.value));
        }
        continue;
      }
      made.when.push_back(parse_condition(key, value, found_));
    }
    // Said aloud, because it would switch the policy off.
    if (made.when.empty()) {
      found_.error(node.place, "an exception without conditions would except everything",
                   "say who or what is excepted: '- { user: ana, reason: why }'");
    }
    return made;
  }

  void check_field(const Spanned<std::string>& name) {
    // RFC 9110 section 5.1: a token.
    const bool token =
        !name->empty() && name->size() <= kMaxHeaderName &&
        std::all_of(name->begin(), name->end(), [](char c) {
          return is_alpha(c) || is_digit(c) ||
                 std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
        });
    if (!token) {
      found_.error(name.place, fmt::format("'{}' is no name of a header field", printable(*name)),
                   "letters, digits and '-': X-Tenant");
      return;
    }
    // What frames, routes or authenticates is the gateway's business; so is what origins read as
    // the same name: '_' and '-' are one to many.
    static constexpr std::string_view kOurs[] = {"connection",
                                                 "content-length",
                                                 "expect",
                                                 "forwarded",
                                                 "host",
                                                 "keep-alive",
                                                 "te",
                                                 "trailer",
                                                 "upgrade",
                                                 "via",
                                                 "transfer-encoding",
                                                 "x-forwarded-for",
                                                 "content-encoding",
                                                 "date"};
    std::string small = lower(*name);
    std::replace(small.begin(), small.end(), '_', '-');
    if (small.starts_with("proxy-") ||
        std::find(std::begin(kOurs), std::end(kOurs), small) != std::end(kOurs)) {
      found_.error(name.place,
                   fmt::format("'{}' is the gateway's own business, and no policy's", *name),
                   "it frames, routes or signs in: take it out");
    }
  }

  void headers(Policy& policy) {
    if (const Node* node = map_.node("add_headers")) {
      if (node->kind != Node::Kind::map || node->entries.empty()) {
        found_.error(node->place, "'add_headers' takes names and values",
                     "write 'add_headers: { X-Tenant: example }'");
      } else {
        for (const auto& [key, value] : node->entries) {
          check_field(key);
          if (value.kind != Node::Kind::scalar) {
            found_.error(value.place, fmt::format("'{}' needs a value", key.value));
            continue;
          }
          // RFC 9110 section 5.5: no control characters; spaces at the ends would be lost.
          if (value.text.size() > kMaxHeaderValue || printable(value.text) != value.text ||
              trim(value.text) != value.text) {
            found_.error(value.place, fmt::format("this is no value of a header field"),
                         "one line of at most 4096 bytes, without spaces at its ends");
          }
          policy.add_headers.push_back({key, {value.text, value.place}});
        }
      }
    }
    restrict_tenants(policy);
    policy.restrict_youtube = text("restrict_youtube");
    policy.safe_search = text("safe_search");
    if (const Node* node = map_.node("throttle")) policy.throttle = throttle(*node);
    policy.remove_headers = map_.texts("remove_headers");
    for (const auto& name : policy.remove_headers) check_field(name);
    if (policy.add_headers.size() + policy.remove_headers.size() > kMaxHeaders) {
      found_.error(node_.place,
                   fmt::format("a policy edits at most {} header fields", kMaxHeaders));
    }
  }

  void restrict_tenants(Policy& policy) {
    const Node* node = map_.node("restrict_tenants");
    if (node == nullptr) return;
    if (node->kind != Node::Kind::map || node->entries.empty()) {
      found_.error(node->place, "'restrict_tenants' takes apps and their tenants",
                   "write 'restrict_tenants: { google_workspace: [corp.example] }'");
      return;
    }
    for (const auto& [app, value] : node->entries) {
      TenantRestriction& one = policy.restrict_tenants.emplace_back();
      one.app = app;
      if (value.kind != Node::Kind::map) {
        one.parts.push_back({{std::string(), value.place}, parse_values(*app, value, found_)});
        continue;
      }
      for (const auto& [part, values] : value.entries) {
        one.parts.push_back({part, parse_values(*part, values, found_)});
      }
    }
  }

  WrittenThrottle throttle(const Node& node) {
    WrittenThrottle made;
    made.place = node.place;
    if (node.kind != Node::Kind::map) {
      made.both = text("throttle");
      return made;
    }
    map_.has("throttle");
    yaml::MapReader map(node, found_, "throttle");
    if (map.has("upload")) made.upload = map.text("upload");
    if (map.has("download")) made.download = map.text("download");
    map.finish();
    if (node.entries.empty()) {
      found_.error(node.place, "'throttle' needs 'upload' or 'download'",
                   "write 'throttle: { upload: 256 KB/s }'");
    }
    return made;
  }

  Repeat repeat(const Node& node) {
    yaml::MapReader map(node, found_, "repeat");
    Repeat made;
    made.place = node.place;
    if (node.kind != Node::Kind::map) return made;
    const auto needed = [&](std::string_view key, std::optional<Spanned<std::string>>& to) {
      if (map.has(key)) {
        to = map.text(key);
      } else {
        found_.error(node.place, fmt::format("repeat needs '{}'", key),
                     "write 'repeat: { min: 10, window: 5m }'");
      }
    };
    needed("min", made.min);
    needed("window", made.window);
    if (const Node* flag = map.node("same_app")) {
      made.same_app = {map.boolean("same_app", false), flag->place};
    }
    if (const Node* flag = map.node("unique_targets")) {
      made.unique_targets = {map.boolean("unique_targets", false), flag->place};
    }
    map.finish();
    return made;
  }

  WrittenDetect detect(const Node& node) {
    yaml::MapReader map(node, found_, "detect");
    WrittenDetect made;
    made.place = node.place;
    if (node.kind != Node::Kind::map) return made;
    for (const DetectKey& key : detect_keys()) {
      if (map.node(key.name) == nullptr) continue;
      Spanned<std::string> value = map.text(key.name);
      made.parts.push_back({{std::string(key.name), value.place}, value});
    }
    map.finish();
    return made;
  }

  void per_day(const Node& node, std::vector<DailyThreshold>& to) {
    static constexpr std::array<std::string_view, 6> kMeasures = {
        "traffic", "uploaded", "downloaded", "users", "addresses", "transactions"};
    yaml::MapReader map(node, found_, "per_day");
    if (node.kind != Node::Kind::map) return;
    for (const std::string_view measure : kMeasures) {
      if (map.node(measure) == nullptr) continue;
      Spanned<std::string> value = map.text(measure);
      to.push_back({{std::string(measure), value.place}, value});
    }
    map.finish();
  }

  const Node& node_;
  Diagnostics& found_;
  yaml::MapReader map_;
};

}  // namespace

std::string slug_of(std::string_view name) {
  std::string slug;
  for (const char c : name) {
    if (is_alpha(c) || is_digit(c)) {
      slug += to_lower(c);
    } else if (!slug.empty() && slug.back() != '-') {
      slug += '-';
    }
    if (slug.size() >= kMaxId) break;
  }
  while (!slug.empty() && slug.back() == '-') slug.pop_back();
  return slug;
}

std::vector<Policy> parse_policies(const SourcePtr& file, Diagnostics& found) {
  std::vector<Policy> policies;
  Checked<Node> root = yaml::parse(file);
  if (!root) {
    found.append(std::move(root.error()));
    return policies;
  }
  if (root->kind == Node::Kind::list) {
    for (const Node& item : root->items) {
      if (item.kind == Node::Kind::map || item.kind == Node::Kind::null) {
        policies.push_back(PolicyParser(item, found).parse());
        continue;
      }
      found.error(item.place,
                  fmt::format("policy must be a mapping, not {}", yaml::to_string(item.kind)),
                  "begin each policy with '- name:'");
      policies.emplace_back();
      policies.back().place = item.place;
      policies.back().faulty = true;
    }
  } else if (root->kind != Node::Kind::null) {
    found.error(
        root->place,
        fmt::format("a policy file is a list of policies, not {}", yaml::to_string(root->kind)),
        "begin each policy with '- name:'");
  }
  return policies;
}

std::vector<Condition> parse_when(const yaml::Node& node, Diagnostics& found) {
  return parse_conditions(node, "when", found);
}

}  // namespace sallyport::policy
