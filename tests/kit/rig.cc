#include "tests/kit/rig.h"

#include <stdexcept>

#include "base/core/check.h"
#include "base/core/text.h"
#include "discovery/geo/geo_build.h"
#include "discovery/logs/hostile_for_tests.h"
#include "policy/compile/compile.h"

namespace sallyport::testkit {

namespace {

[[noreturn]] void give_up(const std::string& why) { throw std::runtime_error("rig: " + why); }

template <class T>
T must(Checked<T>&& checked, const char* what) {
  if (!checked) give_up(std::string(what) + ":\n" + render(checked.error()));
  return std::move(*checked);
}

SourcePtr source(const char* name, const std::string& text) {
  return std::make_shared<const Source>(Source{name, text});
}

std::shared_ptr<const discovery::Geo> geo_of(const RigOptions& options) {
  std::vector<std::string> files;
  for (const auto& [list, kind] : {std::pair{&options.countries, discovery::GeoListKind::country},
                                   std::pair{&options.systems, discovery::GeoListKind::asn}}) {
    if (list->empty()) continue;
    auto built = discovery::build_geo(kind, {list, 1}, Time());
    if (!built) give_up("geo: " + built.error().detail);
    files.push_back(std::move(built->bytes));
  }
  const std::vector<discovery::GeoSource> sources(files.size());
  const std::vector<std::string_view> views(files.begin(), files.end());
  Diagnostics warnings;
  return discovery::parse_geo(sources, views, Time(), warnings);
}

}  // namespace

// --- VectorRecorder ---

std::unique_ptr<discovery::Event> VectorRecorder::fresh() {
  auto event = std::make_unique<discovery::Event>(discovery::samples::hostile("stale"));
  policy::Activity& facts = event->activity;
  facts.user_names = facts.host_tags = {"stale"};
  facts.user_domain = facts.domain = facts.ja4 = facts.client_tls_version = "stale";
  facts.days_since_logon = 599;
  facts.device_tags = facts.header_names = facts.certificate_faults = {"stale"};
  facts.query = "stale";
  facts.type = policy::ActivityType::delete_;
  facts.admin = true;
  facts.file = policy::FileFacts{"stale", "stale", "stale", 1};
  facts.agent = policy::AgentFacts{.browser = "stale"};
  facts.details.emplace().object_name = "stale";
  facts.status = 599;
  event->kind = discovery::EventKind::tunnel;
  event->matched = event->edited_by = {{"stale", "stale", true}};
  event->intercepted = true;
  event->websocket = discovery::WebsocketFacts{.fault = "stale"};
  event->bytes_in = event->bytes_out = 599;
  return event;
}

// --- Client ---

void Client::says(std::string_view text) {
  if (tls_) {
    tls_->write(text);
  } else {
    pipes_.to_system->bytes += text;
    pipes_.to_system->wake();
  }
  rig_->settle();
}

std::string Client::hears() {
  rig_->settle();
  if (tls_) return tls_->take();
  std::string heard = std::exchange(pipes_.from_system->bytes, {});
  pipes_.from_system->wake();
  rig_->settle();
  return heard;
}

std::string Client::takes(std::size_t most) {
  rig_->settle();
  std::string& waiting = pipes_.from_system->bytes;
  std::string taken = waiting.substr(0, most);
  waiting.erase(0, taken.size());
  pipes_.from_system->wake();
  rig_->settle();
  return taken;
}

void Client::ends() {
  if (tls_) {
    tls_->end();
  } else {
    pipes_.to_system->ended = true;
    pipes_.to_system->wake();
  }
  rig_->settle();
}

void Client::resets() {
  pipes_.to_system->broken = true;
  pipes_.from_system->broken = true;
  pipes_.to_system->wake();
  pipes_.from_system->wake();
  rig_->settle();
}

bool Client::ended() const { return pipes_.from_system->ended || pipes_.from_system->broken; }

bool Client::opens(const std::string& authority, TlsPeer::Options options) {
  says("CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n\r\n");
  const std::string reply = hears();
  if (status_of(reply) != 200) return false;
  tls_ = std::make_shared<TlsPeer>(pipes_, options);
  rig_->client_tls_.push_back(tls_);
  rig_->settle();
  return tls_->established();
}

void Client::carry(Http2Peer& peer) {
  bool moved = true;
  while (moved) {
    const std::string said = peer.says();
    if (!said.empty()) tls_->write(said);
    rig_->settle();
    const std::string heard = tls_->take();
    if (!heard.empty()) peer.receives(heard);
    moved = !said.empty() || !heard.empty();
  }
}

// --- OriginServer ---

void OriginServer::carry(Http2Peer& peer) {
  bool moved = true;
  while (moved) {
    const std::string said = peer.says();
    if (!said.empty()) connections_.at(current_).tls->write(said);
    const std::string fresh = heard();  // settles
    if (!fresh.empty()) peer.receives(fresh);
    moved = !said.empty() || !fresh.empty();
  }
}

bool OriginServer::turn() {
  bool moved = false;
  for (Connection& connection : connections_) {
    std::string fresh;
    if (connection.tls) {
      connection.received += connection.pipes.from_system->bytes.size();
      moved = connection.tls->turn() || moved;
      fresh = connection.tls->take();
    } else if (!deaf_) {
      fresh = std::exchange(connection.pipes.from_system->bytes, {});
      connection.received += fresh.size();
      if (!fresh.empty()) {
        connection.pipes.from_system->wake();
        moved = true;
      }
    }
    connection.heard += fresh;
    if (always_.empty()) continue;
    connection.unanswered += fresh;
    std::size_t end = 0;
    while ((end = connection.unanswered.find("\r\n\r\n")) != std::string::npos) {
      connection.unanswered.erase(0, end + 4);
      if (connection.tls) {
        connection.tls->write(always_);
      } else {
        connection.pipes.to_system->bytes += always_;
        connection.pipes.to_system->wake();
      }
      moved = true;
    }
  }
  return moved;
}

std::string OriginServer::heard() {
  rig_.settle();
  if (connections_.empty()) return {};
  return std::exchange(connections_.at(current_).heard, {});
}

void OriginServer::says(std::string_view text) {
  rig_.settle();
  Connection& connection = connections_.at(current_);
  if (connection.tls) {
    connection.tls->write(text);
  } else {
    connection.pipes.to_system->bytes += text;
    connection.pipes.to_system->wake();
  }
  rig_.settle();
}

void OriginServer::ends() {
  Connection& connection = connections_.at(current_);
  if (connection.tls) {
    connection.tls->end();
  } else {
    connection.pipes.to_system->ended = true;
    connection.pipes.to_system->wake();
  }
  rig_.settle();
}

void OriginServer::resets() {
  Connection& connection = connections_.at(current_);
  connection.pipes.to_system->broken = true;
  connection.pipes.from_system->broken = true;
  connection.pipes.to_system->wake();
  connection.pipes.from_system->wake();
  rig_.settle();
}

std::size_t OriginServer::bytes_received() const {
  std::size_t sum = 0;
  for (const Connection& connection : connections_) sum += connection.received;
  return sum;
}

// --- Rig ---

Rig::Rig(RigOptions options)
    : options_(std::move(options)), clock_(noon()), root_(make_root("Rig Root")) {
  faults_.fail_at = options_.fail_operation;
  auto authority = tls::Authority::make({}, clock_.now());
  if (!authority) give_up(describe(authority.error()));
  authority_ = *authority;

  Diagnostics warnings;
  auto snapshot = std::make_shared<session::Snapshot>();
  snapshot->id = "rig";
  snapshot->policy =
      must(policy::compile(
               {.policies = {source("rules.yaml", options_.rules)}, .templates = {}, .lists = {}},
               options_.policy, warnings),
           "rules");
  std::vector<SourcePtr> apps;
  for (const std::string_view line : split(options_.apps, '\n')) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string id(trim(line.substr(0, colon)));
    const std::string text = "id: " + id + "\nname: " + id +
                             "\nvendor: Test\ncategory: cloud_storage\ndomains: [" +
                             std::string(line.substr(colon + 1)) +
                             "]\nsources: [{kind: common_knowledge, date: 2026-11-23}]\n";
    apps.push_back(source(("catalog/" + id + "/app.yaml").c_str(), text));
  }
  snapshot->catalog = must(discovery::parse_catalog(apps, warnings), "apps");
  if (!options_.app_tags.empty()) {
    snapshot->catalog =
        must(discovery::parse_app_tags(source("apps.yaml", options_.app_tags), *snapshot->catalog),
             "app tags");
  }
  if (!options_.noise.empty()) {
    snapshot->noise = must(discovery::parse_noise(source("noise.yaml", options_.noise)), "noise");
  }
  snapshot->suffixes = must(discovery::load_public_suffixes(""), "public suffixes");
  snapshot->tags = options_.ranges.empty()
                       ? std::make_shared<const discovery::IpTags>()
                       : must(discovery::parse_ip_tags(source("ip_ranges.yaml", options_.ranges),
                                                       ".", clock_.now(), warnings),
                              "ranges");
  snapshot->geo = geo_of(options_);
  snapshot->users =
      must(discovery::parse_users(
               options_.users.empty() ? nullptr : source("users.yaml", options_.users),
               options_.user_addresses.empty() ? nullptr
                                               : source("addresses.yaml", options_.user_addresses),
               warnings),
           "users");
  if (options_.agents) {
    const std::string conf = SALLYPORT_SOURCE_DIR "/conf/agents/";
    snapshot->agents = must(discovery::load_agents({"/usr/share/uap-core/regexes.yaml",
                                                    conf + "clients.yaml", conf + "releases.yaml"},
                                                   warnings),
                            "agents");
  }
  std::shared_ptr<const discovery::Htpasswd> passwords;
  if (!options_.passwords.empty()) {
    passwords = must(discovery::parse_htpasswd(Source{"htpasswd", options_.passwords}, warnings),
                     "passwords");
  }

  const std::vector<tls::Certificate> roots{root_.certificate};
  auto trust = tls::TrustStore::of(roots);
  if (!trust) give_up(describe(trust.error()));
  tls::Verifier::Options verify;
  verify.own_authorities = {authority_->certificate()};
  auto keys = tls::LeafKeys::make();
  if (!keys) give_up(describe(keys.error()));

  local::GatewayPages::Sources sources;
  sources.pac = [] {
    return std::string("function FindProxyForURL(url, host) { return \"DIRECT\"; }");
  };
  sources.health = [] { return std::string(); };
  sources.ca_pem = [this] { return authority_->certificate().to_pem(); };
  pages_ = std::make_unique<local::GatewayPages>(
      local::GatewayPages::Identity{"proxy.test", 3128, ""}, sources);

  session::Settings settings;
  settings.gateway_name = "proxy.test";
  settings.pseudonym = "sallyport-test";
  listen::ProxyOptions proxy;
  proxy.gateway_name = "proxy.test";
  std::vector<IpPrefix> allowed;
  if (!options_.untrusted_guard) {
    allowed = {*IpPrefix::parse("198.18.0.0/15"), *IpPrefix::parse("203.0.113.0/24")};
  }
  const std::vector<IpEndpoint> own{{*IpAddress::parse("127.0.0.1"), 3128}};
  shared_ = std::make_unique<app::Shared>(app::Shared{
      clock_,
      {snapshot,
       std::make_shared<const io::StaticNames>(),
       std::make_shared<const origin::AddressGuard>(allowed, own, std::vector<IpAddress>{}),
       std::make_shared<const tls::Verifier>(*trust, verify),
       passwords,
       settings,
       {},
       {},
       proxy,
       options_.sign_in},
      authority_,
      *keys,
      discovery::CredentialCache::make_key(),
      throttle_,
      inline_pool_,
      inline_pool_,
      *pages_,
      {},
      "http://proxy.test:3128/ca.crl",
      std::make_shared<tls::TicketKeys>(clock_)});
  if (options_.tune) options_.tune(*shared_);
  auto connector = std::make_unique<MemoryConnector>(faults_);
  connector_ = connector.get();
  auto lookup = [this](const std::string& name) -> Result<std::vector<IpAddress>> {
    ++lookups_;
    if (faults_.next()) return fail(ErrorKind::resolve_failed, Side::ours, "broken in a test");
    const auto found = names_.find(name);
    if (found == names_.end()) return fail(ErrorKind::name_not_found, Side::origin, name);
    std::vector<IpAddress> addresses;
    for (const std::string_view text : split(found->second, ' '))
      addresses.push_back(*IpAddress::parse(text));
    return addresses;
  };
  auto parts = app::WorkerParts::make(0, *shared_, nullptr, std::move(connector),
                                      std::make_unique<VectorRecorder>(events_), lookup);
  if (!parts) give_up(describe(parts.error()));
  parts_ = std::move(*parts);
}

Rig::~Rig() { finish(); }

void Rig::change_rules(const std::string& rules) {
  Diagnostics warnings;
  app::Tunables tunables = shared_->first;
  auto snapshot = std::make_shared<session::Snapshot>(*tunables.snapshot);
  snapshot->id = "rig-" + std::to_string(++reloads_);
  snapshot->policy = must(
      policy::compile({.policies = {source("rules.yaml", rules)}, .templates = {}, .lists = {}},
                      options_.policy, warnings),
      "rules");
  tunables.snapshot = std::move(snapshot);
  parts_->take(tunables);
  settle();
}

void Rig::finish() {
  if (finished_) return;
  finished_ = true;
  parts_->proxy().drain();
  settle();
  parts_->proxy().abort_all();
  settle();
  parts_->pool().abort();
  settle();
  CHECK(parts_->proxy().empty());
}

Client Rig::client(const std::string& address) {
  PeerPipes pipes;
  pipes.from_system->room = options_.pipe_room;
  pipes.to_system->room = options_.pipe_room;
  io::Accepted accepted;
  accepted.stream = std::make_unique<MemoryStream>(pipes.to_system, pipes.from_system, faults_);
  accepted.peer = {*IpAddress::parse(address.empty() ? options_.client_address : address), 50000};
  accepted.local = {*IpAddress::parse("127.0.0.1"), 3128};
  parts_->proxy().take(std::move(accepted));
  settle();
  return Client(*this, pipes);
}

OriginServer& Rig::add_origin(const std::string& name, std::uint16_t port,
                              std::optional<TlsPeer::Options> tls) {
  if (!names_.contains(name)) {
    names_[name] = "198.18.0." + std::to_string(next_address_++);
  }
  origins_.push_back(std::make_unique<OriginServer>(*this, name));
  OriginServer* origin = origins_.back().get();
  for (const std::string_view address : split(names_[name], ' ')) {
    connector_->listen({*IpAddress::parse(address), port}, [this, origin, tls](PeerPipes pipes) {
      pipes.from_system->room = options_.pipe_room;
      OriginServer::Connection connection;
      connection.pipes = pipes;
      if (tls) connection.tls = std::make_shared<TlsPeer>(pipes, *tls);
      origin->connections_.push_back(std::move(connection));
      origin->current_ = origin->connections_.size() - 1;
    });
  }
  return *origin;
}

OriginServer& Rig::origin(const std::string& name, std::uint16_t port) {
  return add_origin(name, port, std::nullopt);
}

OriginServer& Rig::tls_origin(const std::string& name, std::vector<Issued> chain,
                              std::vector<std::byte> staple, std::string tls_name, bool tickets) {
  TlsPeer::Options options;
  options.tickets = tickets;
  options.server = true;
  options.chain = std::move(chain);
  options.staple = std::move(staple);
  if (options.chain.empty())
    options.chain = {issue(server_spec(tls_name.empty() ? name : tls_name), &root_)};
  return add_origin(name, 443, options);
}

OriginServer& Rig::http2_origin(const std::string& name) {
  TlsPeer::Options options;
  options.server = true;
  options.alpn = {"h2", "http/1.1"};
  options.chain = {issue(server_spec(name), &root_)};
  return add_origin(name, 443, options);
}

void Rig::resolve(const std::string& name, const std::string& address) { names_[name] = address; }

void Rig::settle() {
  bool moved = true;
  for (int rounds = 0; moved; ++rounds) {
    if (rounds > 100'000) give_up("nothing comes to rest");
    moved = parts_->worker().poll() > 0;
    for (const auto& origin : origins_) moved = origin->turn() || moved;
    for (const auto& weak : client_tls_) {
      if (const auto tls = weak.lock()) moved = tls->turn() || moved;
    }
  }
}

void Rig::pass(std::chrono::milliseconds span) {
  settle();
  while (span.count() > 0) {
    const auto step = std::min(span, std::chrono::milliseconds(100));
    clock_.pass(step);
    parts_->worker().deadlines().advance(clock_.steady());
    settle();
    span -= step;
  }
}

int Rig::connects() const { return connector_->attempts(); }

std::string Rig::events() const {
  std::string text;
  for (const discovery::Event& event : events_) {
    text += event.activity.user.value_or("-");
    text += ' ';
    text += event.kind == discovery::EventKind::exchange
                ? std::string(event.activity.type ? to_string(*event.activity.type) : "-")
                : std::string(discovery::to_string(event.kind));
    text += ' ' + (event.activity.host.empty() ? std::string("-") : event.activity.host) + ": " +
            std::string(discovery::to_string(event.ending));
    if (event.activity.status) text += ' ' + std::to_string(*event.activity.status);
    if (!event.verdict.policy.empty()) text += ", '" + event.verdict.policy + "'";
    text += '\n';
  }
  return text;
}

int status_of(std::string_view reply) {
  if (!reply.starts_with("HTTP/1.1 ") || reply.size() < 12) return 0;
  return static_cast<int>(parse_decimal(reply.substr(9, 3)).value_or(0));
}

std::string body_of(std::string_view message) {
  const std::size_t end = message.find("\r\n\r\n");
  return end == std::string_view::npos ? std::string() : std::string(message.substr(end + 4));
}

std::string head_of(std::string_view message) {
  std::string text;
  for (const std::string_view raw : split(message.substr(0, message.find("\r\n\r\n")), '\n')) {
    const std::string_view line = raw.ends_with('\r') ? raw.substr(0, raw.size() - 1) : raw;
    if (istarts_with(line, "via:")) continue;
    text += std::string(line) + "\n";
  }
  return text;
}

}  // namespace sallyport::testkit
