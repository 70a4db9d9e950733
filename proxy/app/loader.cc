#include "proxy/app/loader.h"

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <span>

#include "base/core/file.h"
#include "base/core/text.h"
#include "base/crypto/sha256.h"
#include "base/yaml/node.h"
#include "discovery/accounts/mail_domain.h"
#include "discovery/accounts/own_tenants.h"
#include "discovery/consents/scope_levels.h"
#include "discovery/names/name_tags.h"
#include "discovery/signatures/signature_book.h"
#include "proxy/app/config_geo.h"
#include "proxy/app/known_catalog.h"
#include "proxy/app/known_names.h"
#include "proxy/app/policy_files.h"
#include "proxy/app/state_directory.h"
#include "tls/verify/client_authorities.h"

namespace sallyport::app {

namespace {

constexpr std::size_t kMostHashed = 512u << 20;  // bytes of one file; geo data is the largest

Checked<std::shared_ptr<const tls::TrustStore>> load_roots(const Config& config) {
  auto trust = tls::TrustStore::load({config.system_roots, config.roots});
  if (trust) return std::move(*trust);
  Diagnostics errors;
  const auto source = std::make_shared<const Source>(Source{config.file, {}});
  errors.error({source},
               "the roots that origins may end in cannot be loaded: " + trust.error().detail,
               "see origins.roots and origins.system_roots");
  return std::unexpected(std::move(errors));
}

using TrustStores = std::vector<std::shared_ptr<const tls::TrustStore>>;

// The roots of each receiver; those of the system where it names none.
tls::TrustStore::Sources roots_of(const SyslogConfig& syslog, const Config& config) {
  return {syslog.roots.empty() ? config.system_roots : std::string(), syslog.roots};
}

bool has_roots(const SyslogConfig& syslog) {
  return syslog.options.transport == exporting::SyslogTransport::tls;
}

std::vector<std::string> log_root_files(const Config& config) {
  std::vector<std::string> files;
  for (const SyslogConfig& syslog : config.logs.syslogs) {
    if (!has_roots(syslog)) continue;
    const auto [system, extra] = roots_of(syslog, config);
    if (!system.empty()) files.push_back(system);
    files.insert(files.end(), extra.begin(), extra.end());
  }
  return files;
}

Checked<TrustStores> load_log_roots(const Config& config) {
  TrustStores stores;
  Diagnostics errors;
  for (const SyslogConfig& syslog : config.logs.syslogs) {
    stores.emplace_back();
    if (!has_roots(syslog)) continue;
    auto trust = tls::TrustStore::load(roots_of(syslog, config));
    if (trust) {
      stores.back() = std::move(*trust);
      continue;
    }
    const auto source = std::make_shared<const Source>(Source{config.file, {}});
    errors.error({source},
                 "the roots of the receiver " + syslog.options.host.text() +
                     " cannot be loaded: " + trust.error().detail,
                 "see recording.logs");
  }
  if (errors.has_errors()) return std::unexpected(std::move(errors));
  return stores;
}

// What the files say, so that an event can name what judged it.
std::string hash_of(const FileStamps& stamps) {
  Sha256 hash;
  for (const auto& [path, stamp] : stamps) {
    if (stamp.inode == 0 || stamp.modified == 0) continue;  // missing, or a folder
    const auto text = read_file(path, kMostHashed);
    if (!text) continue;
    hash.update(std::filesystem::path(path).filename().string());
    hash.update(std::string_view("\0", 1));
    hash.update(*text);
  }
  const auto digest = hash.finish();
  return to_hex(digest.data(), digest.size());
}

std::vector<std::string> paths_of(const discovery::IpTags* tags, const std::string& file) {
  std::vector<std::string> paths{file};
  if (tags != nullptr) paths.insert(paths.end(), tags->files().begin(), tags->files().end());
  return paths;
}

Checked<std::shared_ptr<const CmsRecipients>> load_recipients(const std::string& path) {
  using Made = std::shared_ptr<const CmsRecipients>;
  if (path.empty()) return Checked<Made>(nullptr);
  constexpr std::size_t kLargest = 256 * 1024;
  Diagnostics faults;
  const Result<std::string> pem = read_regular_file(path, kLargest);
  const Result<Made> made = pem ? CmsRecipients::parse(*pem) : std::unexpected(pem.error());
  if (made) return *made;
  faults.error({std::make_shared<const Source>(Source{path, ""}), 0, 0},
               "cannot encipher to the quarantine's certificate: " + made.error().detail,
               "make one with 'openssl req -x509 -newkey rsa:3072 -noenc -keyout KEY -out CERT'");
  return std::unexpected(std::move(faults));
}

Checked<std::shared_ptr<const tls::ClientAuthorities>> load_devices(const Config& config) {
  using Made = std::shared_ptr<const tls::ClientAuthorities>;
  if (config.devices.empty()) return Checked<Made>(nullptr);
  Diagnostics faults;
  std::vector<tls::ClientAuthorities::Source> sources;
  const auto read = [&](const std::string& path, const Place& place) {
    Result<std::string> text = read_regular_file(path, tls::ClientAuthorities::kMaxFile);
    if (text) return std::move(*text);
    faults.error(place, "a file of these devices cannot be read: " + text.error().detail);
    return std::string();
  };
  for (const Config::Devices& devices : config.devices) {
    tls::ClientAuthorities::Source source{
        read(devices.authorities, devices.place), {}, devices.tags};
    for (const std::string& list : devices.lists) source.lists.push_back(read(list, devices.place));
    sources.push_back(std::move(source));
  }
  if (faults.has_errors()) return std::unexpected(std::move(faults));
  auto made = tls::ClientAuthorities::make(sources);
  if (made) return std::move(*made);
  faults.error(config.devices[made.error().entry].place,
               "no device can be known by this: " + made.error().why,
               "authorities: a PEM file of the authority's certificate; revoked: of its lists");
  return std::unexpected(std::move(faults));
}

// A database that is missing or broken is a warning: its facts stay unknown. But one that was in
// use and is broken now is a fault, so that the old one stays in force.
Checked<std::shared_ptr<const discovery::Geo>> load_places(
    std::span<const discovery::GeoSource> sources, const discovery::Geo& before, Time now,
    Diagnostics& warnings) {
  Diagnostics found;
  auto fresh = discovery::load_geo(sources, now, found);
  const bool spoilt = std::ranges::any_of(fresh->databases(), [&](const auto& one) {
    return !one.usable && !one.missing &&
           std::ranges::any_of(before.databases(),
                               [&](const auto& old) { return old.usable && old.path == one.path; });
  });
  if (!spoilt) {
    warnings.append(std::move(found));
    return fresh;
  }
  Diagnostics errors;
  for (Diagnostic one : found.sorted()) {
    one.severity = Severity::error;
    errors.add(std::move(one));
  }
  return std::unexpected(std::move(errors));
}

std::int64_t nanoseconds_now() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME_COARSE, &now);  // what the kernel stamps files with
  return now.tv_sec * 1'000'000'000 + now.tv_nsec;
}

// Files whose names were learnt only by reading: stamped now, and if they changed since `begun`,
// with a stamp that no file has, so that the next look reads them again.
void add_stamps(FileStamps& stamps, const std::vector<std::string>& paths, std::int64_t begun) {
  FileStamps later = stamp_files(paths);
  for (auto& [path, stamp] : later) {
    if (const auto known = stamps.find(path); known != stamps.end()) {
      stamp = known->second;
    } else if (stamp.changed >= begun) {
      stamp.changed = -1;
    }
  }
  stamps = std::move(later);
}

}  // namespace

struct Loader::Look {
  Time now;
  Outcome outcome;
};

Loader::Loader(Config config) : config_(std::move(config)), started_(config_) {
  policies_.value = {std::make_shared<const policy::Program>(),
                     std::make_shared<const policy::KeptPolicies>()};
  catalog_.value = app_tags_.value = app_risk_.value = std::make_shared<const discovery::Catalog>();
  mail_domains_.value = std::make_shared<const discovery::MailDomains>();
  own_tenants_.value = std::make_shared<const discovery::OwnTenants>();
  consent_scopes_.value = std::make_shared<const discovery::ScopeLevels>();
  file_names_.value = std::make_shared<const discovery::NameTags>();
  noise_.value = std::make_shared<const discovery::NoiseHosts>();
  suffixes_.value = std::make_shared<const discovery::PublicSuffixes>();
  addresses_.value = std::make_shared<const discovery::IpTags>();
  geo_.value = std::make_shared<const discovery::Geo>();
  agents_.value = std::make_shared<const discovery::Agents>();
  users_.value = std::make_shared<const discovery::Users>();
  assemble();
}

// Makes a part anew where its files changed since it was last tried, or `force`. True: `value` is
// another one now.
template <class T, class Make>
bool Loader::renew(Look& look, Part<T>& part, const std::vector<std::string>& paths, bool force,
                   Make make) {
  FileStamps stamps = stamp_files(paths);
  if (part.tried && !force && stamps == part.stamps) return false;
  // What is half written may be whole YAML and half a policy. Nothing is in force at the first
  // look, so that one waits for nobody.
  if (part.tried) {
    for (const auto& [path, stamp] : stamps) {
      const auto known = part.stamps.find(path);
      if (known != part.stamps.end() && known->second == stamp) continue;
      if (is_being_written(path)) look.outcome.unsettled.push_back(path);
    }
    if (!look.outcome.unsettled.empty()) return false;
  }
  part.tried = true;
  part.stamps = std::move(stamps);
  Diagnostics warnings;
  Checked<T> made = make(warnings);
  look.outcome.found.append(std::move(warnings));
  part.faulty = !made;
  if (!made) {
    look.outcome.found.append(std::move(made.error()));
    return false;
  }
  part.value = std::move(*made);
  part.hash = hash_of(part.stamps);
  look.outcome.rebuilt.push_back(part.name);
  return true;
}

void Loader::renew_config(Look& look) {
  if (config_.file.empty()) return;  // Made by a program, not by a file.
  if (!file_.tried) {                // Whoever made us has just read it.
    file_.tried = true;
    file_.stamps = stamp_files({config_.file});
    return;
  }
  const bool changed = renew(look, file_, {config_.file}, false, [&](Diagnostics& warnings) {
    return Checked<std::optional<Config>>(load_config(config_.file, warnings));
  });
  if (!changed) return;
  Config fresh = std::move(*file_.value);
  look.outcome.need_restart = keep_until_restart(started_, fresh);
  config_ = std::move(fresh);
}

Loader::Outcome Loader::look(Time now) {
  Look look{now, {}};
  renew_config(look);
  const Config& c = config_;
  if (names_ == nullptr) {
    Result<NameCipherPtr> names = names_of(c);
    if (names) {
      names_ = std::move(*names);
    } else {
      look.outcome.found.error({}, describe(names.error()));
    }
  }
  const policy::CompileOptions options{.mode = c.policy_mode, .zone = c.policy_zone};
  std::vector<std::string> policy_folders{c.policies};
  if (!c.templates.empty()) policy_folders.push_back(c.templates);
  const bool other_options = !(options == policy_options_);
  bool other_names =
      renew(look, policies_, policy_folders, other_options, [&](Diagnostics& warnings) {
        policy_options_ = options;
        policy::CompileOptions dated = options;
        dated.now = now;
        return load_policies(c.policies, c.templates, dated, warnings, also_named(names_));
      });
  using CatalogPtr = std::shared_ptr<const discovery::Catalog>;
  std::vector<std::string> catalog_files = c.catalog;
  catalog_files.push_back(imported_catalog(c.state_directory));
  const bool other_catalog =
      renew(look, catalog_, catalog_files, false,
            [&](Diagnostics& warnings) { return load_known_catalog(c, warnings); });
  // Where no catalog could be read yet, whatever names an app would be wrong, and the one fault
  // that matters would stand among hundreds. It is looked at once there is one.
  const bool no_apps = catalog_.faulty && catalog_.value->apps().empty();
  using SignaturesPtr = std::shared_ptr<const discovery::SignatureBook>;
  const auto load_signatures = [&](Diagnostics& warnings) {
    if (c.catalog.empty()) return Checked<SignaturesPtr>(nullptr);
    return discovery::SignatureBook::load(c.catalog, *catalog_.value, warnings);
  };
  if (!no_apps) renew(look, signatures_, c.catalog, other_catalog, load_signatures);
  const bool other_tags =
      !no_apps && renew(look, app_tags_, {c.app_tags}, other_catalog, [&](Diagnostics&) {
        if (c.app_tags.empty() || c.catalog.empty()) return Checked<CatalogPtr>(catalog_.value);
        return discovery::load_app_tags(c.app_tags, *catalog_.value);
      });
  other_names |= !no_apps && renew(look, app_risk_, {c.app_risk}, other_tags, [&](Diagnostics&) {
    return discovery::load_app_risk(c.app_risk, *app_tags_.value,
                                    std::chrono::floor<std::chrono::days>(now));
  });
  renew(look, mail_domains_, {c.mail_domains}, false, [&](Diagnostics&) {
    using MailPtr = std::shared_ptr<const discovery::MailDomains>;
    if (c.mail_domains.empty()) {
      return Checked<MailPtr>(std::make_shared<const discovery::MailDomains>());
    }
    return discovery::load_mail_domains(c.mail_domains);
  });
  const auto load_tenants = [&](Diagnostics&) {
    using TenantsPtr = std::shared_ptr<const discovery::OwnTenants>;
    if (c.own_tenants.empty()) {
      return Checked<TenantsPtr>(std::make_shared<const discovery::OwnTenants>());
    }
    return discovery::load_own_tenants(c.own_tenants, *catalog_.value);
  };
  const auto load_scopes = [&](Diagnostics&) {
    using LevelsPtr = std::shared_ptr<const discovery::ScopeLevels>;
    if (c.consent_scopes.empty()) {
      return Checked<LevelsPtr>(std::make_shared<const discovery::ScopeLevels>());
    }
    return discovery::load_scope_levels(c.consent_scopes, *catalog_.value);
  };
  if (!no_apps) {
    renew(look, own_tenants_, {c.own_tenants}, other_catalog && !c.own_tenants.empty(),
          load_tenants);
    renew(look, consent_scopes_, {c.consent_scopes}, other_catalog && !c.consent_scopes.empty(),
          load_scopes);
  }
  other_names |= renew(look, file_names_, {c.file_names}, false, [&](Diagnostics&) {
    using TagsPtr = std::shared_ptr<const discovery::NameTags>;
    if (c.file_names.empty()) {
      return Checked<TagsPtr>(std::make_shared<const discovery::NameTags>());
    }
    return discovery::load_name_tags(c.file_names);
  });
  renew(look, noise_, {c.noise}, other_catalog, [&](Diagnostics& warnings) {
    using NoisePtr = std::shared_ptr<const discovery::NoiseHosts>;
    if (c.noise.empty()) return Checked<NoisePtr>(std::make_shared<const discovery::NoiseHosts>());
    Checked<NoisePtr> made = discovery::load_noise(c.noise);
    if (made && !no_apps) discovery::check_noise(**made, *catalog_.value, warnings);
    return made;
  });
  // The distribution's file is replaced by package updates.
  renew(look, suffixes_,
        {c.public_suffixes.empty() ? discovery::distributed_public_suffixes() : c.public_suffixes},
        false, [&](Diagnostics&) { return discovery::load_public_suffixes(c.public_suffixes); });
  const std::int64_t begun = nanoseconds_now();
  using TagsPtr = std::shared_ptr<const discovery::IpTags>;
  const bool other_feeds =
      renew(look, addresses_, paths_of(addresses_.value.get(), c.address_tags), false,
            [&](Diagnostics& warnings) {
              if (c.address_tags.empty()) {
                return Checked<TagsPtr>(std::make_shared<const discovery::IpTags>());
              }
              return discovery::load_ip_tags(c.address_tags, now, warnings);
            });
  if (other_feeds) {
    add_stamps(addresses_.stamps, paths_of(addresses_.value.get(), c.address_tags), begun);
    addresses_.hash = hash_of(addresses_.stamps);
  }
  std::vector<discovery::GeoSource> geo_files = geo_sources(c);
  std::vector<std::string> geo_paths;
  for (const discovery::GeoSource& source : geo_files) geo_paths.push_back(*source.path);
  const bool other_keys = geo_files != geo_sources_;
  geo_sources_ = std::move(geo_files);
  renew(look, geo_, geo_paths, other_keys, [&](Diagnostics& warnings) {
    return load_places(geo_sources_, *geo_.value, now, warnings);
  });
  const discovery::AgentFiles& agent_files = c.agents;
  renew(look, agents_, {agent_files.patterns, agent_files.clients, agent_files.releases}, false,
        [&](Diagnostics& warnings) { return discovery::load_agents(agent_files, warnings); });
  other_names |=
      renew(look, users_, {c.users, c.user_addresses}, false, [&](Diagnostics& warnings) {
        return discovery::load_users(c.users, c.user_addresses, warnings);
      });
  other_names |= renew(look, passwords_, {c.htpasswd}, false, [&](Diagnostics& warnings) {
    if (c.htpasswd.empty()) {
      return Checked<std::shared_ptr<const discovery::Htpasswd>>(nullptr);
    }
    return discovery::load_htpasswd(c.htpasswd, warnings);
  });
  const bool other_quarantine =
      renew(look, quarantine_, {c.quarantine_certificate}, false,
            [&](Diagnostics&) { return load_recipients(c.quarantine_certificate); });
  std::vector<std::string> device_files;
  for (const Config::Devices& one : c.devices) {
    device_files.push_back(one.authorities);
    device_files.insert(device_files.end(), one.lists.begin(), one.lists.end());
  }
  const bool other_devices = renew(look, devices_, device_files, c.devices != devices_of_,
                                   [&](Diagnostics&) { return load_devices(c); });
  devices_of_ = c.devices;
  if (other_names || other_devices) {
    check_devices(*policies_.value.program, !c.devices.empty(), look.outcome.found);
  }
  if (other_names || other_quarantine) {
    check_quarantine(*policies_.value.program, quarantine_.value != nullptr, look.outcome.found);
  }
  if (other_names && !no_apps) {
    check_names(*policies_.value.program, *app_risk_.value, *users_.value, passwords_.value.get(),
                *file_names_.value, look.outcome.found);
  }
  const bool other_pac = renew(look, pac_, {c.pac}, false, [&](Diagnostics&) {
    return c.pac.empty() ? Checked<local::PacConfig>(local::PacConfig()) : local::load_pac(c.pac);
  });
  if (other_pac && pac_.value.tls && c.tls_listeners.empty()) {
    look.outcome.found.warning({}, "the PAC file says tls, and no listener speaks it",
                               "write 'tls: true' at one of 'listeners'");
  }
  std::vector<std::string> root_files = c.roots;
  root_files.push_back(c.system_roots);
  renew(look, roots_, root_files, false, [&](Diagnostics&) { return load_roots(c); });
  const std::vector<std::string> log_roots = log_root_files(c);
  if (!log_roots.empty()) {  // Some receiver speaks TLS.
    renew(look, log_roots_, log_roots, false, [&](Diagnostics&) { return load_log_roots(c); });
  }
  const bool other_receivers = c.alert_delivery != receivers_of_;
  if (other_receivers || !c.alert_delivery.empty()) {
    renew(look, receivers_, receiver_files(c.alert_delivery, c.system_roots), other_receivers,
          [&](Diagnostics& warnings) {
            return load_receivers(c.alert_delivery, c.system_roots, warnings);
          });
  }
  // Else it was not looked at, and is to be at the next look.
  if (look.outcome.unsettled.empty()) receivers_of_ = c.alert_delivery;
  std::vector<ReceiverConfig> actions = app::receivers_of(c.webhook_actions);
  const bool other_actions = actions != actions_of_;
  if (other_actions || !actions.empty()) {
    renew(look, actions_, receiver_files(actions, c.system_roots), other_actions,
          [&](Diagnostics& warnings) { return load_receivers(actions, c.system_roots, warnings); });
  }
  if (look.outcome.unsettled.empty()) actions_of_ = std::move(actions);
  if (other_names || other_receivers) {
    check_receivers(c.alert_delivery, *policies_.value.program, look.outcome.found);
  }
  if (other_names || other_actions) {
    check_actions(c.webhook_actions, *policies_.value.program, look.outcome.found);
  }
  if (!looked_ || !look.outcome.rebuilt.empty()) assemble();
  looked_ = true;
  look.outcome.faulty = faulty();
  return std::move(look.outcome);
}

template <class Visit>
void Loader::each_part(Visit visit) const {
  visit(file_);
  visit(policies_);
  visit(catalog_);
  visit(signatures_);
  visit(app_tags_);
  visit(app_risk_);
  visit(mail_domains_);
  visit(own_tenants_);
  visit(consent_scopes_);
  visit(file_names_);
  visit(noise_);
  visit(suffixes_);
  visit(addresses_);
  visit(geo_);
  visit(agents_);
  visit(users_);
  visit(passwords_);
  visit(quarantine_);
  visit(devices_);
  visit(pac_);
  visit(roots_);
  visit(log_roots_);
  visit(receivers_);
  visit(actions_);
}

void Loader::assemble() {
  auto snapshot = std::make_shared<session::Snapshot>();
  snapshot->policy = policies_.value.program;
  snapshot->catalog = app_risk_.value;
  snapshot->devices = devices_.value;
  snapshot->signatures = signatures_.value;
  snapshot->mail_domains = mail_domains_.value;
  snapshot->own_tenants = own_tenants_.value;
  snapshot->consent_scopes = consent_scopes_.value;
  // Without a list nobody looks: what names say is not known then.
  if (!file_names_.value->tags().empty()) snapshot->file_names = file_names_.value;
  snapshot->noise = noise_.value;
  snapshot->suffixes = suffixes_.value;
  snapshot->tags = addresses_.value;
  snapshot->geo = geo_.value;
  snapshot->agents = agents_.value;
  snapshot->users = users_.value;
  if (names_ != nullptr) {
    if (hidden_of_ != users_.value) hidden_users_ = users_.value->hidden_by(names_);
    hidden_of_ = users_.value;
    snapshot->named_users = users_.value;
    snapshot->users = hidden_users_;
  }
  Sha256 hash;
  // The same files are other policies under other options.
  hash.update(to_string(policy_options_.mode));
  hash.update("|");
  hash.update(policy_options_.zone);
  hash.update("|");
  for (const std::string& one :
       {policies_.hash, catalog_.hash, signatures_.hash, app_tags_.hash, app_risk_.hash,
        devices_.hash, mail_domains_.hash, own_tenants_.hash, consent_scopes_.hash,
        file_names_.hash, noise_.hash, suffixes_.hash, addresses_.hash, geo_.hash, agents_.hash,
        users_.hash}) {
    hash.update(one);
    hash.update("|");
  }
  const auto digest = hash.finish();
  snapshot->id = to_hex(digest.data(), 8);
  material_.snapshot = std::move(snapshot);
  material_.policies = policies_.value.set;
  material_.passwords = passwords_.value;
  material_.quarantine = quarantine_.value;
  material_.pac = pac_.value;
  if (material_.pac.gateway_name.empty()) material_.pac.gateway_name = config_.name;
  const bool to_tls = material_.pac.tls && !config_.tls_listeners.empty();
  if (material_.pac.port == 0) {
    material_.pac.port = (to_tls ? config_.tls_listeners : config_.listeners).front().port;
  }
  material_.trust = roots_.value;
  material_.log_roots = log_roots_.value;
  material_.receivers = receivers_.value;
  material_.actions = actions_.value;
}

std::vector<std::string_view> Loader::faulty() const {
  std::vector<std::string_view> names;
  each_part([&](const auto& part) {
    if (part.faulty) names.push_back(part.name);
  });
  return names;
}

std::set<std::string> Loader::folders() const {
  std::set<std::string> folders;
  each_part([&](const auto& part) { add_folders(part.stamps, folders); });
  return folders;
}

}  // namespace sallyport::app
