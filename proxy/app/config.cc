#include "proxy/app/config.h"

#include <filesystem>
#include <fmt/format.h>

#include "base/core/host.h"
#include "base/core/text.h"
#include "base/core/time_zone.h"
#include "base/core/zone_hint.h"
#include "base/yaml/reader.h"
#include "proxy/app/config_geo.h"

namespace sallyport::app {

namespace {

using yaml::MapReader;
using yaml::Node;

const Node kNothing;

const Node& section(MapReader& map, std::string_view key) {
  const Node* node = map.node(key);
  return node != nullptr ? *node : kNothing;
}

void read_prefixes(MapReader& map, std::string_view key, Diagnostics& diagnostics,
                   std::vector<IpPrefix>& prefixes) {
  for (const auto& text : map.texts(key)) {
    const auto prefix = IpPrefix::parse(*text);
    if (!prefix) {
      diagnostics.error(text.place, "'" + *text + "' is no address and no prefix",
                        "write 127.0.0.1 or 10.0.0.0/8");
    } else if (prefix->has_host_bits()) {
      diagnostics.error(text.place, "'" + *text + "' has bits behind its prefix",
                        "did you mean '" + prefix->masked().to_string() + "'?");
    } else {
      prefixes.push_back(*prefix);
    }
  }
}

// Whose use is not counted.
void read_exclusions(const Node& node, Diagnostics& diagnostics,
                     discovery::UsageExclusions& exclusions) {
  MapReader map(node, diagnostics, "recording.usage.exclude");
  const auto read = [&](std::string_view key, std::vector<std::string>& words) {
    for (const auto& text : map.texts(key)) {
      if (text->empty()) {
        diagnostics.error(text.place, "an empty text is nobody and nothing");
      } else {
        words.push_back(lower(*text));
      }
    }
  };
  read("users", exclusions.users);
  read("groups", exclusions.groups);
  read("apps", exclusions.apps);
  read_prefixes(map, "addresses", diagnostics, exclusions.addresses);
  map.finish();
}

std::string in_folder(const std::string& folder, const std::string& path) {
  if (path.empty()) return {};
  const std::filesystem::path given(path);
  return given.is_absolute() ? path
                             : (std::filesystem::path(folder) / given).lexically_normal().string();
}

// "127.0.0.1:3128", "[::1]:3128"
std::optional<IpEndpoint> parse_endpoint(std::string_view text) {
  const auto authority = Authority::parse(text, 0);
  if (authority && authority->host.is_address() && authority->port != 0) {
    return IpEndpoint{*authority->host.address(), authority->port};
  }
  // Port 0: the system chooses.
  if (text.ends_with(":0")) {
    const auto host = Host::parse(text.substr(0, text.size() - 2));
    if (host && host->is_address()) return IpEndpoint{*host->address(), 0};
  }
  return std::nullopt;
}

// `with_tls`: where those go that say `tls: true`; null where none may.
void read_endpoints(MapReader& map, std::string_view key, std::vector<IpEndpoint>& into,
                    std::vector<IpEndpoint>* with_tls) {
  if (!map.has(key)) return;
  into.clear();
  map.each(key, [&](const Node& node) {
    MapReader one(node, map.diagnostics(), "listener");
    const auto address = one.required_text("address");
    const bool tls = with_tls != nullptr && one.boolean("tls", false);
    one.finish();
    if (address->empty()) return;
    if (const auto endpoint = parse_endpoint(*address)) {
      (tls ? *with_tls : into).push_back(*endpoint);
    } else {
      map.diagnostics().error(address.place, "'" + *address + "' is no address with a port",
                              "write 127.0.0.1:3128 or [::1]:3128");
    }
  });
}

void read_admin(MapReader& map, const Node& node, const std::string& folder, Config& config) {
  read_endpoints(map, "admin", config.admin, nullptr);
  Config::AdminServer& server = config.admin_server;
  MapReader one(node, map.diagnostics(), "admin_server");
  const auto certificate = one.text("certificate");
  const auto key = one.text("key");
  server.certificate = in_folder(folder, *certificate);
  server.key = in_folder(folder, *key);
  server.without_tls = one.boolean("without_tls", false);
  for (const auto& text : one.texts("names")) {
    if (const auto host = Host::parse(*text); host && !host->is_address()) {
      server.names.push_back(host->text());
    } else {
      map.diagnostics().error(text.place, "'" + *text + "' is no host name",
                              "a name by which operators reach the admin listener");
    }
  }
  if (const Node* sign_in = one.node("sign_in")) {
    read_console_sign_in(*sign_in, map.diagnostics(), folder, server.sign_in.emplace());
  }
  one.finish();
  if (certificate->empty() != key->empty()) {
    map.diagnostics().error((certificate->empty() ? key : certificate).place,
                            "'certificate' and 'key' go together");
  }
  if (!certificate->empty() || server.without_tls) return;
  const Node* admin = map.node("admin");
  for (std::size_t i = 0; i < config.admin.size(); ++i) {
    if (is_loopback(config.admin[i].address) || admin == nullptr) continue;
    const Place place = i < admin->items.size() ? admin->items[i].place : admin->place;
    map.diagnostics().error(
        place,
        "the admin listener at " + config.admin[i].to_string() +
            " can be reached from elsewhere, and has no TLS: passwords and tokens would be read",
        "give admin_server.certificate and .key, or say admin_server.without_tls: true");
  }
}

void read_devices(MapReader& map, const std::string& folder, Config& config) {
  map.each("devices", [&](const Node& node) {
    MapReader one(node, map.diagnostics(), "device");
    Config::Devices devices;
    devices.place = node.place;
    const auto authorities = one.required_text("authorities");
    if (!authorities->empty()) devices.authorities = in_folder(folder, *authorities);
    for (const auto& text : one.texts("revoked")) devices.lists.push_back(in_folder(folder, *text));
    const auto words = policy::device_tag_words();
    for (const auto& tag : one.texts("tags")) {
      if (std::find(words.begin(), words.end(), *tag) != words.end()) {
        devices.tags.push_back(*tag);
        continue;
      }
      std::string hint = did_you_mean(*tag, {words.begin(), words.end()});
      if (hint.empty()) hint = fmt::format("one of {}", fmt::join(words, ", "));
      map.diagnostics().error(tag.place, "'" + *tag + "' is no tag of devices", std::move(hint));
    }
    one.finish();
    config.devices.push_back(std::move(devices));
  });
}

void read_gateway(const Node& node, Diagnostics& diagnostics, Config& config) {
  MapReader map(node, diagnostics, "gateway");
  const auto name = map.text("name", config.name);
  config.contact = *map.text("contact");
  map.finish();
  if (const auto host = Host::parse(*name); host && !host->is_address()) {
    config.name = host->text();
  } else {
    diagnostics.error(name.place, "'" + *name + "' is no host name",
                      "a name that clients resolve to this gateway, as proxy.example.org");
  }
}

void read_origins(const Node& node, Diagnostics& diagnostics, const std::string& folder,
                  Config& config) {
  MapReader map(node, diagnostics, "origins");
  if (const Node* resolve = map.node("resolve");
      resolve != nullptr && resolve->kind == Node::Kind::map) {
    for (const auto& [key, value] : resolve->entries) {
      const std::string_view bare =
          key->starts_with("*.") ? std::string_view(*key).substr(2) : std::string_view(*key);
      const auto host = Host::parse(bare);
      if (!host || host->is_address()) {
        diagnostics.error(key.place, "'" + *key + "' is no host name",
                          "write files.example or *.example");
        continue;
      }
      std::optional<IpEndpoint> to = parse_endpoint(value.text);
      if (!to) {
        if (const auto address = IpAddress::parse(value.text)) to = IpEndpoint{*address, 0};
      }
      if (!to) {
        diagnostics.error(value.place, "'" + value.text + "' is no address",
                          "write 127.0.0.1 or 127.0.0.1:8443");
        continue;
      }
      config.resolve.names[(key->starts_with("*.") ? "*." : "") + host->text()] = *to;
    }
  } else if (resolve != nullptr && resolve->kind != Node::Kind::null) {
    diagnostics.error(resolve->place, "origins.resolve is a mapping of names to addresses");
  }
  read_prefixes(map, "allow_addresses", diagnostics, config.allow_addresses);
  for (const auto& text : map.texts("roots")) config.roots.push_back(in_folder(folder, *text));
  config.system_roots = *map.text("system_roots", config.system_roots);
  const auto unknown = map.word("revocation_unknown", {"allow", "block"});
  config.block_unknown_revocation = unknown == std::size_t{1};
  if (const auto http2 = map.word("http2", {"match", "prefer", "never"})) {
    config.http2 = static_cast<session::Http2>(*http2);
  }
  config.pool.most_idle =
      static_cast<std::size_t>(map.integer("idle_connections", 1024, 1, 100'000));
  config.pool.most_idle_per_key =
      static_cast<std::size_t>(map.integer("idle_connections_per_origin", 256, 1, 10'000));
  config.pool.keep = map.duration("keep", config.pool.keep);
  map.finish();
}

// A time that must not be shorter than `least`, whose words are `hint`: a wait of no time would end
// everything, an age of less than an hour would keep nothing.
std::chrono::milliseconds no_shorter(MapReader& map, Diagnostics& diagnostics, std::string_view key,
                                     std::chrono::milliseconds fallback,
                                     std::chrono::milliseconds least, std::string_view hint) {
  const auto time = map.duration(key, fallback);
  if (time < least) {
    diagnostics.error(map.node(key)->place, "'" + std::string(key) + "' is too short",
                      std::string(hint));
  }
  return std::max(time, least);
}

// How long something is kept: whole hours.
std::chrono::hours read_age(MapReader& map, Diagnostics& diagnostics, std::string_view key,
                            std::chrono::hours fallback) {
  return std::chrono::duration_cast<std::chrono::hours>(
      no_shorter(map, diagnostics, key, fallback, std::chrono::hours(1), "1h or longer"));
}

void read_recording(const Node& node, Diagnostics& diagnostics, const std::string& folder,
                    Config& config) {
  MapReader map(node, diagnostics, "recording");
  config.record_queries = map.boolean("queries", config.record_queries);
  config.file_digests = map.boolean("file_digests", config.file_digests);
  config.anonymize_users = map.boolean("anonymize_users", config.anonymize_users);
  read_logs(map, [&](const std::string& path) { return in_folder(folder, path); }, config.logs);
  const Node& store_node = section(map, "store");
  MapReader store(store_node, diagnostics, "recording.store");
  config.store_age = read_age(store, diagnostics, "max_age", config.store_age);
  config.store_bytes = store.bytes("max_size", config.store_bytes);
  store.finish();
  const Node& usage_node = section(map, "usage");
  MapReader usage(usage_node, diagnostics, "recording.usage");
  config.usage_age = read_age(usage, diagnostics, "max_age", config.usage_age);
  config.usage_bytes = usage.bytes("max_size", config.usage_bytes);
  read_exclusions(section(usage, "exclude"), diagnostics, config.usage_exclude);
  usage.finish();
  if (const auto mode = map.word("audit_reads", {"off", "best_effort", "required"})) {
    config.audit_reads = static_cast<AuditMode>(*mode);
  }
  config.audit_age = read_age(map, diagnostics, "audit_age", config.audit_age);
  map.finish();
}

void read_sign_in(const Node& node, Diagnostics& diagnostics, Config& config) {
  MapReader map(node, diagnostics, "limits.sign_in");
  auth::SignInLimits& limits = config.sign_in;
  const auto number = [&map](std::string_view key, std::uint32_t fallback) {
    return static_cast<std::uint32_t>(map.integer(key, fallback, 0, 10'000));
  };
  const auto window = map.duration("window", limits.window);
  limits.failures = number("failures", limits.failures);
  limits.failures_of_address = number("failures_of_address", limits.failures_of_address);
  limits.failures_of_user = number("failures_of_user", limits.failures_of_user);
  constexpr std::chrono::milliseconds kLeast = std::chrono::minutes(1);
  constexpr std::chrono::milliseconds kMost = std::chrono::hours(24);
  if (window < kLeast || window > kMost) {
    diagnostics.error(map.node("window")->place, "'window' is out of range", "1m to 24h");
  }
  map.finish();
  limits.window = window;
}

// A number of bytes between two others.
std::size_t read_bytes(MapReader& map, std::string_view key, std::size_t fallback,
                       std::size_t least, std::size_t most) {
  const std::uint64_t bytes = map.bytes(key, fallback);
  if (bytes >= least && bytes <= most) return static_cast<std::size_t>(bytes);
  map.diagnostics().error(map.node(key)->place, fmt::format("'{}' is out of range", key),
                          fmt::format("{} to {} bytes", least, most));
  return fallback;
}

void read_limits(const Node& node, Diagnostics& diagnostics, Config& config) {
  MapReader map(node, diagnostics, "limits");
  const auto count = [&map](std::string_view key, std::size_t fallback, std::int64_t most) {
    return static_cast<std::size_t>(map.integer(key, static_cast<std::int64_t>(fallback), 1, most));
  };
  auto& connections = config.connections;
  connections.connections = count("connections", connections.connections, 1'000'000);
  connections.connections_per_client =
      count("connections_per_client", connections.connections_per_client, 1'000'000);
  config.connection_rate = static_cast<std::uint32_t>(
      map.integer("connection_rate", config.connection_rate, 0, 1'000'000));
  config.client_timeouts.leaves_per_second = static_cast<std::uint32_t>(
      map.integer("leaves_per_second", config.client_timeouts.leaves_per_second, 1, 100'000));
  config.lookups_per_client = count("lookups_per_client", config.lookups_per_client, 4096);
  // No more than the buffer that heads are read into.
  config.heads.head =
      read_bytes(map, "request_head", config.heads.head, 4096, http1::Wire::kCapacity);
  config.heads.target =
      read_bytes(map, "request_target", config.heads.target, 1024, http1::Wire::kCapacity);
  config.heads.fields = count("request_fields", config.heads.fields, 1000);
  config.http2_streams = static_cast<std::uint32_t>(count("http2_streams", 100, 10'000));
  config.pace.bytes_per_second =
      read_bytes(map, "body_rate", config.pace.bytes_per_second, 0, 1 << 20);
  config.held_upload = map.bytes("held_upload", config.held_upload);
  config.held_uploads = map.bytes("held_uploads", config.held_uploads);
  config.held_uploads_per_client =
      map.bytes("held_uploads_per_client", config.held_uploads_per_client);
  if (const auto memory = map.text("memory", "80%");
      const auto limit = parse_memory_limit(*memory)) {
    config.memory = *limit;
  } else {
    diagnostics.error(memory.place, "'" + *memory + "' is no limit of memory",
                      "80%, 2 GiB (16 MiB or more), or none");
  }
  read_sign_in(section(map, "sign_in"), diagnostics, config);
  map.finish();
}

void read_timeouts(const Node& node, Diagnostics& diagnostics, Config& config) {
  MapReader map(node, diagnostics, "timeouts");
  const auto wait = [&](std::string_view key, std::chrono::milliseconds fallback) {
    return no_shorter(map, diagnostics, key, fallback, std::chrono::milliseconds(1),
                      "a wait of no time would end everything at once");
  };
  config.origin_timeouts.connect = wait("connect", config.origin_timeouts.connect);
  config.origin_timeouts.handshake = wait("handshake", config.origin_timeouts.handshake);
  config.client_timeouts.handshake = config.origin_timeouts.handshake;
  config.client_timeouts.hello = wait("client_hello", config.client_timeouts.hello);
  config.client_timeouts.head = wait("request_head", config.client_timeouts.head);
  config.client_timeouts.idle = wait("idle", config.client_timeouts.idle);
  config.reply_head = wait("reply_head", config.reply_head);
  config.origin_timeouts.http.head = wait("reply_head_rest", config.origin_timeouts.http.head);
  config.stall = wait("stall", config.stall);
  config.pace.patience = wait("slow_client", config.pace.patience);
  config.tunnel_idle = wait("tunnel_idle", config.tunnel_idle);
  config.drain = map.duration("drain", config.drain);
  map.finish();
}

}  // namespace

bool is_loopback(const IpAddress& address) {
  if (address.is_v4()) return std::to_integer<int>(std::byte(address.bytes()[0])) == 127;
  return address == *IpAddress::parse("::1");
}

Checked<Config> parse_config(SourcePtr source, const std::string& folder, Diagnostics& warnings) {
  Config config;
  config.file = source->name;
  Checked<Node> root = yaml::parse(std::move(source));
  if (!root) return std::unexpected(std::move(root.error()));
  Diagnostics diagnostics;
  MapReader map(*root, diagnostics, "configuration");
  read_gateway(section(map, "gateway"), diagnostics, config);
  read_endpoints(map, "listeners", config.listeners, &config.tls_listeners);
  read_admin(map, section(map, "admin_server"), folder, config);
  read_devices(map, folder, config);
  config.workers = static_cast<std::uint32_t>(map.integer("workers", 0, 0, 256));

  const Node& state_node = section(map, "state");
  MapReader state(state_node, diagnostics, "state");
  config.state_directory = *state.text("directory", config.state_directory);
  state.finish();

  const Node& connect_node = section(map, "connect");
  MapReader connect(connect_node, diagnostics, "connect");
  if (connect.has("ports")) {
    config.connect_ports.clear();
    for (const auto& text : connect.texts("ports")) {
      const auto port = parse_decimal(*text);
      if (!port || *port == 0 || *port > 65535) {
        diagnostics.error(text.place, "'" + *text + "' is no port", "1 to 65535");
      } else {
        config.connect_ports.push_back(static_cast<std::uint16_t>(*port));
      }
    }
  }
  connect.finish();

  read_origins(section(map, "origins"), diagnostics, folder, config);
  config.policies = in_folder(folder, *map.text("policies"));
  config.templates = in_folder(folder, *map.text("templates"));
  const auto modes = policy::mode_words();
  if (const auto index = map.word("policy_mode", {modes.begin(), modes.end()})) {
    config.policy_mode = static_cast<policy::Mode>(*index);
  }
  const Spanned<std::string> zone = map.text("policy_zone", config.policy_zone);
  if (TimeZone::find(*zone) == nullptr) {
    std::string hint = zone_hint(*zone, TimeZone::names());
    if (hint.empty()) hint = "a zone is written as 'Europe/Vienna' or 'UTC'";
    diagnostics.error(zone.place, "there is no time zone '" + printable(*zone) + "'", hint);
  }
  config.policy_zone = *zone;
  for (const auto& text : map.texts("catalog")) {
    if (!text->empty()) config.catalog.push_back(in_folder(folder, *text));
  }
  config.public_suffixes = in_folder(folder, *map.text("public_suffixes"));

  const Node& tags_node = section(map, "tags");
  MapReader tags(tags_node, diagnostics, "tags");
  config.app_tags = in_folder(folder, *tags.text("apps"));
  config.app_risk = in_folder(folder, *tags.text("app_risk"));
  config.address_tags = in_folder(folder, *tags.text("addresses"));
  config.noise = in_folder(folder, *tags.text("noise"));
  config.mail_domains = in_folder(folder, *tags.text("mail_domains"));
  config.own_tenants = in_folder(folder, *tags.text("own_tenants"));
  config.consent_scopes = in_folder(folder, *tags.text("consent_scopes"));
  config.file_names = in_folder(folder, *tags.text("file_names"));
  tags.finish();

  const Node& agents_node = section(map, "agents");
  MapReader agents(agents_node, diagnostics, "agents");
  config.agents.patterns = in_folder(folder, *agents.text("patterns", config.agents.patterns));
  config.agents.clients = in_folder(folder, *agents.text("clients"));
  config.agents.releases = in_folder(folder, *agents.text("releases"));
  agents.finish();
  read_geo(section(map, "geo"), diagnostics, folder, config.geo);

  const Node& users_node = section(map, "users");
  MapReader users(users_node, diagnostics, "users");
  config.users = in_folder(folder, *users.text("directory"));
  config.user_addresses = in_folder(folder, *users.text("addresses"));
  config.htpasswd = in_folder(folder, *users.text("htpasswd"));
  read_user_links(users, config.user_links);
  users.finish();

  config.pac = in_folder(folder, *map.text("pac"));
  read_portal(section(map, "portal"), diagnostics, folder, config.portal);
  read_recording(section(map, "recording"), diagnostics, folder, config);
  read_alert_delivery(
      map, [&folder](const std::string& path) { return in_folder(folder, path); },
      config.alert_delivery);
  read_webhook_actions(
      map, [&folder](const std::string& path) { return in_folder(folder, path); },
      config.webhook_actions);
  const Node& quarantine_node = section(map, "quarantine");
  MapReader quarantine(quarantine_node, diagnostics, "quarantine");
  config.quarantine_certificate = in_folder(folder, *quarantine.text("certificate"));
  config.quarantine_bytes = quarantine.bytes("max_size", config.quarantine_bytes);
  config.quarantine_age = read_age(quarantine, diagnostics, "max_age", config.quarantine_age);
  quarantine.finish();

  read_limits(section(map, "limits"), diagnostics, config);
  read_timeouts(section(map, "timeouts"), diagnostics, config);
  map.finish();
  if (config.listeners.empty() && !diagnostics.has_errors())
    diagnostics.error(map.place(),
                      config.tls_listeners.empty()
                          ? "no listener: nobody could use the gateway"
                          : "no listener without tls: the PAC file and the CRL are fetched there");
  if (diagnostics.has_errors()) return std::unexpected(std::move(diagnostics));
  warnings.append(std::move(diagnostics));
  return config;
}

std::vector<std::string_view> keep_until_restart(const Config& running, Config& fresh) {
  std::vector<std::string_view> keys;
  const auto keep = [&](std::string_view key, auto member) {
    if (running.*member == fresh.*member) return;
    fresh.*member = running.*member;
    if (keys.empty() || keys.back() != key) keys.push_back(key);
  };
  keep("gateway.name", &Config::name);
  keep("gateway.contact", &Config::contact);
  keep("listeners", &Config::listeners);
  keep("listeners", &Config::tls_listeners);
  keep("admin", &Config::admin);
  keep("admin_server", &Config::admin_server);
  fresh.console_directory = running.console_directory;
  keep("workers", &Config::workers);
  if (running.state_given) {
    fresh.state_given = true;
    fresh.state_directory = running.state_directory;
  }
  keep("state.directory", &Config::state_directory);
  keep("recording.anonymize_users", &Config::anonymize_users);
  keep("recording.logs", &Config::logs);
  keep("recording.store", &Config::store_age);
  keep("recording.store", &Config::store_bytes);
  keep("recording.usage", &Config::usage_age);
  keep("recording.usage", &Config::usage_bytes);
  keep("recording.usage", &Config::usage_exclude);
  keep("recording.audit_reads", &Config::audit_reads);
  keep("recording.audit_age", &Config::audit_age);
  keep("origins.idle_connections, .keep", &Config::pool);
  // Whether clients are asked for a password at all; the passwords themselves are read again.
  if (running.htpasswd.empty() != fresh.htpasswd.empty()) {
    fresh.htpasswd = running.htpasswd;
    keys.push_back("users.htpasswd");
  }
  return keys;
}

Checked<Config> load_config(const std::string& path, Diagnostics& warnings) {
  auto source = yaml::read_source(path);
  if (!source) return std::unexpected(std::move(source.error()));
  std::string folder = std::filesystem::path(path).parent_path().string();
  if (folder.empty()) folder = ".";
  return parse_config(std::move(*source), folder, warnings);
}

}  // namespace sallyport::app
