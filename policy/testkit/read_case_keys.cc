#include "policy/testkit/read_case_keys.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "base/core/text.h"
#include "policy/activity/attribute_table.h"
#include "policy/compile/values.h"
#include "policy/testkit/case_keys.h"

namespace sallyport::policy {
namespace {

using yaml::Node;

constexpr std::string_view kNotSet = "is not set";

class KeyReader {
 public:
  explicit KeyReader(Diagnostics& found) : found_(found) {}

  void read(yaml::MapReader& map, TestCase& test) {
    if (const Node* node = map.node("at")) at(*node, test);
    if (const Node* node = map.node("policy_mode")) mode(*node, test);
    if (map.has("grants")) test.grants = map.texts("grants");
    if (const Node* node = map.node("repeat")) repeat(*node, test);
    if (const Node* node = map.node("day")) day(*node, test);
    if (const Node* node = map.node("expect")) expect(*node, test);
    if (map.has("policy")) test.policy = map.text("policy");
    if (map.has("because")) test.because = map.texts("because");
    test.say = shown(map, "say");
    test.redirect = shown(map, "redirect");
    test.rehearsed = map.texts("rehearsed");
    test.reports = map.texts("reports");
    if (map.has("tag_app")) test.tag_app = map.texts("tag_app");
    test.edits = map.texts("edits");
    test.finds = map.texts("finds");
    test.without = map.texts("without");
    if (const Node* node = map.node("headers")) headers(*node, test);
    check(test);
  }

 private:
  void check(const TestCase& test) {
    const Place& place = test.place;
    if (test.expect && **test.expect != Action::allow && !test.policy) {
      found_.error(test.expect->place,
                   fmt::format("say which policy decides '{}'", to_string(**test.expect)),
                   "policy: ID, or 'policy: none' where it is the default");
    }
    if (test.waits && !test.at) {
      found_.error(place, "only at a point can a decision wait for a later one",
                   "add 'at: connect' or 'at: request'");
    }
    if (test.day && (test.at || test.expect || test.policy || test.waits)) {
      found_.error(place, "a day of an app is reported; nothing is decided about it",
                   "write 'reports: ID'");
    }
    const bool blocks = test.expect && **test.expect == Action::block;
    if (test.say && !blocks && !(test.expect && asks(**test.expect))) {
      found_.error(test.say->place, "nobody is stopped here, so nobody reads this",
                   "it belongs to 'expect: block', or to coach, justify, step_up, notice");
    }
    if (test.redirect && !blocks) {
      found_.error(test.redirect->place, "nobody is stopped here, so nobody is sent elsewhere",
                   "it belongs to 'expect: block'");
    }
    if (test.because && test.named().empty()) {
      found_.error(place, "'because' tells why a policy holds, and this case names none");
    }
  }

  template <class Words, class Parse>
  auto word(const Node& node, std::string_view key, const Words& words, Parse parse)
      -> decltype(parse(node.text)) {
    if (node.kind == Node::Kind::scalar) {
      if (const auto read = parse(node.text)) return read;
    }
    const std::string written = node.kind == Node::Kind::scalar
                                    ? printable(node.text)
                                    : std::string(yaml::to_string(node.kind));
    std::string hint = did_you_mean(node.text, {words.begin(), words.end()});
    if (hint.empty()) hint = fmt::format("one of: {}", fmt::join(words, ", "));
    found_.error(node.place, fmt::format("'{}' of case cannot be '{}'", key, written),
                 std::move(hint));
    return std::nullopt;
  }

  void at(const Node& node, TestCase& test) {
    static constexpr std::array<std::string_view, 3> kWords = {"connect", "request", "response"};
    static constexpr std::array<Point, 3> kPoints = {Point::connect, Point::request,
                                                     Point::response};
    const auto index = word(node, "at", kWords, [](std::string_view text) {
      const auto at = std::find(kWords.begin(), kWords.end(), text);
      return at == kWords.end() ? std::optional<std::size_t>()
                                : std::optional<std::size_t>(at - kWords.begin());
    });
    if (index) test.at = {kPoints[*index], node.place};
  }

  void mode(const Node& node, TestCase& test) {
    const auto words = mode_words();
    const auto index = word(node, "policy_mode", words, [&](std::string_view text) {
      const auto at = std::find(words.begin(), words.end(), text);
      return at == words.end() ? std::optional<std::size_t>()
                               : std::optional<std::size_t>(at - words.begin());
    });
    if (index) test.policy_mode = {static_cast<Mode>(*index), node.place};
  }

  // What a policy shows has no blanks and line ends around it.
  std::optional<ExpectedText> shown(yaml::MapReader& map, std::string_view key) {
    const Node* node = map.node(key);
    if (node == nullptr) return std::nullopt;
    ExpectedText expected{node->place, std::nullopt};
    if (node->kind != Node::Kind::scalar && node->kind != Node::Kind::null) {
      map.text(key);  // which says so
      return expected;
    }
    if (node->text == kNotSet) return expected;
    static constexpr std::string_view kBlank = " \t\n";
    const auto first = node->text.find_first_not_of(kBlank);
    if (first == node->text.npos) {
      found_.error(node->place, fmt::format("'{}' needs a text", key),
                   "write 'is not set' where there is none");
      return expected;
    }
    expected.text = node->text.substr(first, node->text.find_last_not_of(kBlank) + 1 - first);
    return expected;
  }

  void expect(const Node& node, TestCase& test) {
    std::vector<std::string_view> words(action_words().begin(), action_words().end());
    words.push_back("wait");
    if (node.kind == Node::Kind::scalar && node.text == "wait") {
      test.waits = true;
    } else if (const auto action = word(node, "expect", words, parse_action)) {
      test.expect = {*action, node.place};
    }
  }

  std::uint64_t number(yaml::MapReader& map, std::string_view key, std::uint64_t fallback,
                       std::uint64_t least) {
    return static_cast<std::uint64_t>(map.integer(key, static_cast<std::int64_t>(fallback),
                                                  static_cast<std::int64_t>(least),
                                                  static_cast<std::int64_t>(kMostCounted)));
  }

  void repeat(const Node& node, TestCase& test) {
    yaml::MapReader map(node, found_, "repeat");
    if (node.kind != Node::Kind::map) return;
    Repetition made = test.repeat.value_or(Repetition());
    made.times = number(map, "times", made.times, 1);
    if (map.has("within")) {
      const Spanned<std::string> text = map.text("within");
      if (const auto read = parse_window(*text)) {
        made.within = *read;
      } else {
        found_.error(text.place, fmt::format("'{}' is no span of time", printable(*text)),
                     "'90s', '5m', '2h'");
      }
    }
    if (map.has("targets")) made.targets = number(map, "targets", 1, 1);
    made.apps = number(map, "apps", made.apps, 1);
    map.finish();
    test.repeat = made;
  }

  void day(const Node& node, TestCase& test) {
    yaml::MapReader map(node, found_, "day");
    if (node.kind != Node::Kind::map) return;
    DayTotals made = test.day.value_or(DayTotals());
    made.uploaded = map.bytes("uploaded", made.uploaded);
    made.downloaded = map.bytes("downloaded", made.downloaded);
    if (map.has("traffic")) made.traffic = map.bytes("traffic", 0);
    made.users = number(map, "users", made.users, 0);
    made.addresses = number(map, "addresses", made.addresses, 0);
    made.transactions = number(map, "transactions", made.transactions, 0);
    map.finish();
    test.day = made;
  }

  void headers(const Node& node, TestCase& test) {
    if (node.kind != Node::Kind::map || node.entries.empty()) {
      found_.error(node.place, "'headers' takes names and values",
                   "write 'headers: { X-Tenant: example, Cookie: is not set }'");
      return;
    }
    for (const auto& [key, value] : node.entries) {
      if (value.kind != Node::Kind::scalar) {
        found_.error(value.place, fmt::format("'{}' needs a value", printable(*key)),
                     "write 'is not set' for a field that is removed");
        continue;
      }
      ExpectedHeader made{key, std::nullopt};
      if (value.text != kNotSet) made.value = value.text;
      test.headers.push_back(std::move(made));
    }
  }

  Diagnostics& found_;
};

}  // namespace

void read_case_keys(yaml::MapReader& map, TestCase& test, Diagnostics& found) {
  KeyReader(found).read(map, test);
}

}  // namespace sallyport::policy
