#include "proxy/app/activity_filter.h"

#include <algorithm>
#include <fmt/format.h>

#include "base/core/text.h"
#include "base/yaml/node.h"
#include "policy/compile/lower.h"
#include "policy/compile/parse.h"

namespace sallyport::app {

namespace {

constexpr std::string_view kName = "filter";

// The places in `text` of what was found in "{" + text + "}".
Diagnostics without_brace(const Diagnostics& found, const SourcePtr& text) {
  Diagnostics moved;
  for (Diagnostic one : found.sorted()) {
    if (one.place.source == nullptr || one.place.source->name == kName) {
      one.place.source = text;
      if (one.place.column > 1) --one.place.column;
    }
    moved.add(std::move(one));
  }
  return moved;
}

// A value that is nothing but itself: no pattern, no list, no word of the language.
bool is_plain(const std::string& value) {
  return value != "unknown" && !value.empty() && std::ranges::all_of(value, [](char c) {
           return is_alpha(c) || is_digit(c) || c == '_' || c == '-';
         });
}

}  // namespace

Checked<ActivityFilter> ActivityFilter::parse(std::string_view text,
                                              const policy::PolicySources& sources,
                                              const std::string& zone) {
  const auto given = std::make_shared<const Source>(Source{std::string(kName), std::string(text)});
  Diagnostics found;
  if (text.size() > kMostText) {
    found.error({given, 1, 1, 1}, fmt::format("a filter of more than {} bytes", kMostText));
    return std::unexpected(std::move(found));
  }
  const std::string_view bare = trim(text);
  const bool one_line = !bare.starts_with('{') && bare.find('\n') == bare.npos;
  const auto read = one_line ? std::make_shared<const Source>(
                                   Source{std::string(kName), "{" + std::string(text) + "}"})
                             : given;
  const auto failed = [&] {
    return std::unexpected(one_line ? without_brace(found, given) : std::move(found));
  };
  Checked<yaml::Node> node = yaml::parse(read);
  if (!node) {
    found = std::move(node.error());
    return failed();
  }
  const std::vector<policy::Condition> written = policy::parse_when(*node, found);
  policy::ValueReader values(sources.lists, sources.also_named);
  ActivityFilter filter;
  filter.conditions_ =
      policy::lower_conditions(written, policy::Kind::activity, zone, values, found);
  if (found.has_errors()) return failed();
  for (const policy::Condition& one : written) {
    if (one.kind != policy::Condition::Kind::test || one.values.size() != 1) continue;
    const std::string& value = *one.values.front();
    if (*one.attribute == "app" && is_plain(value)) filter.app_ = value;
    if (*one.attribute == "activity") filter.type_ = policy::parse_activity_type(value);
  }
  return filter;
}

void ActivityFilter::narrow(discovery::Query& query) const {
  if (!query.app) query.app = app_;
  if (!query.type) query.type = type_;
}

bool ActivityFilter::keeps(const discovery::Event& event) const {
  const auto holds = [this](const policy::Activity& activity) {
    return policy::judge_all(conditions_, policy::Point::download, activity).holds();
  };
  if (holds(event.activity)) return true;
  // The first is told by the event's own facts.
  for (std::size_t i = 1; i < event.activities.size(); ++i) {
    const discovery::ActivityRecord& record = event.activities[i];
    policy::Activity one = event.activity;
    one.type = record.type;
    one.admin = record.admin;
    one.file = record.file;
    one.details = record.details;
    if (holds(one)) return true;
  }
  return false;
}

}  // namespace sallyport::app
