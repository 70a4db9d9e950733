#include "policy/edit/propose.h"

#include <algorithm>
#include <fmt/format.h>

#include "base/core/text.h"
#include "policy/activity/attribute_table.h"

namespace sallyport::policy {
namespace {

// The value that stands for exactly this one, as it is written in a policy. The error says why
// there is none.
std::expected<std::string, std::string> written_value(const Attribute& attribute,
                                                      const Activity& activity) {
  if (attribute.name == "user") {
    if (!activity.user || activity.user->empty()) {
      return std::unexpected("nobody is known to be the user of this event");
    }
    return *activity.user;
  }
  if (attribute.type == Type::time_of_day || attribute.type == Type::weekday ||
      attribute.type == Type::date) {
    return std::unexpected(fmt::format("'{}' is no good exception: use --expires", attribute.name));
  }
  const Value value = attribute.get(activity);
  std::string text;
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    text = std::to_string(*number);
  } else if (const auto* word = std::get_if<std::string_view>(&value)) {
    text = attribute.host_suffix ? "=" + std::string(*word) : std::string(*word);
  } else if (const auto* address = std::get_if<IpAddress>(&value)) {
    text = address->to_string();
  } else if (const auto* texts = std::get_if<std::span<const std::string>>(&value)) {
    if (texts->size() > 1) {
      return std::unexpected(fmt::format("'{}' has several values here; write which: --by {}={}",
                                         attribute.name, attribute.name, texts->front()));
    }
    if (!texts->empty()) text = texts->front();
  }
  if (text.empty() || text == "=") {
    return std::unexpected(fmt::format("the event does not tell '{}'", attribute.name));
  }
  if (text.find_first_of("*?") != text.npos || text.starts_with("list/") || text.starts_with("~")) {
    return std::unexpected(
        fmt::format("'{}' of '{}' would be read as a pattern", printable(text), attribute.name));
  }
  return text;
}

std::vector<std::string> usual(const Activity& activity) {
  return {activity.user && !activity.user->empty() ? "user" : "client.ip",
          activity.app ? "app" : "host"};
}

// Somebody or something else in that one fact; nothing where we cannot make one.
std::optional<Activity> neighbour(const Activity& activity, std::string_view attribute) {
  Activity other = activity;
  if (attribute == "user") {
    other.user = "somebody-else";
    other.user_names.clear();
  } else if (attribute == "client.ip") {
    const IpAddress& address = activity.client.address;
    if (address.is_v4()) {
      other.client.address = IpAddress::v4(address.v4_value() ^ 1);
    } else {
      auto bytes = address.bytes();
      bytes[15] ^= 1;
      other.client.address = IpAddress::v6(bytes);
    }
  } else if (attribute == "app" && activity.app) {
    other.app->id = "another-app";
  } else if (attribute == "host") {
    other.host = "another-" + activity.host;
  } else if (attribute == "user.group") {
    other.groups = {"another group"};
  } else if (attribute == "destination.ip" && activity.destination) {
    other.destination->address = IpAddress::v4(0x7f000001);
  } else {
    return std::nullopt;
  }
  return other;
}

// What the policy comes to once everything is known that will be.
bool holds(const CompiledPolicy& policy, const Activity& activity) {
  return policy.judge(Point::download, activity).holds();
}

}  // namespace

std::expected<NewException, std::string> propose_exception(const CompiledPolicy& policy,
                                                           const Activity& activity,
                                                           const std::vector<std::string>& by) {
  if (!holds(policy, activity)) {
    return std::unexpected(fmt::format(
        "'{}' does not hold for this event as the policy stands now and as far as the record tells",
        policy.id));
  }
  NewException made;
  for (const std::string& one : by.empty() ? usual(activity) : by) {
    const std::size_t equals = one.find('=');
    const std::string name = one.substr(0, equals);
    const Attribute* attribute = find_attribute(name);
    if (attribute == nullptr) {
      std::vector<std::string_view> names;
      for (const Attribute& each : attribute_table()) names.push_back(each.name);
      const std::string hint = did_you_mean(name, names);
      return std::unexpected(fmt::format("there is no attribute '{}'{}{}", printable(name),
                                         hint.empty() ? "" : ": ", hint));
    }
    if (equals != one.npos) {
      made.when.emplace_back(name, one.substr(equals + 1));
      continue;
    }
    auto value = written_value(*attribute, activity);
    if (!value) return std::unexpected(std::move(value.error()));
    made.when.emplace_back(name, std::move(*value));
  }
  return made;
}

std::optional<std::string> disprove_exception(const CompiledPolicy& before,
                                              const CompiledPolicy& after, const Activity& activity,
                                              const NewException& exception) {
  if (!holds(before, activity)) return "the policy does not hold for the event in the first place";
  if (holds(after, activity)) {
    return "the policy would hold for the event with this exception too";
  }
  bool tried = false;
  for (const auto& [attribute, value] : exception.when) {
    const auto other = neighbour(activity, attribute);
    if (!other || !holds(before, *other)) continue;
    tried = true;
    if (!holds(after, *other)) {
      return fmt::format("the exception would let others pass too: those with another '{}'",
                         attribute);
    }
  }
  if (!tried) {
    return "no neighbour of the event is left that the policy would hold for: the exception would "
           "switch it off";
  }
  return std::nullopt;
}

}  // namespace sallyport::policy
