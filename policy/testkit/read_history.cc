#include "policy/testkit/read_history.h"

#include <algorithm>
#include <fmt/format.h>

#include "base/core/text.h"
#include "policy/compile/values.h"
#include "policy/testkit/case_keys.h"

namespace sallyport::policy {
namespace {

using std::chrono::seconds;
using yaml::Node;

constexpr std::size_t kMostSteps = 32;
constexpr std::uint32_t kMostDays = 365;
constexpr seconds kLongestSpan = std::chrono::hours(24) * 365;

class StepReader {
 public:
  StepReader(const ReadFact& read_fact, Diagnostics& found)
      : read_fact_(read_fact), found_(found) {}

  std::optional<HistoryStep> read(const Node& node, std::string_view where) {
    if (node.kind != Node::Kind::map || node.entries.empty()) {
      found_.error(
          node.place,
          fmt::format("a step of '{}' is a mapping, not {}", where,
                      node.kind == Node::Kind::map ? "an empty one" : yaml::to_string(node.kind)),
          where == "now" ? "write 'now: { times: 300, within: 30m }'"
                         : "write 'history: { days: 10, times: 40, within: 1h }'");
      return std::nullopt;
    }
    HistoryStep step;
    step.place = node.place;
    Node keys = node;
    keys.entries.clear();
    for (const auto& [key, value] : node.entries) {
      if (is_step_key(*key)) {
        keys.entries.push_back({key, value});
      } else {
        read_fact_(key, value, step.given);
      }
    }
    yaml::MapReader map(keys, found_, "step");
    step.times = number(map, "times", 1, kMostHistory);
    step.users = number(map, "users", 1, 1'000);
    step.within = span(map, "within", seconds(0), seconds(0));
    step.uploaded = map.bytes("uploaded", 0);
    step.downloaded = map.bytes("downloaded", 0);
    if (where == "history") {
      if (map.has("days")) {
        step.days = static_cast<std::uint32_t>(number(map, "days", 1, kMostDays));
      }
      step.every = span(map, "every", step.every, seconds(60));
      step.ago = span(map, "ago", seconds(0), seconds(0));
      if (!step.days && step.ago.count() == 0) {
        found_.error(node.place, "say when this happened before now",
                     "'days: 10' (on each of ten days), or 'ago: 35m'");
      }
    } else {
      for (const std::string_view key : {"days", "every", "ago"}) {
        if (const Node* one = map.node(key)) {
          found_.error(one->place, fmt::format("'{}' belongs to 'history'", key));
        }
      }
    }
    map.finish();
    return step;
  }

 private:
  std::uint64_t number(yaml::MapReader& map, std::string_view key, std::uint64_t fallback,
                       std::uint64_t most) {
    return static_cast<std::uint64_t>(
        map.integer(key, static_cast<std::int64_t>(fallback), 1, static_cast<std::int64_t>(most)));
  }

  seconds span(yaml::MapReader& map, std::string_view key, seconds fallback, seconds least) {
    if (!map.has(key)) return fallback;
    const Spanned<std::string> text = map.text(key);
    const auto read = parse_window(*text);
    if (read && *read >= least && *read <= kLongestSpan) return *read;
    found_.error(text.place, fmt::format("'{}' is no span of time", printable(*text)),
                 "'90s', '5m', '2h', '7d'; a year at most");
    return fallback;
  }

  const ReadFact& read_fact_;
  Diagnostics& found_;
};

}  // namespace

void read_history(yaml::MapReader& map, TestCase& test, const ReadFact& read_fact,
                  Diagnostics& found) {
  StepReader reader(read_fact, found);
  if (const Node* node = map.node("history")) {
    test.history.clear();
    const bool many = node->kind == Node::Kind::list;
    if (many && (node->items.empty() || node->items.size() > kMostSteps)) {
      found.error(node->place, fmt::format("a history has 1 to {} steps", kMostSteps));
    } else if (many) {
      for (const Node& item : node->items) {
        if (auto step = reader.read(item, "history")) test.history.push_back(std::move(*step));
      }
    } else if (auto step = reader.read(*node, "history")) {
      test.history.push_back(std::move(*step));
    }
  }
  if (const Node* node = map.node("now")) {
    if (auto step = reader.read(*node, "now")) test.now = std::move(*step);
  }
  if (!test.has_history()) {
    if (test.finds.empty()) return;
    found.error(test.finds.front().place, "what is found needs something that happens",
                "add 'now: { times: 300, within: 30m }', and 'history' where it takes one");
    return;
  }
  if (test.expect || test.policy || test.at || test.waits || test.repeat || test.day ||
      test.because || test.say || test.redirect || test.tag_app || !test.reports.empty() ||
      !test.rehearsed.empty() || !test.edits.empty() || !test.headers.empty() ||
      !test.grants.empty() || test.policy_mode) {
    found.error(test.place, "of a history nothing is asked but what is found in it",
                "'finds' and 'without'; write other expectations into a case of their own");
  }
}

}  // namespace sallyport::policy
