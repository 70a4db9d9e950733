#include <algorithm>
#include <fmt/format.h>
#include <map>

#include "base/yaml/node.h"
#include "base/yaml/reader.h"
#include "discovery/catalog/app_reader.h"
#include "discovery/catalog/catalog.h"
#include "policy/activity/words.h"

namespace sallyport::discovery {
namespace {

constexpr std::size_t kMaxTags = 64;
constexpr std::string_view kSanctioned = "sanctioned";
constexpr std::string_view kUnsanctioned = "unsanctioned";

// What the file says of one app: each tag, and where.
using TagPlaces = std::map<std::string, Place, std::less<>>;

void check_tag(const Spanned<std::string>& tag, Diagnostics& found) {
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

void apply(const std::string& id, const TagPlaces& written, App& app, Diagnostics& found) {
  std::vector<std::string>& tags = app.facts.tags;
  const auto sanctioned = written.find(kSanctioned);
  const auto unsanctioned = written.find(kUnsanctioned);
  if (sanctioned != written.end() && unsanctioned != written.end()) {
    found.error(unsanctioned->second,
                fmt::format("app '{}' is both sanctioned (line {}) and unsanctioned (line {})", id,
                            sanctioned->second.line, unsanctioned->second.line));
    return;
  }
  if (sanctioned != written.end()) std::erase(tags, kUnsanctioned);
  if (unsanctioned != written.end()) std::erase(tags, kSanctioned);
  for (const auto& [tag, place] : written) tags.push_back(tag);
  std::sort(tags.begin(), tags.end());
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
  if (tags.size() > kMaxTags) {
    found.error(written.begin()->second,
                fmt::format("app '{}' has more than {} tags", id, kMaxTags));
  }
}

Checked<std::shared_ptr<const Catalog>> tag_apps(const yaml::Node& node, const Catalog& catalog) {
  Diagnostics found;
  if (node.kind != yaml::Node::Kind::map && node.kind != yaml::Node::Kind::null) {
    found.error(node.place,
                fmt::format("app tags must be a mapping from tags to lists of apps, not {}",
                            to_string(node.kind)));
    return std::unexpected(std::move(found));
  }

  std::vector<std::string_view> ids;
  for (const App& app : catalog.apps()) ids.push_back(app.facts.id);
  std::map<std::string, TagPlaces> by_app;
  for (const auto& [tag, apps] : node.entries) {
    check_tag(tag, found);
    if (apps.kind == yaml::Node::Kind::null) continue;  // "monitored:" with nothing under it yet.
    for (const auto& id : yaml::as_texts(apps, found, fmt::format("tag '{}'", *tag))) {
      if (!catalog.find(*id)) {
        found.error(id.place, fmt::format("no app '{}' in the catalog", *id),
                    did_you_mean(*id, ids));
      } else if (!by_app[*id].emplace(*tag, id.place).second) {
        found.error(id.place, fmt::format("app '{}' is listed twice under '{}'", *id, *tag));
      }
    }
  }

  std::vector<App> apps(catalog.apps().begin(), catalog.apps().end());
  for (const auto& [id, written] : by_app) {
    apply(id, written, apps[static_cast<std::size_t>(catalog.find(id) - catalog.apps().data())],
          found);
  }
  if (found.has_errors()) return std::unexpected(std::move(found));
  return std::make_shared<const Catalog>(std::move(apps), catalog.index());
}

}  // namespace

Checked<std::shared_ptr<const Catalog>> load_app_tags(const std::string& path,
                                                      const Catalog& catalog) {
  const auto parsed = yaml::parse_file(path);
  if (!parsed) return std::unexpected(parsed.error());
  return tag_apps(*parsed, catalog);
}

Checked<std::shared_ptr<const Catalog>> parse_app_tags(SourcePtr source, const Catalog& catalog) {
  const auto parsed = yaml::parse(std::move(source));
  if (!parsed) return std::unexpected(parsed.error());
  return tag_apps(*parsed, catalog);
}

}  // namespace sallyport::discovery
