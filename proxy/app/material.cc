#include "proxy/app/material.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

#include "base/core/text.h"
#include "base/crypto/sha256.h"
#include "base/yaml/node.h"
#include "policy/compile/compile.h"

namespace sallyport::app {

namespace {

// The *.yaml of a folder by name, without their tests (*.test.yaml).
std::vector<std::string> policy_files(const std::string& folder, Diagnostics& errors) {
  std::vector<std::string> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with('.') || !name.ends_with(".yaml") || name.ends_with(".test.yaml")) continue;
    files.push_back(entry.path().string());
  }
  if (error) {
    const auto source = std::make_shared<const Source>(Source{folder, {}});
    errors.error({source}, "the folder of policies cannot be read: " + error.message());
  }
  std::sort(files.begin(), files.end());
  return files;
}

template <class T>
T taken(Checked<T>&& checked, Diagnostics& errors) {
  if (checked) return std::move(*checked);
  errors.append(std::move(checked.error()));
  return T{};
}

// What the snapshot was made of, so that an event can name what judged it.
std::string content_hash(const std::vector<std::string>& paths) {
  Sha256 hash;
  for (const std::string& path : paths) {
    std::vector<std::string> files;
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) {
      for (const auto& entry : std::filesystem::recursive_directory_iterator(path, error)) {
        if (entry.path().extension() == ".yaml") files.push_back(entry.path().string());
      }
    } else if (!path.empty()) {
      files.push_back(path);
    }
    std::sort(files.begin(), files.end());
    for (const std::string& file : files) {
      const auto source = yaml::read_source(file);
      if (!source) continue;
      hash.update(std::filesystem::path(file).filename().string());
      hash.update(std::string_view("\0", 1));
      hash.update((*source)->text);
    }
  }
  const auto digest = hash.finish();
  return to_hex(digest.data(), 8);
}

}  // namespace

Checked<Material> load_material(const Config& config, Time now, Diagnostics& warnings) {
  Diagnostics errors;
  Material material;
  auto snapshot = std::make_shared<session::Snapshot>();

  std::vector<SourcePtr> sources;
  if (!config.policies.empty()) {
    for (const std::string& file : policy_files(config.policies, errors)) {
      SourcePtr source = taken(yaml::read_source(file), errors);
      if (source) sources.push_back(std::move(source));
    }
  }
  snapshot->policy = taken(policy::compile(sources, warnings), errors);

  snapshot->catalog = std::make_shared<const discovery::Catalog>();
  if (!config.catalog.empty()) {
    if (auto catalog = taken(discovery::load_catalog(config.catalog, warnings), errors)) {
      snapshot->catalog = std::move(catalog);
      if (!config.app_tags.empty()) {
        snapshot->catalog =
            taken(discovery::load_app_tags(config.app_tags, *snapshot->catalog), errors);
      }
    }
  }
  snapshot->tags = config.address_tags.empty()
                       ? std::make_shared<const discovery::IpTags>()
                       : taken(discovery::load_ip_tags(config.address_tags, now, warnings), errors);
  snapshot->users =
      taken(discovery::load_users(config.users, config.user_addresses, warnings), errors);
  if (!config.htpasswd.empty()) {
    material.passwords = taken(discovery::load_htpasswd(config.htpasswd, warnings), errors);
  }
  if (!config.pac.empty()) material.pac = taken(local::load_pac(config.pac), errors);
  if (material.pac.gateway_name.empty()) material.pac.gateway_name = config.name;
  if (material.pac.port == 0) material.pac.port = config.listeners.front().port;

  auto trust = tls::TrustStore::load({config.system_roots, config.roots});
  if (trust) {
    material.trust = *trust;
  } else {
    const auto source = std::make_shared<const Source>(Source{config.file, {}});
    errors.error({source},
                 "the roots that origins may end in cannot be loaded: " + trust.error().detail,
                 "see origins.roots and origins.system_roots");
  }

  if (errors.has_errors()) return std::unexpected(std::move(errors));
  snapshot->id = content_hash({config.policies, config.catalog, config.app_tags,
                               config.address_tags, config.users, config.user_addresses});
  material.snapshot = std::move(snapshot);
  return material;
}

std::string describe(const Material& material) {
  const session::Snapshot& snapshot = *material.snapshot;
  return fmt::format("{}; {} apps; {} addresses in feeds; {} users", snapshot.policy->describe(),
                     snapshot.catalog->apps().size(), snapshot.tags->feed_entries(),
                     snapshot.users->size());
}

}  // namespace sallyport::app
