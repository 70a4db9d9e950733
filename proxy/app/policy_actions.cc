#include "proxy/app/policy_actions.h"

#include <algorithm>
#include <fmt/format.h>

#include "base/core/log.h"
#include "base/core/text.h"
#include "base/core/utf8.h"

namespace sallyport::app {
namespace {

constexpr std::string_view kPolicy = "policy ";
constexpr std::size_t kMostName = 255;  // bytes, as the book has it

// What was called before says that nothing is to be called now.
bool was_called(const ActionBook& book, const delivery::ActionCall& wanted, Time now) {
  return std::ranges::any_of(book.all(), [&](const auto& one) {
    const delivery::ActionCall& call = one.second.call;
    if (call.action != wanted.action) return false;
    if (call.alert == wanted.alert) return true;
    return call.by == wanted.by && call.user == wanted.user && call.app == wanted.app &&
           call.at + kIncidentOfAction > now;
  });
}

std::size_t called_today(const ActionBook& book, std::string_view action, Time now) {
  const auto today = std::chrono::floor<std::chrono::days>(now);
  return static_cast<std::size_t>(std::ranges::count_if(book.all(), [&](const auto& one) {
    const delivery::ActionCall& call = one.second.call;
    return call.action == action && call.by.starts_with(kPolicy) &&
           std::chrono::floor<std::chrono::days>(call.at) == today;
  }));
}

std::string reason_of(const discovery::Alert& alert) {
  std::string reason = alert.policy + ": " + alert.text;
  if (reason.size() > ActionBook::kMostText) {
    reason.resize(ActionBook::kMostText);
    drop_cut_character(reason);
  }
  return reason;
}

delivery::ActionCall call_of(const ActionConfig& action, const discovery::Alert& alert) {
  delivery::ActionCall wanted;
  wanted.action = action.receiver.options.name;
  wanted.user = alert.user;
  wanted.app = alert.app_id;
  wanted.alert = alert.id.to_string();
  wanted.reason = reason_of(alert);
  wanted.by = asked_by_policy(alert.policy_id);
  return wanted;
}

}  // namespace

bool is_called_for(const ActionConfig& action, const discovery::Alert& alert) {
  return std::ranges::any_of(action.receiver.options.choice.policies, [&](const auto& one) {
    return iequals(one, alert.policy_id) || iequals(one, alert.policy);
  });
}

std::string asked_by_policy(std::string_view policy_id) {
  std::string by = std::string(kPolicy) + std::string(policy_id);
  if (by.size() > kMostName) {
    by.resize(kMostName);
    drop_cut_character(by);
  }
  return by;
}

void say_not_called(ActionCaller& caller, const discovery::Alert& alert, Time now) {
  for (const ActionConfig& action : caller.actions()) {
    if (!is_called_for(action, alert)) continue;
    delivery::ActionCall wanted = call_of(action, alert);
    if (was_called(caller.book(), wanted, now)) continue;
    log::warning(fmt::format("alert {} does not call the action {}: it is from {}",
                             alert.id.to_string(), printable(wanted.action),
                             format_rfc3339(alert.time)));
    caller.leave_out(std::move(wanted), "not called: the gateway was not there in time");
  }
}

void call_for_alert(ActionCaller& caller, const discovery::Alert& alert, Time now) {
  for (const ActionConfig& action : caller.actions()) {
    if (!is_called_for(action, alert)) continue;
    const std::string& name = action.receiver.options.name;
    delivery::ActionCall wanted = call_of(action, alert);
    if (was_called(caller.book(), wanted, now)) continue;
    std::string why;
    if (called_today(caller.book(), name, now) >= kMostActionsADay) {
      why = fmt::format("policies called it {} times today", kMostActionsADay);
    } else if (const auto kept = caller.call(std::move(wanted)); !kept) {
      why = kept.error().detail;
    }
    if (why.empty()) continue;
    log::warning(fmt::format("alert {} of policy '{}' does not call the action {}: {}",
                             alert.id.to_string(), printable(alert.policy_id), printable(name),
                             printable(why)));
  }
}

}  // namespace sallyport::app
