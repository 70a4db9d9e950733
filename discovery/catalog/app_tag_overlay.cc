#include "discovery/catalog/app_tag_overlay.h"

#include <algorithm>
#include <fmt/format.h>

#include "discovery/catalog/app_reader.h"
#include "discovery/catalog/catalog.h"
#include "policy/activity/words.h"

namespace sallyport::discovery {
namespace {

void insert(std::vector<std::string>& sorted, std::string_view word) {
  const auto at = std::lower_bound(sorted.begin(), sorted.end(), word);
  if (at == sorted.end() || *at != word) sorted.insert(at, std::string(word));
}

void erase(std::vector<std::string>& sorted, std::string_view word) {
  const auto at = std::lower_bound(sorted.begin(), sorted.end(), word);
  if (at != sorted.end() && *at == word) sorted.erase(at);
}

template <class Apps>
auto place_of(Apps& apps, std::string_view app) {
  return std::lower_bound(apps.begin(), apps.end(), app,
                          [](const auto& changed, auto wanted) { return changed.app < wanted; });
}

// What the operator's file has against the change, if anything.
void check_against_file(const Catalog& catalog, const AppTagChange& change, Diagnostics& found) {
  if (const Place* place = catalog.stated(change.app, change.tag)) {
    if (change.edit == TagEdit::add) {
      found.error(*place, fmt::format("app '{}' is '{}' already, by this file of yours", change.app,
                                      change.tag));
    } else {
      found.error(
          *place,
          fmt::format("app '{}' is '{}' by a file of yours, which no change by hand overrules",
                      change.app, change.tag),
          fmt::format("take '{}' out of '{}' here", change.app, change.tag));
    }
    return;
  }
  const std::string_view opposite = opposite_tag(change.tag);
  if (opposite.empty() || change.edit == TagEdit::remove) return;
  if (const Place* place = catalog.stated(change.app, opposite)) {
    found.error(
        *place,
        fmt::format("app '{}' is '{}' by a file of yours, which no change by hand overrules",
                    change.app, opposite),
        fmt::format("move '{}' from '{}' to '{}' here", change.app, opposite, change.tag));
  }
}

}  // namespace

std::string_view opposite_tag(std::string_view tag) {
  if (tag == to_string(policy::AppTag::sanctioned)) return to_string(policy::AppTag::unsanctioned);
  if (tag == to_string(policy::AppTag::unsanctioned)) return to_string(policy::AppTag::sanctioned);
  return {};
}

void check_app_tag(const Spanned<std::string>& tag, Diagnostics& found) {
  const auto words = policy::app_tag_words();
  if (std::find(words.begin(), words.end(), *tag) != words.end()) return;
  if (!is_catalog_word(*tag)) {
    found.error(tag.place, fmt::format("'{}' is no tag", *tag), "letters a to z, digits and '_'");
    return;
  }
  std::string hint = did_you_mean(*tag, {words.begin(), words.end()});
  if (hint.empty()) return;
  found.error(tag.place, fmt::format("tag '{}' is nearly a built-in one", *tag), std::move(hint));
}

AppTagOverlay::AppTagOverlay(std::span<const AppTagChange> changes) {
  for (const AppTagChange& change : changes) {
    auto at = place_of(apps_, change.app);
    if (at == apps_.end() || at->app != change.app) at = apps_.insert(at, {.app = change.app});
    insert(change.edit == TagEdit::add ? at->added : at->removed, change.tag);
    erase(change.edit == TagEdit::add ? at->removed : at->added, change.tag);
    if (change.edit == TagEdit::add) erase(at->added, opposite_tag(change.tag));
  }
}

void AppTagOverlay::apply_changes(policy::AppFacts& facts) const {
  const auto at = place_of(apps_, facts.id);
  if (at == apps_.end() || at->app != facts.id) return;
  for (const std::string& tag : at->removed) erase(facts.tags, tag);
  for (const std::string& tag : at->added) {
    erase(facts.tags, opposite_tag(tag));
    insert(facts.tags, tag);
  }
}

std::expected<void, Diagnostics> check_app_tag_change(const Catalog& catalog,
                                                      const AppTagOverlay& overlay,
                                                      const AppTagChange& change) {
  Diagnostics found;
  check_app_tag({change.tag, {}}, found);
  const App* app = catalog.find(change.app);
  if (!app) {
    std::vector<std::string_view> ids;
    for (const App& one : catalog.apps()) ids.push_back(one.facts.id);
    found.error({}, fmt::format("no app '{}' in the catalog", change.app),
                did_you_mean(change.app, ids));
  } else {
    check_against_file(catalog, change, found);
    policy::AppFacts facts = facts_of(*app, overlay);
    AppTagOverlay(std::span(&change, 1)).apply(facts);
    if (facts.tags.size() > kMaxAppTags) {
      found.error(
          {}, fmt::format("app '{}' has {} tags, and no room for more", change.app, kMaxAppTags));
    }
  }
  if (found.has_errors()) return std::unexpected(std::move(found));
  return {};
}

}  // namespace sallyport::discovery
