// From conf/catalog/<app>/app.yaml to a Catalog: each file read alone, then all checked together.

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <system_error>

#include "base/yaml/node.h"
#include "discovery/catalog/app_reader.h"
#include "discovery/catalog/catalog.h"

namespace sallyport::discovery {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxApps = 20'000;
constexpr std::size_t kMaxDomains = 500'000;
constexpr std::string_view kFileName = "app.yaml";

std::string show(const Place& place) {
  return fmt::format("{}:{}:{}", place.source ? place.source->name : "", place.line, place.column);
}

// "box" of "catalog/box/app.yaml"; "" where the name has no folder.
std::string folder_of(const Place& place) {
  if (!place.source) return {};
  const fs::path file(place.source->name);
  return file.filename() == kFileName ? file.parent_path().filename().string() : std::string();
}

// Reads one app and reports what is wrong with it alone.
void add_app(const yaml::Node& node, std::vector<WrittenApp>& apps, Diagnostics& found) {
  Diagnostics own;
  WrittenApp app = read_app(node, own);
  const std::string folder = folder_of(node.place);
  if (!own.has_errors() && !folder.empty() && folder != app.app.facts.id) {
    own.error(app.app.place, fmt::format("app '{}' lies in folder '{}'", app.app.facts.id, folder),
              "the folder is named as the id");
  }
  // Kept also where faulty, so that clashes with others show in the same run.
  apps.push_back(std::move(app));
  found.append(std::move(own));
}

void check_ids(const std::vector<WrittenApp>& apps, Diagnostics& found) {
  for (std::size_t i = 1; i < apps.size(); ++i) {
    const auto& id = apps[i].app.facts.id;
    if (id.empty() || id != apps[i - 1].app.facts.id) continue;
    found.error(apps[i].app.place,
                fmt::format("app '{}' is already in {}", id, show(apps[i - 1].app.place)));
  }
}

std::string_view base_of(std::string_view pattern) {
  return pattern.starts_with("*.") ? pattern.substr(2) : pattern;
}

void claim_domains(const std::vector<WrittenApp>& apps, std::uint32_t index, AppIndex& domains,
                   Diagnostics& found) {
  const WrittenApp& written = apps[index];
  for (const auto& domain : written.domains) {
    const auto other = domains.claim(*domain, index);
    if (!other) continue;
    const WrittenApp& owner = apps[*other];
    const auto first =
        std::find_if(owner.domains.begin(), owner.domains.end(),
                     [&](const auto& theirs) { return base_of(*theirs) == base_of(*domain); });
    found.error(domain.place, fmt::format("domain '{}' belongs to app '{}' already, by {}", *domain,
                                          owner.app.facts.id, show(first->place)));
  }
}

Checked<std::shared_ptr<const Catalog>> assemble(std::vector<WrittenApp> written, Diagnostics found,
                                                 Diagnostics& warnings) {
  std::stable_sort(written.begin(), written.end(), [](const WrittenApp& a, const WrittenApp& b) {
    return a.app.facts.id < b.app.facts.id;
  });
  check_ids(written, found);
  AppIndex domains;
  std::size_t in_all = 0;
  for (std::uint32_t i = 0; i < written.size(); ++i) {
    in_all += written[i].domains.size();
    if (in_all > kMaxDomains) {
      found.error(written[i].app.place, fmt::format("more than {} domains in all", kMaxDomains));
      break;
    }
    claim_domains(written, i, domains, found);
  }
  if (found.has_errors()) return std::unexpected(std::move(found));
  warnings.append(std::move(found));

  std::vector<App> apps;
  apps.reserve(written.size());
  for (WrittenApp& one : written) apps.push_back(std::move(one.app));
  return std::make_shared<const Catalog>(std::move(apps), std::move(domains));
}

// A place in the file as a whole.
Place at_file(std::string name) {
  return {std::make_shared<const Source>(Source{std::move(name), {}}), 0, 0, 1};
}

// The names of the app folders, sorted.
std::vector<std::string> list_folders(const fs::path& directory, Diagnostics& found) {
  std::vector<std::string> names;
  std::error_code failure;
  fs::directory_iterator entries(directory, failure);
  for (; !failure && entries != fs::directory_iterator(); entries.increment(failure)) {
    const std::string name = entries->path().filename().string();
    std::error_code ignored;
    if (!name.starts_with('.') && entries->is_directory(ignored)) names.push_back(name);
    if (names.size() > kMaxApps) {
      found.error(at_file(directory.string()), fmt::format("more than {} apps", kMaxApps));
      break;
    }
  }
  if (failure) {
    found.error(at_file(directory.string()),
                fmt::format("cannot read the folder: {}", failure.message()));
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

Checked<std::shared_ptr<const Catalog>> load_catalog(const std::string& directory,
                                                     Diagnostics& warnings) {
  Diagnostics found;
  std::vector<WrittenApp> apps;
  const fs::path root(directory);
  // "catalog/" also for a directory written with a slash at its end.
  const fs::path shown = root.has_filename() ? root.filename() : root.parent_path().filename();
  for (const std::string& folder : list_folders(root, found)) {
    const auto parsed = yaml::parse_file((root / folder / kFileName).string(),
                                         (shown / folder / kFileName).string());
    if (parsed) {
      add_app(*parsed, apps, found);
    } else {
      found.append(parsed.error());
    }
  }
  return assemble(std::move(apps), std::move(found), warnings);
}

Checked<std::shared_ptr<const Catalog>> parse_catalog(const std::vector<SourcePtr>& sources,
                                                      Diagnostics& warnings) {
  Diagnostics found;
  std::vector<WrittenApp> apps;
  if (sources.size() > kMaxApps) {
    found.error({}, fmt::format("more than {} apps", kMaxApps));
    return std::unexpected(std::move(found));
  }
  for (const SourcePtr& source : sources) {
    const auto parsed = yaml::parse(source);
    if (parsed) {
      add_app(*parsed, apps, found);
    } else {
      found.append(parsed.error());
    }
  }
  return assemble(std::move(apps), std::move(found), warnings);
}

}  // namespace sallyport::discovery
