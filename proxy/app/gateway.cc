#include "proxy/app/gateway.h"

#include <algorithm>
#include <csignal>
#include <future>
#include <unistd.h>

#include "base/core/log.h"
#include "base/io/scheduling.h"
#include "discovery/alerts/sqlite_delivery_store.h"
#include "discovery/users/bcrypt.h"
#include "proxy/app/every_worker.h"
#include "proxy/app/gateway_parts.h"
#include "proxy/app/name_reveal.h"
#include "proxy/app/portal_keys.h"

namespace sallyport::app {

namespace {

constexpr std::chrono::milliseconds kLookAfter{5'000};     // the desk's round
constexpr std::chrono::milliseconds kAfterAbort{5'000};    // what cut connections get to end in
constexpr std::chrono::milliseconds kLastMessages{3'000};  // what receivers of logs get at the end
constexpr std::chrono::hours kCrlAge{24};

std::string colons(const std::string& hex) {
  std::string text;
  for (std::size_t i = 0; i < hex.size(); ++i) {
    if (i > 0 && i % 2 == 0) text += ':';
    text += static_cast<char>(hex[i] >= 'a' ? hex[i] - 32 : hex[i]);
  }
  return text;
}

Task<http::Reply> told(const std::string& json) { co_return admin::json_answer(json); }

std::string as_text(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

Result<void> Gateway::Parts::open_state(const LiveLog& live_log) {
  Result<std::unique_ptr<StateDirectory>> opened = StateDirectory::open(config.state_directory);
  if (!opened) return pass_on(std::move(opened));
  state = std::move(*opened);
  session::Quarantine::Hide hide;
  if (hides != nullptr) {
    hide = [cipher = hides](discovery::Event& event) { NameHider(cipher, nullptr).enrich(event); };
  }
  quarantine = std::make_shared<session::Quarantine>(quarantine_folder(state->path()), hide);
  auto loaded = open_authority(ca_directory(state->path()), clock.now());
  if (!loaded) return pass_on(std::move(loaded));
  authority = *loaded;
  renew_crl();

  // A store or journal that cannot be opened never stops traffic; it is said loudly, and the store
  // is tried again with what there is to write.
  discovery::SqliteOptions options;
  options.path = store_file(state->path());
  options.max_age = config.store_age;
  options.max_bytes = config.store_bytes;
  options.usage_max_age = config.usage_age;
  options.usage_max_bytes = config.usage_bytes;
  options.usage_exclude = hides ? hidden(*hides, config.usage_exclude) : config.usage_exclude;
  store = std::make_unique<ReopeningStore>(options);
  const Result<void> store_opened = store->open();
  if (!store_opened) log::error("activities are not stored: " + describe(store_opened.error()));
  auto journal_opened = discovery::Journal::open(journal_file(state->path()));
  if (journal_opened) {
    journal = std::move(*journal_opened);
  } else {
    log::error("there is no journal for blocked events: " + describe(journal_opened.error()));
  }
  for (discovery::FileSinkOptions file : config.logs.files) {
    if (!file.path.starts_with('/')) file.path = log_directory(state->path()) + "/" + file.path;
    auto sink = std::make_unique<discovery::FileSink>(std::move(file), clock);
    log_files.push_back(sink.get());
    sinks.push_back(std::move(sink));
  }
  if (live_log.fd >= 0) {
    sinks.push_back(std::make_unique<discovery::TextSink>(live_log.fd, live_log.colour));
  }
  return {};
}

// What people set by hand is policy: where it cannot be read the gateway does not start, because it
// would let through what was refused before.
Result<void> Gateway::Parts::open_hand(const Material& material) {
  auto opened = discovery::SqliteStateStore::open(hand_file(state->path()));
  if (!opened) return pass_on(std::move(opened));
  hand_store = std::move(*opened);
  hand = std::make_unique<HandTags>(*hand_store);
  standing_book = std::make_unique<StandingBook>(*hand_store, hides, provider_hosts(config.portal));
  alert_book = std::make_unique<AlertBook>(hand_store.get());
  action_book = std::make_unique<ActionBook>(*hand_store);
  Result<void> loaded = hand->load(*material.snapshot->catalog, clock.now());
  if (loaded) loaded = standing_book->load(clock.now());
  if (loaded) standing_book->end_signed_in(clock.now());
  if (loaded) loaded = alert_book->load(clock.now());
  if (loaded) loaded = action_book->load(clock.now());
  if (loaded) loaded = open_portal();
  return loaded;
}

Result<void> Gateway::Parts::open_portal() {
  portal_desk = std::make_unique<PortalDesk>(*hand_store, desk, config.portal.enrol, hides);
  if (Result<void> loaded = portal_desk->load(clock.now()); !loaded) return loaded;
  Result<portal::TicketKeys> keys = open_ticket_keys(portal_keys_file(state->path()), clock.now());
  if (!keys) return pass_on(std::move(keys));
  Diagnostics warnings;
  Checked<portal::Look> look = load_look(config.portal, config.name, config.contact, warnings);
  if (!look) return fail(ErrorKind::invalid, Side::ours, sallyport::render(look.error()));
  if (const std::string told = sallyport::render(warnings); !told.empty()) log::warning(told);
  portal::PortalOptions options;
  options.host = config.portal.host;
  options.issuer = config.portal.organisation;
  portal_state =
      std::make_unique<portal::PortalState>(options, std::move(*keys), std::move(*look), clock);
  portal_desk->questions().publish_to([this](std::shared_ptr<const portal::Questions> now) {
    portal_state->questions.store(std::move(now));
  });
  return {};
}

// The listener for operators. With TLS where it can be reached from elsewhere; the commands ask
// without, so there is always a place on loopback for them.
Result<void> Gateway::Parts::open_admin() {
  Result<std::string> token = admin::open_token(token_file(state->path()));
  if (!token) return pass_on(std::move(token));
  accounts = std::make_unique<AccountKeeper>(state->path(), *hand_store);
  if (Result<void> loaded = accounts->load(); !loaded) return loaded;
  console = std::make_unique<admin::ConsolePages>(*admin_pages, config.console_directory);
  api = std::make_unique<admin::Api>(std::move(*token), *console, api_table());
  std::vector<std::string> names = config.admin_server.names;
  names.push_back(config.name);
  door = std::make_unique<ConsoleDoor>(*api, *accounts, desk, clock, names, config.sign_in);
  api->ask(*door);
  add_account_routes(*api, *accounts, *door, desk, clock);
  if (!config.admin_server.certificate.empty()) {
    auto opened = AdminTls::open(config.admin_server.certificate, config.admin_server.key);
    if (!opened) return std::unexpected(opened.error());
    admin_tls = std::move(*opened);
  }
  admin = std::make_unique<listen::LocalServer>(desk, *api, std::move(names));
  const auto listen = [this](const IpEndpoint& address, bool tls) -> Result<IpEndpoint> {
    io::TcpListener::Options options;
    options.address = address;
    options.reuse_port = false;
    auto listener = io::TcpListener::open(desk, options);
    if (!listener) return std::unexpected(listener.error());
    const IpEndpoint at = (*listener)->local();
    if (tls) {
      admin->listen(std::move(*listener), [this](std::unique_ptr<io::ByteStream> stream) {
        return admin_tls->accept(std::move(stream));
      });
    } else {
      admin->listen(std::move(*listener));
      if (own_door.port == 0) own_door = at;
    }
    return at;
  };
  for (const IpEndpoint& address : config.admin) {
    const bool tls = admin_tls != nullptr && !is_loopback(address.address);
    const Result<IpEndpoint> at = listen(address, tls);
    if (!at) return std::unexpected(at.error());
    if (admin_url.empty()) admin_url = (tls ? "https://" : "http://") + at->to_string();
    admin_addresses.push_back(*at);
  }
  if (!config.admin.empty() && own_door.port == 0) {
    const Result<IpEndpoint> at = listen({*IpAddress::parse("127.0.0.1"), 0}, false);
    if (!at) return std::unexpected(at.error());
  }
  return {};
}

// REQUIRES: the workers are there. Each has what was kept before its first client.
void Gateway::Parts::open_standing() {
  for (const auto& worker : workers) {
    worker->worker().post(
        [parts = worker.get(), now = standing_book->standing()] { parts->snapshots().stand(now); });
  }
  standing = std::make_unique<StandingDesk>(
      *standing_book, desk,
      [this](std::shared_ptr<const policy::Standing> now) { return stand(std::move(now)); },
      [this](Task<void> task) {
        if (draining) return false;
        desk_nursery->start(std::move(task));
        return true;
      });
}

Task<void> Gateway::Parts::stand(std::shared_ptr<const policy::Standing> now) {
  std::vector<WorkerParts*> all;
  for (const auto& worker : workers) all.push_back(worker.get());
  const std::function<void(WorkerParts&)> take = [now](WorkerParts& parts) {
    parts.snapshots().stand(now);
    parts.proxy().stand(*now);
  };
  co_await on_every_worker(desk, all, take);
}

std::shared_ptr<const tls::Verifier> judge_of(const std::shared_ptr<const tls::TrustStore>& roots) {
  return roots == nullptr ? nullptr
                          : std::make_shared<const tls::Verifier>(roots, tls::Verifier::Options{});
}

Result<void> Gateway::Parts::open_exporter(const Material& material) {
  if (config.logs.syslogs.empty()) return {};
  auto made = exporting::Exporter::make(clock, lookups);
  if (!made) return pass_on(std::move(made));
  exporter = std::move(*made);
  for (std::size_t i = 0; i < config.logs.syslogs.size(); ++i) {
    exporting::SyslogOptions options = config.logs.syslogs[i].options;
    if (options.format.host_name == "-") options.format.host_name = config.name;
    options.format.process_id = std::to_string(::getpid());
    const auto roots = i < material.log_roots.size() ? material.log_roots[i] : nullptr;
    syslogs.push_back(&exporter->add(std::move(options), judge_of(roots)));
  }
  return {};
}

void Gateway::Parts::renew_crl() {
  Result<std::vector<std::byte>> der = authority->crl_der(clock.now());
  if (der) {
    crl.store(std::make_shared<const std::string>(as_text(*der)));
  } else {
    log::error("the revocation list cannot be signed: " + describe(der.error()));
  }
}

void Gateway::Parts::make_pages() {
  local::GatewayPages::Identity identity;
  identity.name = config.name;
  identity.port = proxy_addresses.front().port;
  identity.contact = config.contact;
  local::GatewayPages::Sources sources;
  const tls::Certificate certificate = authority->certificate();
  sources.ca_pem = [certificate] { return certificate.to_pem(); };
  sources.ca_der = [certificate] { return as_text(certificate.to_der()); };
  sources.ca_fingerprint = [certificate] { return colons(certificate.sha256()); };
  sources.crl_der = [this] {
    const auto current = crl.load();
    return current ? *current : std::string();
  };
  sources.pac = [this] { return *pac.load(); };
  sources.health = [this] { return draining ? std::string("draining") : std::string(); };
  pages = std::make_unique<local::GatewayPages>(identity, sources);
  sources.metrics = [this] {
    return render_prometheus(metric_sets()) +
           discovery::render_feed_metrics(tags->feeds(), clock.now()) +
           discovery::render_geo_metrics(geo->databases(), clock.now()) +
           (delivery ? render_receiver_metrics(delivery->status(), clock.now()) : std::string()) +
           governance_metrics();
  };
  admin_pages = std::make_unique<local::GatewayPages>(identity, sources);
}

Result<void> Gateway::Parts::open_listeners() {
  // Opened once here to settle port 0 and to say early what cannot be had; each worker then opens
  // the same address beside it.
  for (const IpEndpoint& address : config.listeners) {
    io::TcpListener::Options options;
    options.address = address;
    options.v6_only = true;
    options.reuse_port =
        false;  // Refused where anybody listens already, another gateway of ours too.
    auto listener = io::TcpListener::open(desk, options);
    if (!listener) {
      // A machine without IPv6 still gets its gateway.
      if (address.address.is_v6() && !proxy_addresses.empty()) {
        log::warning(listener.error().detail + "; going on without it");
        continue;
      }
      return pass_on(std::move(listener));
    }
    proxy_addresses.push_back((*listener)->local());
  }
  for (const IpEndpoint& address : config.tls_listeners) {
    io::TcpListener::Options options;
    options.address = address;
    options.v6_only = true;
    options.reuse_port = false;
    auto listener = io::TcpListener::open(desk, options);
    if (!listener) return pass_on(std::move(listener));
    tls_addresses.push_back((*listener)->local());
  }
  return {};
}

Result<void> Gateway::Parts::open_workers(const Material& material) {
  auto keys = tls::LeafKeys::make();
  if (!keys) return pass_on(std::move(keys));
  Result<std::string> name = state->pseudonym();
  if (!name) return pass_on(std::move(name));
  pseudonym = std::move(*name);
  descriptors = io::raise_descriptor_limit();
  desk.metrics().set(Metric::descriptors_limit, static_cast<std::int64_t>(descriptors));
  const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  const unsigned count = config.workers != 0 ? config.workers : cores;
  worker_count = count;
  admission = std::make_shared<listen::Admission>(config.connections);
  const std::string crl_url =
      "http://" + config.name + ":" + std::to_string(proxy_addresses.front().port) + "/ca.crl";
  shared = std::make_unique<Shared>(Shared{clock, tune(config, material), authority, *keys,
                                           discovery::CredentialCache::make_key(), throttle,
                                           lookups, work, *pages, config.pool, crl_url,
                                           std::make_shared<tls::TicketKeys>(clock)});
  shared->portal_state = portal_state.get();
  shared->portal.host = config.portal.host;
  shared->portal.issuer = config.portal.organisation;
  shared->portal_desk = portal_desk.get();
  shared->standing = &standing;
  auto provider = load_provider(config.portal);
  if (!provider) return fail(ErrorKind::invalid, Side::ours, sallyport::render(provider.error()));
  shared->provider = std::move(*provider);
  // Ready before the first client that needs it, in all likelihood; until then such clients are
  // refused.
  work.submit([leaf_keys = *keys] {
    const Result<void> made = leaf_keys->prepare_rsa();
    if (!made) log::warning("no RSA key for leaves: " + describe(made.error()));
  });

  for (unsigned index = 0; index < count; ++index) {
    auto made = WorkerParts::make(static_cast<int>(index), *shared, &bell);
    if (!made) return pass_on(std::move(made));
    WorkerParts& parts = **made;
    workers.push_back(std::move(*made));
    const Result<std::string> text =
        read_file(pins_file(state->path(), static_cast<int>(index)), tls::PinMemory::kMaxText);
    if (text) {
      if (auto pins = tls::PinMemory::parse(*text)) parts.pins() = std::move(*pins);
    }
    for (const auto* doors : {&proxy_addresses, &tls_addresses}) {
      for (const IpEndpoint& address : *doors) {
        io::TcpListener::Options options;
        options.address = address;
        options.v6_only = true;
        options.keep_free = kFreeFiles;
        auto listener = io::TcpListener::open(parts.worker(), options);
        if (!listener) return pass_on(std::move(listener));
        parts.proxy().listen(std::move(*listener), doors == &tls_addresses);
      }
    }
  }
  return {};
}

// REQUIRES: what the workers begin with is there.
Result<void> Gateway::Parts::open_sign_in() {
  std::optional<ConsoleSignIn::At> at;
  if (const auto& sign_in = config.admin_server.sign_in) {
    auto provider = load_provider_options(sign_in->at);
    if (!provider) return fail(ErrorKind::invalid, Side::ours, sallyport::render(provider.error()));
    auto made = DeskWay::make(desk, lookups, shared->first);
    if (!made) return pass_on(std::move(made));
    way = std::move(*made);
    at.emplace(ConsoleSignIn::At{*sign_in, std::move(*provider), way->fetcher()});
  }
  console_sign_in = std::make_unique<ConsoleSignIn>(*api, *door, *accounts, clock, std::move(at));
  return {};
}

void Gateway::Parts::memory_is_short(bool is_short) {
  admission->set_memory_short(is_short);
  if (!is_short) return;
  for (const auto& one : workers) {
    one->worker().post([parts = one.get()] {
      parts->proxy().shed_idle();
      parts->pool().clear();
    });
  }
}

void Gateway::Parts::save_pins() {
  for (const auto& one : workers) {
    WorkerParts* parts = one.get();
    const std::string path = pins_file(state->path(), parts->worker().index());
    parts->worker().post([this, parts, path] {
      if (parts->pins().size() == 0) return;
      desk.post([path, text = parts->pins().serialise()] {
        const Result<void> written = write_file(path, text, 0640);
        if (!written) log::warning(describe(written.error()));
      });
    });
  }
}

// The desk's round: what a person should hear of, and what is written now and then.
Task<void> Gateway::Parts::look_after() {
  Time crl_made = clock.now();
  io::Deadline next(desk.deadlines(), [this] { desk_wakes.notify(); });
  for (int round = 1;; ++round) {
    next.set(kLookAfter);
    co_await desk_wakes.wait();
    if (draining) co_return;
    const discovery::ScribeStatus status = scribe->status();
    if (status.store_ok != store_was_ok) {
      store_was_ok = status.store_ok;
      if (status.store_ok) {
        log::info("the store works again");
      } else {
        log::error("activities are not stored for now; blocked ones go to the journal: " +
                   status.store_error);
      }
    }
    std::string trouble;
    for (const std::string& one : status.sink_errors)
      trouble += (trouble.empty() ? "" : "; ") + one;
    if (trouble != sink_trouble) {
      if (trouble.empty()) {
        log::info("the logs work again");
      } else {
        log::warning("a log is in trouble: " + trouble);
      }
      sink_trouble = std::move(trouble);
    }
    if (round % 6 == 0) {
      save_pins();
      quarantine->tend(clock.now());
    }
    addresses->look_after();
    auditor->look_after();
    policy_calls->look();
    co_await standing->look_after();
    say_governance_head();
    if (portal_state->keys.load()->due(clock.now())) {
      Result<portal::TicketKeys> keys =
          open_ticket_keys(portal_keys_file(state->path()), clock.now());
      if (keys) {
        portal_state->keys.store(std::make_shared<const portal::TicketKeys>(std::move(*keys)));
      } else {
        log::warning("the portal's keys stay the old ones: " + describe(keys.error()));
      }
    }
    if (clock.now() - crl_made > kCrlAge) {
      crl_made = clock.now();
      renew_crl();
    }
  }
}

Gateway::Gateway(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Gateway::~Gateway() {
  if (parts_->running) stop();
}

Result<std::unique_ptr<Gateway>> Gateway::open(Loader loader, LiveLog live_log,
                                               const Clock& clock) {
  const Config config = loader.config();
  Material material = loader.material();
  std::signal(SIGPIPE, SIG_IGN);
  auto parts = std::make_unique<Parts>(config, clock);
  Parts& p = *parts;
  p.hides = loader.names();
  Result<void> done;
  if (config.anonymize_users && p.hides == nullptr) {
    done = fail(ErrorKind::invalid, Side::ours, "names are to be hidden, and there is no key");
  }
  if (done) done = p.open_state(live_log);
  if (done) done = p.open_exporter(material);
  if (done) done = p.open_listeners();
  if (!done) return pass_on(std::move(done));
  p.show(config, material);
  p.make_pages();
  done = p.open_hand(material);
  if (!done) return pass_on(std::move(done));
  material = dressed(material, *p.hand);
  p.archive = std::make_unique<PolicyArchive>(policy_archive(p.state->path()));
  const Result<void> kept =
      p.archive->keep(material.snapshot->id, material.policies, clock.now(), config.store_age);
  if (!kept) {
    log::warning("these policies are not kept for explaining events later: " +
                 describe(kept.error()));
  }
  done = p.open_admin();
  if (!done) return pass_on(std::move(done));
  done = p.open_workers(material);
  if (done) done = p.open_sign_in();
  if (!done) return pass_on(std::move(done));

  // Each worker has the map before its first client: what is posted now runs before it accepts.
  p.addresses = std::make_unique<AddressKeeper>(
      addresses_file(p.state->path()), clock,
      [&p](const AddressKeeper::Map& map) {
        for (const auto& worker : p.workers) {
          worker->worker().post([parts = worker.get(), map] { parts->proxy().know(map); });
        }
      },
      p.hides);
  p.addresses->open();
  add_address_routes(*p.api, *p.addresses);
  p.open_standing();

  std::vector<discovery::EventRing*> rings;
  for (const auto& worker : p.workers) rings.push_back(&worker->ring());
  std::vector<discovery::Sink*> sinks;
  for (const auto& sink : p.sinks) sinks.push_back(sink.get());
  sinks.insert(sinks.end(), p.syslogs.begin(), p.syslogs.end());
  p.auditor = std::make_unique<ReadAuditor>(
      read_audit_file(p.state->path()), config.audit_reads,
      discovery::ReadAuditOptions{.max_age = config.audit_age}, p.desk, clock);
  done = p.open_alerts(material);
  if (!done) return pass_on(std::move(done));
  sinks.push_back(p.alerts.get());
  sinks.push_back(&p.live);
  sinks.push_back(&p.ledger);
  p.scribe =
      std::make_unique<discovery::Scribe>(discovery::ScribeOptions{}, clock, p.bell, rings,
                                          p.store.get(), p.journal.get(), sinks, p.scribe_metrics);
  if (p.hides != nullptr) {
    p.hider = std::make_unique<NameHider>(p.hides, p.alerts.get());
    p.scribe->enrich_by(p.hider.get());
    p.api->before([&p](admin::Call& call, std::string_view pattern) {
      return ask_by_pseudonyms(call, pattern, *p.hides, *p.files->material().snapshot->users);
    });
  } else {
    p.scribe->enrich_by(p.alerts.get());
  }
  std::vector<WorkerParts*> workers;
  for (const auto& worker : p.workers) workers.push_back(worker.get());
  p.files = std::make_unique<Desk>(
      p.desk, std::move(loader), *p.hand, *p.archive, std::move(workers),
      [&p](const Config& now, const Material& made) {
        Tunables tunables = p.tune(now, made);
        if (p.way) p.way->take(tunables);
        return tunables;
      },
      [&p](const Config& now, const Material& made) { p.show(now, made); });
  // Where the command line finds us. Who connects before start() waits in the listener's queue.
  if (p.own_door.port != 0) {
    const Result<void> told =
        write_file(admin_file(p.state->path()), p.own_door.to_string() + "\n", 0640);
    if (!told) log::warning(describe(told.error()));
  }
  p.desk_api = std::make_unique<DeskApi>(*p.api, *p.files, clock,
                                         [&p](JsonWriter& json) { p.write_status(json); });
  add_standing_routes(*p.api, *p.standing, *p.files);
  add_access_routes(*p.api, p.portal_desk->access(), *p.standing, *p.files);
  add_factor_routes(*p.api, p.portal_desk->factors(), *p.files, clock);
  add_question_routes(*p.api, p.portal_desk->questions(), *p.files, clock, p.state->path());
  const Result<NameCipherPtr> were_hidden = open_names(p.state->path());
  if (!were_hidden) log::warning(describe(were_hidden.error()));
  add_name_routes(*p.api, *p.hand_store, were_hidden ? *were_hidden : p.hides, clock, *p.auditor);
  p.actions = std::make_unique<ActionCaller>(*p.action_book, p.desk, config.name, p.hides);
  p.actions->set(config.webhook_actions, material.actions);
  p.policy_calls = std::make_unique<PolicyCalls>(
      *p.actions, clock,
      [file = alerts_file(p.state->path())]() -> Result<std::unique_ptr<discovery::DeliveryStore>> {
        auto opened = discovery::SqliteDeliveryStore::open(file);
        if (!opened) return pass_on(std::move(opened));
        return std::unique_ptr<discovery::DeliveryStore>(std::move(*opened));
      });
  p.policy_calls->look();
  add_action_routes(*p.api, *p.actions, *p.files);
  p.explain_api =
      std::make_unique<ExplainApi>(*p.api, *p.files, p.desk, p.state->path(), *p.auditor);
  p.person_routes =
      std::make_unique<PersonRoutes>(*p.api, *p.files, p.desk, clock, p.state->path(), *p.auditor,
                                     PersonRoutes::Books{*p.standing, *p.portal_desk, *p.alert_book,
                                                         *p.action_book, *p.addresses});
  p.discovery_api = std::make_unique<DiscoveryApi>(*p.api, *p.files, p.clock, p.desk,
                                                   p.state->path(), *p.auditor);
  p.activity_routes = std::make_unique<ActivityRoutes>(*p.api, *p.files, p.live, p.clock, p.desk,
                                                       p.state->path(), *p.auditor);
  p.policy_routes = std::make_unique<PolicyRoutes>(*p.api, *p.files, *p.hand_store, p.clock, p.desk,
                                                   p.state->path());
  p.replay_routes = std::make_unique<ReplayRoutes>(*p.api, *p.files, p.clock, p.desk,
                                                   p.state->path(), *p.auditor);
  p.history_routes = std::make_unique<HistoryRoutes>(*p.api, *p.files, p.desk);
  p.inventory_routes = std::make_unique<InventoryRoutes>(*p.api, *p.files, p.clock, p.desk,
                                                         p.state->path(), *p.auditor);
  p.api->on("GET", "/api/v1/gateway", [&p](const admin::Call&) { return p.gateway_page(); });
  p.api->on("GET", "/api/v1/openapi.json", [&p](const admin::Call&) { return told(p.document); });
  p.document = admin::openapi(p.api->routes(), api_schemas());
  return std::unique_ptr<Gateway>(new Gateway(std::move(parts)));
}

void Gateway::start() {
  Parts& p = *parts_;
  p.running = true;
  p.started = p.clock.now();
  if (p.exporter) p.exporter->start();
  p.scribe->start();
  p.delivery->start();
  p.desk_nursery = std::make_unique<io::Nursery>(p.desk.executor());
  p.desk_nursery->start(p.look_after());
  p.desk_nursery->start(p.actions->run());
  p.files->start(*p.desk_nursery);
  p.memory = std::make_unique<MemoryGuard>(p.desk, p.config.memory,
                                           [&p](bool is_short) { p.memory_is_short(is_short); });
  p.desk_nursery->start(p.memory->run());
  p.admin->start();
  for (const auto& worker : p.workers) worker->proxy().start();
  p.threads.emplace_back([&p] {
    io::name_thread("desk");
    p.desk.run();
  });
  for (const auto& worker : p.workers) {
    p.threads.emplace_back([parts = worker.get()] {
      io::name_thread("worker " + std::to_string(parts->worker().index()));
      io::ask_for_short_turns();
      parts->worker().run();
    });
  }
}

void Gateway::reload() { parts_->files->reload_soon(); }

void Gateway::reopen_logs() {
  for (discovery::FileSink* file : parts_->log_files) file->reopen();
}

namespace {

Task<void> end_worker(WorkerParts& parts, std::promise<void>& done) {
  co_await parts.proxy().join();
  parts.pool().abort();
  co_await parts.pool().join();
  done.set_value();
}

Task<void> end_desk(listen::LocalServer& admin, io::Nursery& others, DeskWay* way,
                    std::promise<void>& done) {
  co_await admin.join();
  co_await others.join();
  if (way != nullptr) co_await way->join();
  done.set_value();
}

}  // namespace

void Gateway::stop() {
  Parts& p = *parts_;
  if (!p.running) return;
  p.running = false;
  p.draining = true;
  ::unlink(admin_file(p.state->path()).c_str());
  p.save_pins();

  std::vector<std::promise<void>> done(p.workers.size());
  // All of them before the first worker looks for its own.
  for (const auto& worker : p.workers) {
    p.endings.push_back(std::make_unique<io::Nursery>(worker->worker().executor()));
  }
  for (std::size_t i = 0; i < p.workers.size(); ++i) {
    WorkerParts* parts = p.workers[i].get();
    parts->worker().post([parts, ending = p.endings[i].get(), end = &done[i]] {
      parts->proxy().drain();
      ending->start(end_worker(*parts, *end));
    });
  }
  std::vector<std::future<void>> ended;
  for (auto& one : done) ended.push_back(one.get_future());
  const auto wait_all = [&ended](std::chrono::steady_clock::time_point until) {
    for (auto& one : ended) {
      if (one.wait_until(until) != std::future_status::ready) return false;
    }
    return true;
  };
  bool clean = wait_all(std::chrono::steady_clock::now() + p.config.drain);
  if (!clean) {
    for (const auto& worker : p.workers) {
      worker->worker().post([parts = worker.get()] { parts->proxy().abort_all(); });
    }
    clean = wait_all(std::chrono::steady_clock::now() + kAfterAbort);
  }

  // Before the desk: calls of it may wait for a test. What waits for receivers waits on disk.
  p.delivery->stop(kLastMessages);
  std::promise<void> desk_done;
  io::Nursery desk_ending(p.desk.executor());
  p.desk.post([&] {
    p.live.close();
    p.admin->close();
    if (p.way) p.way->close();
    p.files->close();
    p.actions->close();
    p.desk_wakes.notify();
    p.memory->stop();
    desk_ending.start(end_desk(*p.admin, *p.desk_nursery, p.way.get(), desk_done));
  });
  clean = desk_done.get_future().wait_for(kLookAfter + kAfterAbort) == std::future_status::ready &&
          clean;

  for (const auto& worker : p.workers) worker->worker().stop();
  p.desk.stop();
  for (std::thread& thread : p.threads) thread.join();
  // What was posted last, the ends of the last tasks among it.
  while (p.desk.poll() > 0) {
  }
  for (const auto& worker : p.workers) {
    while (worker->worker().poll() > 0) {
    }
  }
  p.addresses->look_after();
  p.auditor->close();
  p.scribe->stop(std::chrono::seconds(5));
  p.close_alerts();
  if (p.exporter) p.exporter->stop(kLastMessages);
  if (!clean) {
    // Something would not end: a bug, but every event is written, and the system frees the rest.
    log::error("some connections did not end; leaving without them");
    ::_exit(3);
  }
}

const std::vector<IpEndpoint>& Gateway::proxy_addresses() const { return parts_->proxy_addresses; }
const std::vector<IpEndpoint>& Gateway::tls_addresses() const { return parts_->tls_addresses; }
const std::vector<IpEndpoint>& Gateway::admin_addresses() const { return parts_->admin_addresses; }
std::string Gateway::admin_url() const { return parts_->admin_url; }

Result<std::string> Gateway::first_account() {
  Parts& p = *parts_;
  if (!p.accounts->empty() || p.admin_addresses.empty()) return std::string();
  std::string password = one_time_password();
  const auto refusal = p.accounts->add(kFirstAccount, admin::Role::operator_,
                                       discovery::bcrypt_hash(password, kOneTimePasswordCost),
                                       "the first start", p.clock.now());
  if (refusal) return fail(ErrorKind::storage, Side::ours, refusal->detail);
  return password;
}
std::string Gateway::ca_file() const {
  return ca_directory(parts_->state->path()) + "/" + tls::Authority::kCertificateFile;
}

}  // namespace sallyport::app
