#pragma once
// conf/sallyport.yaml: how the gateway is set up. Every key has a default, a comment in the file we
// ship, and a line here. Paths are relative to the folder of the file, but for `state.directory`,
// which is relative to where the program was started.
//
// What is judged by (policies, catalog, tags, users) stands in files of their own, which this one
// names.

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/address.h"
#include "base/core/diagnostics.h"
#include "base/io/resolver.h"
#include "discovery/agent/agents.h"
#include "discovery/geo/geo.h"
#include "discovery/store/usage_exclusions.h"
#include "proxy/app/audit_mode.h"
#include "proxy/app/config_actions.h"
#include "proxy/app/config_delivery.h"
#include "proxy/app/config_logs.h"
#include "proxy/app/config_portal.h"
#include "proxy/app/memory_guard.h"
#include "proxy/auth/throttle.h"
#include "proxy/intercept/interceptor.h"
#include "proxy/listen/admission.h"
#include "proxy/local/pac.h"
#include "proxy/origin/dialer.h"
#include "proxy/origin/pool.h"

namespace sallyport::app {

struct Config {
  std::string file;  // as given

  // gateway
  std::string name =
      "sallyport.localhost";  // a name that clients resolve to this gateway; PAC and CRL use it
  std::string contact;        // mailto:, https:, or words, shown to blocked people

  std::vector<IpEndpoint> listeners{{*IpAddress::parse("127.0.0.1"), 3128},
                                    {*IpAddress::parse("::1"), 3128}};
  std::vector<IpEndpoint> tls_listeners;  // those to which clients speak TLS
  std::vector<IpEndpoint> admin{{*IpAddress::parse("127.0.0.1"), 3129}};
  // admin_server: how operators reach those
  struct AdminServer {
    std::string certificate;         // PEM: the leaf, then its chain; "": no TLS beyond loopback
    std::string key;                 // PEM
    bool without_tls = false;        // may be reached from elsewhere without TLS
    std::vector<std::string> names;  // by which browsers ask, beside `name`; in small letters
    std::optional<ConsoleSignInConfig> sign_in;  // at the organisation's provider
    bool operator==(const AdminServer&) const = default;
  };
  AdminServer admin_server;
  std::string console_directory;  // on the command line: where the console's files are read from
  std::uint32_t workers = 0;      // 0: one per core
  std::string state_directory = "var";
  bool state_given = false;  // on the command line: what the file says of it does not count

  // devices: whose certificates prove what
  struct Devices {
    std::string authorities;         // a PEM file
    std::vector<std::string> lists;  // PEM files, of revoked certificates
    std::vector<std::string> tags;   // beside valid_client_certificate
    Place place;
    bool operator==(const Devices& other) const {
      return authorities == other.authorities && lists == other.lists && tags == other.tags;
    }
  };
  std::vector<Devices> devices;

  // connect
  std::vector<std::uint16_t> connect_ports{443, 80};

  // origins
  io::StaticNames resolve;                // origins.resolve
  std::vector<IpPrefix> allow_addresses;  // origins.allow_addresses
  std::vector<std::string> roots;         // origins.roots: PEM files
  std::string system_roots = "/etc/ssl/certs/ca-certificates.crt";
  bool block_unknown_revocation = false;  // origins.revocation_unknown: allow | block
  origin::Pool::Options pool;
  session::Http2 http2 = session::Http2::match;  // origins.http2

  // Where the rest stands; "" is none.
  std::string policies;   // a folder of *.yaml, read in the order of their names
  std::string templates;  // a folder of *.yaml that policies may extend
  policy::Mode policy_mode = policy::Mode::enforce;  // rehearse: no policy changes anything
  std::string policy_zone = "UTC";                   // of times in policies that name none
  std::vector<std::string> catalog;  // folders with a folder per app: ours, then the operator's
  std::string app_tags;              // tags/apps.yaml
  std::string app_risk;              // tags/app_risk.yaml
  std::string mail_domains;          // tags/mail_domains.yaml
  std::string own_tenants;           // tags/own_tenants.yaml
  std::string consent_scopes;        // tags/consent_scopes.yaml
  std::string file_names;            // tags/file_names.yaml
  std::string address_tags;          // tags/ip_ranges.yaml
  std::string noise;                 // tags/noise.yaml
  std::string public_suffixes;       // "" is the distribution's list
  discovery::AgentFiles agents{"/usr/share/uap-core/regexes.yaml", "", ""};
  std::optional<std::vector<discovery::GeoSource>> geo;  // geo.databases; see geo_sources()
  std::string users;                                     // users/users.yaml, or a .csv
  std::string user_addresses;                            // users/addresses.yaml
  std::string htpasswd;                                  // Basic proxy authentication where set
  std::string pac;                                       // pac/pac.yaml
  PortalConfig portal;                                   // taken at the start

  // quarantine: copies of blocked uploads
  std::string quarantine_certificate;  // PEM; "": none are kept
  std::uint64_t quarantine_bytes = 10ull << 30;
  std::chrono::hours quarantine_age{24 * 30};

  // recording
  bool record_queries = false;
  bool file_digests = true;
  bool anonymize_users = false;  // names.h
  LogsConfig logs;
  std::vector<ReceiverConfig> alert_delivery;
  std::vector<ActionConfig> webhook_actions;
  std::vector<UserLink> user_links;  // users.links
  std::chrono::hours store_age{24 * 90};
  std::uint64_t store_bytes = 4ull << 30;
  std::chrono::hours usage_age{24 * 400};
  std::uint64_t usage_bytes = 2ull << 30;
  discovery::UsageExclusions usage_exclude;
  AuditMode audit_reads = AuditMode::best_effort;
  std::chrono::hours audit_age{24 * 400};

  // limits and timeouts
  listen::Admission::Options connections;  // of all workers
  std::uint32_t connection_rate = 200;     // of one client, per worker and second
  std::size_t lookups_per_client = 64;     // that wait, per worker
  http1::HeadLimits heads;
  std::uint32_t http2_streams = 100;  // at once, of one connection of a client
  session::PaceRule pace;
  std::uint64_t held_upload = 1ull << 30;              // bytes of one upload that policies wait for
  std::uint64_t held_uploads = 8ull << 30;             // of all of them
  std::uint64_t held_uploads_per_client = 2ull << 30;  // of those of one address
  MemoryLimit memory;
  auth::SignInLimits sign_in;  // failed sign-ins until no more passwords are checked
  origin::Timeouts origin_timeouts;
  intercept::Timeouts client_timeouts;
  std::chrono::milliseconds reply_head{300'000};
  std::chrono::milliseconds stall{300'000};
  std::chrono::milliseconds tunnel_idle{3'600'000};
  std::chrono::milliseconds drain{10'000};
};

// Whether only this machine reaches it.
bool is_loopback(const IpAddress& address);

Checked<Config> load_config(const std::string& path, Diagnostics& warnings);
Checked<Config> parse_config(SourcePtr source, const std::string& folder, Diagnostics& warnings);

// What a running gateway takes only at its next start (addresses that it listens on, threads, where
// its state is): gives `fresh` the values of `running` for them, and returns the keys that
// differed.
std::vector<std::string_view> keep_until_restart(const Config& running, Config& fresh);

}  // namespace sallyport::app
