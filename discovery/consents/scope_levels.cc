#include "discovery/consents/scope_levels.h"

#include <algorithm>

#include "base/core/text.h"
#include "policy/activity/words.h"

namespace sallyport::discovery {

std::string_view word_for(PermissionLevel level) {
  return policy::permission_level_words()[static_cast<std::size_t>(level)];
}

std::optional<PermissionLevel> parse_permission_level(std::string_view word) {
  const auto words = policy::permission_level_words();
  const auto found = std::ranges::find(words, word);
  if (found == words.end()) return std::nullopt;
  return static_cast<PermissionLevel>(found - words.begin());
}

const PermissionLevel* ScopeLevels::find_in(std::string_view app,
                                            std::string_view lower_scope) const {
  const auto lists = of_apps_.find(app);
  if (lists == of_apps_.end()) return nullptr;
  const auto look = [&](std::string_view name) -> const PermissionLevel* {
    const auto found = lists->second.levels.find(name);
    return found == lists->second.levels.end() ? nullptr : &found->second;
  };
  if (const PermissionLevel* level = look(lower_scope)) return level;
  for (const std::string& prefix : lists->second.prefixes) {
    if (!lower_scope.starts_with(prefix)) continue;
    if (const PermissionLevel* level = look(lower_scope.substr(prefix.size()))) return level;
  }
  return nullptr;
}

std::optional<ScopeLevels::Known> ScopeLevels::find(std::string_view app,
                                                    std::string_view scope) const {
  if (scope.empty() || scope.size() > kMostScopeBytes) return std::nullopt;
  const std::string small = lower(scope);
  if (!app.empty()) {
    if (const PermissionLevel* level = find_in(app, small)) return Known{*level, true};
  }
  if (const PermissionLevel* level = find_in({}, small)) return Known{*level, true};
  for (const auto& [pattern, level] : shapes_) {
    if (glob_match(pattern, small)) return Known{level, false};
  }
  return std::nullopt;
}

std::optional<PermissionLevel> ScopeLevels::highest(std::string_view app,
                                                    std::span<const std::string> scopes) const {
  std::optional<PermissionLevel> most;
  for (const std::string& scope : scopes) {
    const auto known = find(app, scope);
    if (known && (!most || known->level > *most)) most = known->level;
    if (most == PermissionLevel::high) break;
  }
  return most;
}

void tell_level(const ScopeLevels& levels, policy::Activity& activity) {
  if (!activity.details || activity.details->consent_scopes.empty()) return;
  const std::string_view app = activity.app ? std::string_view(activity.app->id) : "";
  const auto level = levels.highest(app, activity.details->consent_scopes);
  if (level) activity.details->consent_level = word_for(*level);
}

}  // namespace sallyport::discovery
