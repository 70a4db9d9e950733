// A test file is a list of cases; `defaults` are facts of all cases below them, until the next.
//
//   - defaults: { user: ana, client.ip: 10.1.2.3 }
//   - case: a logon from Tor is refused
//     given: { client.ip.tag: tor, activity: login }
//     expect: block
//     policy: logon-from-tor
//     because: [client.ip.tag, activity]
//     but:
//       - { activity: view }
//       - { client.ip.tag: vpn, expect: block, policy: no-vpn }

#include "policy/testkit/read_cases.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <utility>

#include "base/core/text.h"
#include "base/yaml/node.h"
#include "base/yaml/reader.h"
#include "policy/activity/attribute_table.h"
#include "policy/testkit/case_keys.h"
#include "policy/testkit/read_case_keys.h"
#include "policy/testkit/read_history.h"

namespace sallyport::policy {
namespace {

using yaml::Node;

constexpr std::size_t kMaxCases = 10'000;  // of one file, with variations

constexpr std::size_t kMostShown = 60;  // bytes of a value in the name of a variation

std::string shortened(std::string text) {
  if (text.size() <= kMostShown) return text;
  std::size_t end = kMostShown - 3;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;  // UTF-8
  return text.substr(0, end) + "...";
}

std::string hint_for_fact(std::string_view written, bool with_keys) {
  if (!with_keys && case_key_order(written) < case_keys().size()) {
    return fmt::format("'{}' belongs to the case, beside 'given'", written);
  }
  std::vector<std::string_view> names;
  for (const Attribute& attribute : attribute_table()) names.push_back(attribute.name);
  for (const CaseKey& key : case_keys()) {
    if (with_keys && key.varies) names.push_back(key.name);
  }
  return did_you_mean(written, names);
}

class FileReader {
 public:
  FileReader(const SourcePtr& source, Diagnostics& found) : found_(found) { file_.source = source; }

  TestFile read() {
    Checked<Node> root = yaml::parse(file_.source);
    if (!root) {
      found_.append(std::move(root.error()));
      return std::move(file_);
    }
    if (root->kind == Node::Kind::list) {
      for (const Node& item : root->items) entry(item);
    } else if (root->kind != Node::Kind::null) {
      found_.error(
          root->place,
          fmt::format("a test file is a list of cases, not {}", yaml::to_string(root->kind)),
          "begin each case with '- case:'");
    }
    return std::move(file_);
  }

 private:
  void entry(const Node& node) {
    if (node.kind == Node::Kind::map && node.find("defaults") != nullptr &&
        node.find("case") == nullptr) {
      yaml::MapReader map(node, found_, "this entry");
      defaults_.clear();
      facts(*map.node("defaults"), "defaults", defaults_);
      map.finish();
      return;
    }
    if (node.kind == Node::Kind::null) {
      found_.error(node.place, "a case without any key", "begin each case with '- case:'");
      return;
    }
    yaml::MapReader map(node, found_, "case");
    if (node.kind != Node::Kind::map) return;
    TestCase test;
    test.place = node.place;
    test.name = name(map, test.place);
    test.given = defaults_;
    if (const Node* given = map.node("given")) facts(*given, "given", test.given);
    read_case_keys(map, test, found_);
    history(map, test);
    add(test);
    const std::size_t before = file_.cases.size();
    map.each("but", [&](const Node& item) {
      if (file_.cases.size() - before == kMostVariations) {
        found_.error(item.place, fmt::format("a case has at most {} variations", kMostVariations));
      }
      if (file_.cases.size() - before < kMostVariations) variation(item, test);
    });
    map.finish();
  }

  void history(yaml::MapReader& map, TestCase& test) {
    read_history(
        map, test,
        [this](const Spanned<std::string>& key, const Node& value, std::vector<Fact>& to) {
          fact(key, value, false, to);
        },
        found_);
  }

  void add(const TestCase& test) {
    if (file_.cases.size() == kMaxCases) {
      found_.error(test.place, fmt::format("a test file has at most {} cases", kMaxCases));
    }
    if (file_.cases.size() <= kMaxCases) file_.cases.push_back(test);
  }

  std::string name(yaml::MapReader& map, Place& place) {
    const Node* node = map.required("case");
    if (node == nullptr) return {};
    const Spanned<std::string> name = map.text("case");
    if (node->kind != Node::Kind::scalar) return {};
    place = name.place;
    if (trim(*name).empty()) {
      found_.error(name.place, "a case needs a name", "say what it shows");
    } else if (name->size() > kMostCaseName || printable(*name) != *name) {
      found_.error(name.place, fmt::format("the name of a case is one line of at most {} bytes",
                                           kMostCaseName));
    }
    const auto [other, fresh] = names_.emplace(*name, name.place.line);
    if (!fresh && !name->empty()) {
      found_.error(name.place, fmt::format("two cases are called '{}'", *name),
                   fmt::format("the other is in line {}", other->second));
    }
    return *name;
  }

  // ---- facts

  void facts(const Node& node, std::string_view where, std::vector<Fact>& to) {
    if (node.kind != Node::Kind::map) {
      found_.error(node.place,
                   fmt::format("'{}' takes facts, not {}", where, yaml::to_string(node.kind)),
                   "write 'attribute: value'");
      return;
    }
    for (const auto& [key, value] : node.entries) fact(key, value, false, to);
  }

  void fact(const Spanned<std::string>& key, const Node& node, bool with_keys,
            std::vector<Fact>& to) {
    if (find_attribute(*key) == nullptr) {
      found_.error(key.place, fmt::format("unknown attribute '{}'", printable(*key)),
                   hint_for_fact(*key, with_keys));
      return;
    }
    Fact made{key, {}};
    const auto take = [&](const Node& scalar) {
      if (scalar.kind == Node::Kind::scalar && !scalar.text.empty()) {
        made.values.push_back({scalar.text, scalar.place});
      } else if (scalar.kind == Node::Kind::scalar || scalar.kind == Node::Kind::null) {
        found_.error(scalar.place, fmt::format("'{}' needs a value", *key),
                     "write 'is not set' for a fact that is missing");
      } else {
        found_.error(scalar.place, fmt::format("a value of '{}' is a single word or text, not {}",
                                               *key, yaml::to_string(scalar.kind)));
      }
    };
    if (node.kind == Node::Kind::list) {
      for (const Node& item : node.items) take(item);
      if (node.items.empty()) none(key, node, to);
    } else {
      take(node);
    }
    if (!made.values.empty()) put_fact(to, std::move(made));
  }

  // `app.tag: []`: it is known that there are none.
  void none(const Spanned<std::string>& key, const Node& node, std::vector<Fact>& to) {
    const Type type = find_attribute(*key)->type;
    if (type == Type::texts || type == Type::words) {
      put_fact(to, Fact{key, {}});
    } else {
      found_.error(node.place, fmt::format("'{}' is one value, not a list", *key),
                   "write 'is not set' for a fact that is missing");
    }
  }

  // ---- but

  void variation(const Node& node, const TestCase& base) {
    if (node.kind != Node::Kind::map) {
      found_.error(node.place,
                   fmt::format("a variation is a mapping of facts that differ, not {}",
                               yaml::to_string(node.kind)),
                   "write '- { activity: view }'");
      return;
    }
    TestCase test;
    test.place = node.place;
    test.given = base.given;
    test.repeat = base.repeat;
    test.day = base.day;
    test.at = base.at;
    test.policy_mode = base.policy_mode;
    test.grants = base.grants;
    test.history = base.history;
    test.now = base.now;
    test.varies = true;
    // The mapping holds both: facts are taken out, and what is left are keys.
    Node rest = node;
    rest.entries.clear();
    std::string differs;
    for (const auto& [key, value] : node.entries) {
      const bool key_of_case = is_case_key(*key);
      if (key_of_case) {
        rest.entries.push_back({key, value});
      } else {
        fact(key, value, true, test.given);
      }
      if (!key_of_case || changes_what_happens(*key)) {
        differs += (differs.empty() ? "" : ", ") + shown(*key, value);
      }
    }
    if (differs.empty()) {
      found_.error(node.place, "this variation differs in nothing from its case",
                   "name a fact that is otherwise");
    }
    yaml::MapReader map(rest, found_, "variation");
    read_case_keys(map, test, found_);
    history(map, test);
    map.finish();
    test.name = base.name + ", but " + differs;
    // What the case is about has nothing to do with the variation, unless it says so.
    const Ids named = test.named();
    for (const auto& id : base.named()) {
      const auto same = [&](const Spanned<std::string>& other) { return *other == *id; };
      if (std::none_of(named.begin(), named.end(), same)) test.without.push_back(id);
    }
    for (const auto& id : base.without) test.without.push_back(id);
    add(test);
  }

  static bool changes_what_happens(std::string_view key) {
    return key == "at" || key == "policy_mode" || key == "grants" || key == "repeat" ||
           key == "day" || key == "history" || key == "now";
  }

  static std::string shown(const std::string& key, const Node& value) {
    std::string text;
    if (value.kind == Node::Kind::scalar) {
      text = value.text;
    } else if (value.kind == Node::Kind::list) {
      for (const Node& item : value.items) text += (text.empty() ? "" : ", ") + item.text;
      text = '[' + text + ']';
    } else {
      for (const auto& [inner, one] : value.entries) {
        text += (text.empty() ? "" : ", ") + *inner + ' ' + one.text;
      }
    }
    text = printable(text);
    text = shortened(std::move(text));
    return printable(key) + ": " + text;
  }

  TestFile file_;
  Diagnostics& found_;
  std::vector<Fact> defaults_;
  std::map<std::string, std::uint32_t> names_;  // of cases, with their lines
};

}  // namespace

Ids TestCase::named() const {
  Ids ids;
  if (policy && **policy != kNoPolicy) ids.push_back(*policy);
  for (const Ids* some : {&rehearsed, &reports, &edits, &finds}) {
    ids.insert(ids.end(), some->begin(), some->end());
  }
  return ids;
}

Ids TestCase::about() const {
  Ids ids = named();
  for (const Ids* some : {&without, &grants}) ids.insert(ids.end(), some->begin(), some->end());
  return ids;
}

TestFile read_cases(const SourcePtr& source, Diagnostics& found) {
  return FileReader(source, found).read();
}

}  // namespace sallyport::policy
