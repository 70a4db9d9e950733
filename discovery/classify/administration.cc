#include "discovery/classify/administration.h"

#include <algorithm>
#include <iterator>

#include "discovery/classify/one_of.h"

namespace sallyport::discovery {
namespace {

constexpr std::string_view kPlaces[] = {
    "_admin",      "admin",        "admin-center",   "admin-console", "admin-panel", "admin_panel",
    "admincenter", "adminconsole", "administration", "administrator", "adminpanel",  "phpmyadmin",
    "site-admin",  "siteadmin",    "useradmin",      "wp-admin"};
constexpr std::string_view kSettings[] = {"config",     "configuration", "control-panel", "manage",
                                          "management", "preferences",   "settings",      "setup"};
// What belongs to all and not to one person.
constexpr std::string_view kOfAll[] = {
    "access-control", "audit",    "audit-log",    "audit-logs",       "audit_logs",
    "auditlog",       "domains",  "groups",       "members",          "people",
    "permissions",    "policies", "provisioning", "role-assignments", "roleassignments",
    "roles",          "saml",     "scim",         "service-accounts", "sso",
    "teams",          "tenant",   "tenants",      "user-management",  "usergroups",
    "users"};
constexpr std::string_view kBodies[] = {
    "companies",     "company",      "enterprise",    "enterprises", "org",  "organisation",
    "organisations", "organization", "organizations", "orgs",        "team", "teams",
    "tenant",        "tenants",      "workspace",     "workspaces"};
// Behind these stands who somebody is.
constexpr std::string_view kPersons[] = {"author",   "authors", "members", "people", "profile",
                                         "profiles", "u",       "user",    "users"};
// Where people write about things.
constexpr std::string_view kWritings[] = {
    "article", "articles", "blog",   "blogs", "community", "doc",    "docs",      "documentation",
    "forum",   "guide",    "guides", "help",  "kb",        "learn",  "manual",    "news",
    "posts",   "support",  "tag",    "tags",  "topic",     "topics", "tutorials", "wiki"};
constexpr std::string_view kPageParts[] = {".avif", ".css", ".eot",  ".gif",  ".ico",  ".jpeg",
                                           ".jpg",  ".js",  ".map",  ".mjs",  ".otf",  ".png",
                                           ".svg",  ".ttf", ".wasm", ".webp", ".woff", ".woff2"};

bool is_page_part(std::string_view word) {
  return std::any_of(std::begin(kPageParts), std::end(kPageParts),
                     [word](std::string_view ending) { return word.ends_with(ending); });
}

}  // namespace

bool is_administration(std::string_view host, const PathWords& path) {
  const std::span<const std::string> words = path.words();
  if (path.names_file() && is_page_part(path.last())) return false;
  const std::string_view label = host.substr(0, host.find('.'));
  // "admin" alone is no host of an app, and what is of one has a domain behind it.
  if (label.size() < host.size() && (label == "admin" || label == "adminconsole")) return true;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (is_one_of<kWritings>(words[i])) return false;
    const bool is_person = i > 0 && is_one_of<kPersons>(words[i - 1]);
    if (is_one_of<kPlaces>(words[i]) && !is_person) return true;
    if (!is_one_of<kSettings>(words[i])) continue;
    if (i + 1 < words.size() && is_one_of<kOfAll>(words[i + 1])) return true;
    // "/organizations/acme/settings", "/workspace/settings"
    const bool below = (i >= 1 && is_one_of<kBodies>(words[i - 1])) ||
                       (i >= 2 && is_one_of<kBodies>(words[i - 2]));
    if (below && words[i] == "settings") return true;
  }
  return false;
}

}  // namespace sallyport::discovery
