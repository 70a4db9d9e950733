#pragma once
// What a gateway is made of, for the files that implement it (gateway*.cc) and for nobody else.
// Reading the members shows what there is; gateway.cc constructs it, gateway_tune.cc says what
// workers get of what the files say, gateway_status.cc what operators are told, gateway_alerts.cc
// where alerts come from and go to.
//
// INVARIANT: the order of members is the order of making, and its reverse that of ending.

#include <algorithm>
#include <atomic>
#include <csignal>
#include <future>
#include <thread>
#include <unistd.h>

#include "base/io/deadline.h"
#include "base/io/descriptors.h"
#include "base/io/published.h"
#include "base/io/signal.h"
#include "base/json/writer.h"
#include "discovery/alerts/alert_raiser.h"
#include "discovery/events/scribe.h"
#include "discovery/events/sink_text.h"
#include "discovery/logs/sink_file.h"
#include "discovery/store/sqlite_state_store.h"
#include "proxy/admin/api.h"
#include "proxy/admin/console_pages.h"
#include "proxy/admin/openapi.h"
#include "proxy/app/access_routes.h"
#include "proxy/app/account_routes.h"
#include "proxy/app/action_routes.h"
#include "proxy/app/activity_routes.h"
#include "proxy/app/address_keeper.h"
#include "proxy/app/address_routes.h"
#include "proxy/app/admin_tls.h"
#include "proxy/app/alert_book.h"
#include "proxy/app/api_schemas.h"
#include "proxy/app/api_table.h"
#include "proxy/app/capacity.h"
#include "proxy/app/console_door.h"
#include "proxy/app/console_sign_in.h"
#include "proxy/app/desk.h"
#include "proxy/app/desk_api.h"
#include "proxy/app/desk_way.h"
#include "proxy/app/discovery_api.h"
#include "proxy/app/explain_api.h"
#include "proxy/app/factor_routes.h"
#include "proxy/app/gateway.h"
#include "proxy/app/history_routes.h"
#include "proxy/app/host_ledger.h"
#include "proxy/app/inventory_routes.h"
#include "proxy/app/live_feed.h"
#include "proxy/app/names.h"
#include "proxy/app/own_authority.h"
#include "proxy/app/person_routes.h"
#include "proxy/app/policy_calls.h"
#include "proxy/app/policy_routes.h"
#include "proxy/app/question_routes.h"
#include "proxy/app/read_auditor.h"
#include "proxy/app/receiver_routes.h"
#include "proxy/app/reopening_store.h"
#include "proxy/app/replay_routes.h"
#include "proxy/app/standing_routes.h"
#include "proxy/app/state_directory.h"
#include "proxy/app/unread_alerts.h"
#include "proxy/app/worker_parts.h"
#include "proxy/export/exporter.h"
#include "proxy/listen/local_server.h"
#include "proxy/session/dropped_credentials.h"
#include "proxy/session/quarantine.h"
#include "proxy/session/sessions.h"
#include "proxy/session/throttle.h"

namespace sallyport::app {

inline constexpr std::size_t kLookupThreads = 16;
// Of the files that the process may have open: for the store, the logs, origins, the admin
// listener.
inline constexpr std::size_t kFreeFiles = 64;

// Who judges the receiver of a log; null without roots.
std::shared_ptr<const tls::Verifier> judge_of(const std::shared_ptr<const tls::TrustStore>& roots);

struct Gateway::Parts {
  Parts(const Config& the_config, const Clock& the_clock)
      : config(the_config),
        clock(the_clock),
        throttle(the_clock.steady()),
        desk(1000, the_clock),
        lookups(kLookupThreads, 1024, "lookup"),
        work(2, 256, "work") {}

  Config config;
  const Clock& clock;
  std::unique_ptr<StateDirectory> state;
  NameCipherPtr hides;  // null: names of persons are not hidden
  std::shared_ptr<const tls::Authority> authority;
  io::Published<std::string> crl;
  io::Published<std::string> pac;
  std::shared_ptr<const discovery::IpTags> tags;  // The desk's, for the metrics of feeds.
  std::shared_ptr<const discovery::Geo> geo;      // Likewise.
  std::atomic<bool> draining{false};
  auth::SignInThrottle throttle;

  io::Worker desk;
  std::unique_ptr<local::GatewayPages> pages;
  std::unique_ptr<local::GatewayPages> admin_pages;
  std::unique_ptr<discovery::StateStore> hand_store;
  std::unique_ptr<HandTags> hand;
  std::unique_ptr<StandingBook> standing_book;
  std::unique_ptr<AlertBook> alert_book;
  std::unique_ptr<ActionBook> action_book;
  std::unique_ptr<PortalDesk> portal_desk;
  std::unique_ptr<portal::PortalState> portal_state;
  std::unique_ptr<PolicyArchive> archive;
  std::unique_ptr<admin::ConsolePages> console;
  std::unique_ptr<admin::Api> api;
  std::unique_ptr<AdminTls> admin_tls;  // null: without
  std::unique_ptr<listen::LocalServer> admin;
  std::unique_ptr<AccountKeeper> accounts;
  std::unique_ptr<ConsoleDoor> door;
  std::unique_ptr<Shared> shared;
  discovery::Bell bell;
  std::vector<std::unique_ptr<WorkerParts>> workers;
  std::unique_ptr<exporting::Exporter> exporter;  // null: no receiver of logs
  std::unique_ptr<delivery::Delivery> delivery;   // once alerts are open
  // Behind the workers, so that what still runs here ends while their loops exist.
  io::WorkPool lookups;
  io::WorkPool work;
  std::vector<IpEndpoint> proxy_addresses;
  std::vector<IpEndpoint> tls_addresses;
  std::vector<IpEndpoint> admin_addresses;
  std::string admin_url;  // for people
  std::string document;   // of the API
  IpEndpoint own_door;    // for the commands: loopback, without TLS
  std::string pseudonym;
  // The verifier in force, and what it was made of.
  mutable std::shared_ptr<const tls::Verifier> judge;
  mutable std::shared_ptr<const tls::TrustStore> judged_by;
  mutable bool judge_blocks_unknown = false;

  std::unique_ptr<ReopeningStore> store;
  std::unique_ptr<discovery::Journal> journal;
  std::vector<std::unique_ptr<discovery::Sink>> sinks;
  std::vector<discovery::Sink*> syslogs;        // the exporter's
  std::vector<discovery::FileSink*> log_files;  // those of `sinks` that are files
  MetricSet scribe_metrics;
  const std::shared_ptr<session::SpoolBudget> spools =
      std::make_shared<session::SpoolBudget>(std::uint64_t{0});
  const std::shared_ptr<discovery::TransferBook> transfers =
      std::make_shared<discovery::TransferBook>();
  const std::shared_ptr<session::DroppedCredentials> dropped =
      std::make_shared<session::DroppedCredentials>();
  const std::shared_ptr<session::Sessions> sessions = std::make_shared<session::Sessions>();
  const std::shared_ptr<session::Throttles> throttles = std::make_shared<session::Throttles>();
  std::shared_ptr<session::Quarantine> quarantine;  // once the state is open
  mutable discovery::ProgramShelf programs;         // tune() puts what workers get
  std::unique_ptr<discovery::AlertRaiser> alerts;   // a sink of the scribe
  LiveFeed live{desk};                              // likewise
  HostLedger ledger;                                // likewise
  std::unique_ptr<NameHider> hider;                 // before them all, where there is one
  std::unique_ptr<discovery::Scribe> scribe;
  bool store_was_ok = true;
  std::string sink_trouble;
  discovery::GovernanceHead said_head;

  std::vector<std::thread> threads;
  std::shared_ptr<listen::Admission> admission;
  std::size_t descriptors = 0;
  std::size_t worker_count = 0;
  mutable std::string capacity_warning;  // the last one said
  std::unique_ptr<MemoryGuard> memory;
  std::unique_ptr<io::Nursery> desk_nursery;
  io::Signal desk_wakes;
  std::unique_ptr<AddressKeeper> addresses;
  std::unique_ptr<ReadAuditor> auditor;
  std::unique_ptr<StandingDesk> standing;
  std::unique_ptr<DeskWay> way;  // null: the desk asks nobody
  std::unique_ptr<ConsoleSignIn> console_sign_in;
  std::unique_ptr<Desk> files;
  std::unique_ptr<DeskApi> desk_api;
  std::unique_ptr<ExplainApi> explain_api;
  std::unique_ptr<ActionCaller> actions;
  std::unique_ptr<PolicyCalls> policy_calls;  // once actions are there
  std::unique_ptr<PersonRoutes> person_routes;
  std::unique_ptr<DiscoveryApi> discovery_api;
  std::unique_ptr<ActivityRoutes> activity_routes;
  std::unique_ptr<PolicyRoutes> policy_routes;
  std::unique_ptr<ReplayRoutes> replay_routes;
  std::unique_ptr<UnreadAlerts> unread_alerts;
  std::unique_ptr<HistoryRoutes> history_routes;
  std::unique_ptr<InventoryRoutes> inventory_routes;
  Time started{};
  std::vector<std::unique_ptr<io::Nursery>> endings;
  bool running = false;

  Result<void> open_state(const LiveLog& live_log);
  Result<void> open_hand(const Material& material);
  void open_standing();
  Result<void> open_portal();
  Result<void> open_admin();
  Task<void> stand(std::shared_ptr<const policy::Standing> standing);
  Result<void> open_exporter(const Material& material);
  Result<void> open_listeners();
  Result<void> open_workers(const Material& material);
  Result<void> open_sign_in();
  Tunables tune(const Config& now, const Material& material) const;
  void limit_connections(const Config& now) const;
  void show(const Config& now, const Material& material);
  void make_pages();
  void write_status(JsonWriter& json) const;
  void write_alert_status(JsonWriter& json) const;
  Task<http::Reply> gateway_page();
  std::string governance_metrics() const;
  void say_governance_head();
  Task<void> look_after();
  void save_pins();
  void memory_is_short(bool is_short);
  void renew_crl();
  Result<void> open_alerts(const Material& material);
  void tag_for_policy(discovery::TagRequest wish);
  void tell_alert(const std::string& file, const QuestionBook::Kept& kept);
  void close_alerts();
  std::vector<const MetricSet*> metric_sets() const;
};

}  // namespace sallyport::app
