#include "proxy/app/config_actions.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "base/core/text.h"
#include "proxy/delivery/call_template.h"

namespace sallyport::app {
namespace {

using yaml::MapReader;
using yaml::Node;

constexpr std::size_t kMostParameters = 50;
constexpr std::size_t kMostPolicies = 100;
constexpr std::size_t kMostTemplate = 2'000;  // bytes
constexpr std::array<std::string_view, 4> kNeeds = {"user", "app", "alert", "reason"};
constexpr std::array<std::string_view, 1> kLinkPlaces = {"user"};

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
    return is_alpha(c) || is_digit(c) || c == '-' || c == '_';
  });
}

bool is_template(const Spanned<std::string>& text, std::span<const std::string_view> names,
                 Diagnostics& found) {
  if (text->size() > kMostTemplate) {
    found.error(text.place, fmt::format("more than {} bytes", kMostTemplate));
    return false;
  }
  std::string written;
  const auto fault = delivery::fault_of_template(*text, names, written);
  if (!fault) return true;
  std::string hint = written.empty() ? "" : did_you_mean(written, {names.begin(), names.end()});
  if (hint.empty()) hint = fmt::format("it has {{{}}}", fmt::join(names, "}, {"));
  found.error(text.place, *fault, std::move(hint));
  return false;
}

void read_parameters(const Node& node, ActionConfig& into, Diagnostics& found) {
  if (node.kind != Node::Kind::map) {
    found.error(node.place, "'parameters' takes names and texts",
                "write 'parameters: { member: \"{user}\" }'");
    return;
  }
  if (node.entries.size() > kMostParameters) {
    found.error(node.place, fmt::format("more than {} parameters", kMostParameters));
    return;
  }
  for (const auto& [name, value] : node.entries) {
    if (value.kind != Node::Kind::scalar) {
      found.error(value.place, fmt::format("'{}' is a text, not {}", printable(*name),
                                           yaml::to_string(value.kind)));
      continue;
    }
    const Spanned<std::string> text{value.text, value.place};
    if (is_template(text, delivery::action_places(), found)) {
      into.parameters.emplace_back(*name, *text);
    }
  }
}

void read_action(const Node& node, Diagnostics& found,
                 const std::function<std::string(const std::string&)>& in_folder,
                 std::vector<ActionConfig>& into) {
  MapReader map(node, found, "action");
  ActionConfig action;
  action.receiver.place = node.place;
  const auto name = map.required_text("name");
  action.receiver.options.name = *name;
  if (!name->empty() && !is_name(*name)) {
    found.error(name.place, "'" + printable(*name) + "' is no name of an action",
                "1 to 64 letters, digits, - and _");
  }
  if (std::ranges::any_of(into,
                          [&](const auto& one) { return one.receiver.options.name == *name; })) {
    found.error(name.place, "two actions are called '" + printable(*name) + "'");
  }
  action.description = *map.text("description");
  action.receiver.options.give_up_after = std::chrono::hours(24);
  read_webhook_receiver(map, in_folder, action.receiver);
  action.real_names = map.boolean("real_names", false);
  for (const auto& word : map.texts("needs")) {
    if (std::find(kNeeds.begin(), kNeeds.end(), *word) != kNeeds.end()) {
      action.needs.push_back(*word);
      continue;
    }
    std::string hint = did_you_mean(*word, {kNeeds.begin(), kNeeds.end()});
    if (hint.empty()) hint = fmt::format("one of {}", fmt::join(kNeeds, ", "));
    found.error(word.place, "a call has no '" + printable(*word) + "'", std::move(hint));
  }
  for (const auto& policy : map.texts("on_alerts_of")) {
    action.receiver.options.choice.policies.push_back(*policy);
  }
  if (action.receiver.options.choice.policies.size() > kMostPolicies) {
    found.error(map.node("on_alerts_of")->place,
                fmt::format("more than {} policies", kMostPolicies));
  }
  if (const Node* parameters = map.node("parameters")) {
    read_parameters(*parameters, action, found);
  }
  map.finish();
  into.push_back(std::move(action));
}

}  // namespace

void read_webhook_actions(MapReader& configuration,
                          const std::function<std::string(const std::string&)>& in_folder,
                          std::vector<ActionConfig>& into) {
  configuration.each("webhook_actions", [&](const Node& node) {
    read_action(node, configuration.diagnostics(), in_folder, into);
  });
  if (into.size() > kMostActions) {
    configuration.diagnostics().error(configuration.node("webhook_actions")->place,
                                      fmt::format("more than {} actions", kMostActions));
  }
}

void read_user_links(MapReader& users, std::vector<UserLink>& into) {
  Diagnostics& found = users.diagnostics();
  users.each("links", [&](const Node& node) {
    MapReader map(node, found, "link");
    const auto name = map.required_text("name");
    const auto url = map.required_text("url");
    map.finish();
    if (!url->empty() && !url->starts_with("https://") && !url->starts_with("http://")) {
      found.error(url.place, "'" + printable(*url) + "' is no address of a page",
                  "write https://directory.example/people/{user}");
    } else if (is_template(url, kLinkPlaces, found)) {
      into.push_back({*name, *url});
    }
  });
  if (into.size() > kMostLinks) {
    found.error(users.node("links")->place, fmt::format("more than {} links", kMostLinks));
  }
}

std::vector<ReceiverConfig> receivers_of(const std::vector<ActionConfig>& actions) {
  std::vector<ReceiverConfig> receivers;
  for (const ActionConfig& one : actions) receivers.push_back(one.receiver);
  return receivers;
}

}  // namespace sallyport::app
