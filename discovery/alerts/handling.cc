#include "discovery/alerts/handling.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "base/core/text.h"
#include "base/json/cursor.h"

namespace sallyport::discovery {
namespace {

using Kind = AlertStep::Kind;
using std::string_view;

constexpr string_view kResolutions[] = {"open", "true_positive", "benign", "false_positive"};
constexpr string_view kKinds[] = {"read", "unread", "close", "reopen", "assign", "comment"};
constexpr string_view kBenign[] = {"lower_severity", "confirmed_with_user", "test", "other"};
constexpr string_view kFalse[] = {"not_of_interest", "too_many_alike", "not_accurate", "other"};

template <class Enum, std::size_t N>
std::optional<Enum> parse(const string_view (&words)[N], string_view word) {
  const auto found = std::ranges::find(words, word);
  if (found == std::end(words)) return std::nullopt;
  return static_cast<Enum>(found - std::begin(words));
}

bool is_line(string_view text, std::size_t most) {
  return text.size() <= most && printable(text) == text;
}

std::string too_long(string_view what, std::size_t most) {
  return fmt::format("{} is one line of at most {} bytes", what, most);
}

std::optional<std::string> fault_of_close(const AlertHandling& before, const AlertStep& step) {
  if (step.resolution == AlertResolution::open) {
    return "an alert is closed as true_positive, benign or false_positive";
  }
  if (before.resolution == step.resolution && before.reason == step.reason && step.text.empty()) {
    return fmt::format("it is closed as {} already", to_string(step.resolution));
  }
  if (step.reason.empty()) return std::nullopt;
  const auto reasons = reasons_of(step.resolution);
  if (std::ranges::find(reasons, step.reason) != reasons.end()) return std::nullopt;
  if (reasons.empty()) return fmt::format("{} takes no reason", to_string(step.resolution));
  return fmt::format("a reason for {} is one of: {}", to_string(step.resolution),
                     fmt::join(reasons, ", "));
}

std::optional<std::string> fault_of(const AlertHandling& before, const AlertStep& step) {
  if (!is_line(step.text, AlertHandling::kMostText)) {
    return too_long("a comment", AlertHandling::kMostText);
  }
  if (!is_line(step.assignee, AlertHandling::kMostAssignee) ||
      !is_line(step.who, AlertHandling::kMostAssignee)) {
    return too_long("a name", AlertHandling::kMostAssignee);
  }
  const bool judges = step.kind == Kind::close || step.kind == Kind::reopen;
  const std::size_t most = judges ? AlertHandling::kMostInAll : AlertHandling::kMostSteps;
  if (before.history.size() >= most) {
    return fmt::format("its history has {} entries and takes no more of these",
                       before.history.size());
  }
  switch (step.kind) {
    case Kind::close:
      return fault_of_close(before, step);
    case Kind::reopen:
      if (before.resolution == AlertResolution::open) return "it is open";
      return std::nullopt;
    case Kind::comment:
      if (step.text.empty()) return "a comment says something";
      return std::nullopt;
    case Kind::read:
    case Kind::unread:
    case Kind::assign:
      return std::nullopt;
  }
  return std::nullopt;
}

void write(JsonWriter& json, const AlertStep& step) {
  const auto text = [&](string_view name, string_view value) {
    if (!value.empty()) json.member(name, value);
  };
  json.begin_object();
  json.member("at", format_rfc3339(step.at));
  text("who", step.who);
  json.member("step", to_string(step.kind));
  if (step.kind == Kind::close) json.member("resolution", to_string(step.resolution));
  text("reason", step.reason);
  if (step.kind == Kind::assign) json.member("assignee", step.assignee);
  text("text", step.text);
  json.end_object();
}

bool read_step(JsonCursor& cursor, AlertStep& step) {
  std::string at, kind, resolution;
  const bool read = cursor.object([&](string_view key) {
    if (key == "at") return cursor.string(at);
    if (key == "who") return cursor.string(step.who);
    if (key == "step") return cursor.string(kind);
    if (key == "resolution") return cursor.string(resolution);
    if (key == "reason") return cursor.string(step.reason);
    if (key == "assignee") return cursor.string(step.assignee);
    if (key == "text") return cursor.string(step.text);
    return cursor.skip();
  });
  const auto time = parse_rfc3339(at);
  const auto known = parse_alert_step(kind);
  const auto judged =
      resolution.empty() ? AlertResolution::open : parse_alert_resolution(resolution);
  if (!read || !time || !known || !judged) return false;
  step.at = *time;
  step.kind = *known;
  step.resolution = *judged;
  return true;
}

}  // namespace

string_view to_string(AlertResolution resolution) {
  return kResolutions[static_cast<std::size_t>(resolution)];
}

std::optional<AlertResolution> parse_alert_resolution(string_view word) {
  return parse<AlertResolution>(kResolutions, word);
}

std::span<const string_view> reasons_of(AlertResolution resolution) {
  if (resolution == AlertResolution::benign) return kBenign;
  if (resolution == AlertResolution::false_positive) return kFalse;
  return {};
}

string_view to_string(Kind kind) { return kKinds[static_cast<std::size_t>(kind)]; }

std::optional<Kind> parse_alert_step(string_view word) { return parse<Kind>(kKinds, word); }

std::expected<AlertHandling, std::string> after(AlertHandling before, const AlertStep& step) {
  if (auto fault = fault_of(before, step)) return std::unexpected(std::move(*fault));
  AlertHandling now = before;
  switch (step.kind) {
    case Kind::read:
    case Kind::unread:
      now.read = step.kind == Kind::read;
      break;
    case Kind::close:
      now.resolution = step.resolution;
      now.reason = step.reason;
      now.read = true;
      break;
    case Kind::reopen:
      now.resolution = AlertResolution::open;
      now.reason.clear();
      break;
    case Kind::assign:
      now.assignee = step.assignee;
      break;
    case Kind::comment:
      break;
  }
  if (now == before && step.text.empty()) return before;
  now.history.push_back(step);
  return now;
}

bool is_alert_state(string_view word) {
  return word.empty() || word == "closed" || word == "read" || word == "unread" ||
         parse_alert_resolution(word).has_value();
}

bool AlertStateFilter::keeps(const AlertHandling& handling) const {
  if (assignee && *assignee != handling.assignee) return false;
  if (state.empty()) return true;
  if (state == "closed") return handling.resolution != AlertResolution::open;
  if (state == "read" || state == "unread") return handling.read == (state == "read");
  return state == to_string(handling.resolution);
}

void write_members(JsonWriter& json, const AlertHandling& handling, bool with_history) {
  json.member("read", handling.read);
  json.member("resolution", to_string(handling.resolution));
  if (!handling.reason.empty()) json.member("reason", handling.reason);
  if (!handling.assignee.empty()) json.member("assignee", handling.assignee);
  json.member("comments", std::ranges::count_if(handling.history, [](const AlertStep& step) {
                return !step.text.empty();
              }));
  if (!with_history) return;
  json.key("history");
  json.begin_array();
  for (const AlertStep& step : handling.history) write(json, step);
  json.end_array();
}

std::string to_json(const AlertHandling& handling) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  write_members(json, handling, true);
  json.end_object();
  return out;
}

std::optional<AlertHandling> parse_alert_handling(string_view text) {
  AlertHandling handling;
  std::string resolution;
  JsonCursor cursor(text);
  const bool read = cursor.object([&](string_view key) {
    if (key == "read") return cursor.boolean(handling.read);
    if (key == "resolution") return cursor.string(resolution);
    if (key == "reason") return cursor.string(handling.reason);
    if (key == "assignee") return cursor.string(handling.assignee);
    if (key != "history") return cursor.skip();
    return cursor.array([&] {
      return handling.history.size() < AlertHandling::kMostInAll &&
             read_step(cursor, handling.history.emplace_back());
    });
  }) && cursor.at_end();
  const auto judged = parse_alert_resolution(resolution);
  if (!read || !judged) return std::nullopt;
  handling.resolution = *judged;
  return handling;
}

std::string describe(const AlertStep& step) {
  std::string text;
  switch (step.kind) {
    case Kind::read:
      text = "read";
      break;
    case Kind::unread:
      text = "marked as unread";
      break;
    case Kind::close:
      text = fmt::format("closed as {}", to_string(step.resolution));
      if (!step.reason.empty()) text += fmt::format(" ({})", step.reason);
      break;
    case Kind::reopen:
      text = "opened again";
      break;
    case Kind::assign:
      text = step.assignee.empty() ? "given to nobody" : "given to " + step.assignee;
      break;
    case Kind::comment:
      return step.text;
  }
  return step.text.empty() ? text : text + ": " + step.text;
}

}  // namespace sallyport::discovery
