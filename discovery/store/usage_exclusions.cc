#include "discovery/store/usage_exclusions.h"

#include <algorithm>

#include "base/core/text.h"

namespace sallyport::discovery {
namespace {

bool has(const std::vector<std::string>& words, std::string_view word) {
  return std::ranges::any_of(words, [&](const std::string& one) { return iequals(one, word); });
}

}  // namespace

bool UsageExclusions::empty() const {
  return users.empty() && groups.empty() && apps.empty() && addresses.empty();
}

bool UsageExclusions::hold(const Whose& whose) const {
  if (!whose.user.empty() && has(users, whose.user)) return true;
  const auto of = [](const std::vector<std::string>& words) {
    return [&words](const std::string& one) { return has(words, one); };
  };
  if (!users.empty() && std::ranges::any_of(whose.names, of(users))) return true;
  if (!groups.empty() && std::ranges::any_of(whose.groups, of(groups))) return true;
  if (!whose.app.empty() && std::ranges::find(apps, whose.app) != apps.end()) return true;
  return whose.address != nullptr && std::ranges::any_of(addresses, [&](const IpPrefix& one) {
           return one.contains(*whose.address);
         });
}

bool UsageExclusions::hold(const policy::Activity& activity) const {
  if (empty()) return false;
  return hold({.user = activity.user ? std::string_view(*activity.user) : std::string_view(),
               .names = activity.user_names,
               .groups = activity.groups,
               .app = activity.app ? std::string_view(activity.app->id) : std::string_view(),
               .address = &activity.client.address});
}

std::vector<std::string> UsageExclusions::lines() const {
  std::vector<std::string> lines;
  for (const std::string& one : users) lines.push_back("user " + one);
  for (const std::string& one : groups) lines.push_back("group " + one);
  for (const std::string& one : apps) lines.push_back("app " + one);
  for (const IpPrefix& one : addresses) lines.push_back("address " + one.to_string());
  return lines;
}

bool UsageExclusions::add_line(std::string_view line) {
  const std::size_t at = line.find(' ');
  if (at == line.npos) return false;
  const std::string_view kind = line.substr(0, at);
  const std::string_view value = line.substr(at + 1);
  if (kind == "address") {
    const auto prefix = IpPrefix::parse(value);
    if (prefix) addresses.push_back(*prefix);
    return prefix.has_value();
  }
  auto* words = kind == "user"    ? &users
                : kind == "group" ? &groups
                : kind == "app"   ? &apps
                                  : nullptr;
  if (words != nullptr) words->emplace_back(value);
  return words != nullptr;
}

}  // namespace sallyport::discovery
