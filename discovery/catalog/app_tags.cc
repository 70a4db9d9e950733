#include <algorithm>
#include <fmt/format.h>
#include <map>

#include "base/yaml/node.h"
#include "base/yaml/reader.h"
#include "discovery/catalog/app_tag_overlay.h"
#include "discovery/catalog/catalog.h"

namespace sallyport::discovery {
namespace {

constexpr std::string_view kSanctioned = "sanctioned";
constexpr std::string_view kUnsanctioned = "unsanctioned";

void apply(const std::string& id, const AppTagPlaces& written, App& app, Diagnostics& found) {
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
  if (tags.size() > kMaxAppTags) {
    found.error(written.begin()->second,
                fmt::format("app '{}' has more than {} tags", id, kMaxAppTags));
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
  std::map<std::string, AppTagPlaces, std::less<>> by_app;
  for (const auto& [tag, apps] : node.entries) {
    check_app_tag(tag, found);
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
  return std::make_shared<const Catalog>(std::move(apps), catalog.index(), catalog.ranges(),
                                         std::move(by_app));
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
