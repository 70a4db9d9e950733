// conf/sallyport.yaml: what it may say, and how it is told what is wrong.

#include "proxy/app/config.h"

#include <gtest/gtest.h>

#include "proxy/app/material.h"

namespace sallyport::app {
namespace {

SourcePtr source(const std::string& text) {
  return std::make_shared<const Source>(Source{"sallyport.yaml", text});
}

Config must_read(const std::string& text) {
  Diagnostics warnings;
  Checked<Config> config = parse_config(source(text), "/etc/sallyport", warnings);
  EXPECT_TRUE(config) << (config ? "" : render(config.error()));
  return config ? *config : Config{};
}

std::string refused(const std::string& text) {
  Diagnostics warnings;
  const Checked<Config> config = parse_config(source(text), "/etc/sallyport", warnings);
  return config ? "accepted" : render(config.error());
}

TEST(Config, AnEmptyFileIsTheDefault) {
  const Config config = must_read("");
  EXPECT_EQ(config.listeners.front().to_string(), "127.0.0.1:3128");
  EXPECT_EQ(config.admin.front().to_string(), "127.0.0.1:3129");
  EXPECT_EQ(config.connect_ports, (std::vector<std::uint16_t>{443, 80}));
  EXPECT_TRUE(config.allow_addresses.empty());
}

TEST(Config, AWaitOfNoTimeIsRefused) {
  for (const char* key : {"connect", "handshake", "client_hello", "request_head", "idle",
                          "reply_head", "reply_head_rest", "stall", "slow_client", "tunnel_idle"}) {
    const std::string said = refused("timeouts:\n  " + std::string(key) + ": 0s\n");
    EXPECT_NE(said.find("'" + std::string(key) + "' is too short"), said.npos) << said;
    EXPECT_NE(said.find("sallyport.yaml:2:"), said.npos) << said;
  }
  EXPECT_EQ(must_read("timeouts: { drain: 0s }").drain.count(), 0);
}

TEST(Config, WhatIsKeptForLessThanAnHourIsRefusedAndNotKeptForNoTime) {
  for (const char* text :
       {"recording: { store: { max_age: 59m } }", "recording: { usage: { max_age: 59m } }",
        "recording: { audit_age: 59m }", "quarantine: { max_age: 59m }"}) {
    EXPECT_NE(refused(text).find("1h or longer"), std::string::npos) << text;
  }
  EXPECT_EQ(must_read("recording: { store: { max_age: 90m } }").store_age.count(), 1);
}

TEST(Config, ReadsWhatItSays) {
  const Config config = must_read(
      "gateway: { name: Proxy.Example }\n"
      "listeners:\n  - address: 0.0.0.0:8080\n  - address: \"[::]:0\"\n"
      "workers: 3\n"
      "connect: { ports: [443, 8443] }\n"
      "origins:\n"
      "  resolve: { a.example: \"127.0.0.1:8443\", \"*.b.example\": 192.0.2.1 }\n"
      "  allow_addresses: [127.0.0.0/8, 10.1.2.3]\n"
      "  roots: [ca.pem]\n"
      "  revocation_unknown: block\n"
      "policies: policies\n"
      "recording: { store: { max_age: 7d, max_size: 1 GiB }, usage: { max_age: 30d, max_size: 1 "
      "MiB, exclude: { users: [CEO], addresses: [10.9.0.0/16] } } }\n");
  EXPECT_EQ(config.name, "proxy.example");
  EXPECT_EQ(config.listeners.at(1).to_string(), "[::]:0");
  EXPECT_EQ(config.workers, 3u);
  EXPECT_EQ(config.connect_ports.size(), 2u);
  EXPECT_EQ(config.resolve.names.at("a.example").to_string(), "127.0.0.1:8443");
  EXPECT_EQ(config.resolve.names.at("*.b.example").to_string(), "192.0.2.1:0");
  EXPECT_EQ(config.allow_addresses.at(1).to_string(), "10.1.2.3/32");
  EXPECT_EQ(config.roots.at(0), "/etc/sallyport/ca.pem");
  EXPECT_TRUE(config.block_unknown_revocation);
  EXPECT_EQ(config.policies, "/etc/sallyport/policies");
  EXPECT_EQ(config.store_age, std::chrono::hours(24 * 7));
  EXPECT_EQ(config.store_bytes, 1ull << 30);
  EXPECT_EQ(config.usage_age, std::chrono::hours(24 * 30));
  EXPECT_EQ(config.usage_bytes, 1ull << 20);
  EXPECT_EQ(config.usage_exclude.lines(),
            (std::vector<std::string>{"user ceo", "address 10.9.0.0/16"}));
}

TEST(Config, BoundsFailedSignIns) {
  const auth::SignInLimits usual = must_read("").sign_in;
  EXPECT_EQ(usual.window, std::chrono::minutes(15));
  EXPECT_EQ(usual.failures, 10u);
  EXPECT_EQ(usual.failures_of_address, 50u);
  EXPECT_EQ(usual.failures_of_user, 100u);
  const auth::SignInLimits own =
      must_read("limits: { sign_in: { window: 1h, failures: 3, failures_of_user: 0 } }\n").sign_in;
  EXPECT_EQ(own.window, std::chrono::hours(1));
  EXPECT_EQ(own.failures, 3u);
  EXPECT_EQ(own.failures_of_user, 0u);
  const std::string wrong =
      refused("limits:\n  sign_in: { window: 5s, failures: -1, failurs_of_user: 3 }\n");
  for (const char* part : {"sallyport.yaml:2:22: error: 'window' is out of range",
                           "sallyport.yaml:2:36: error: ", "did you mean 'failures_of_user'?"}) {
    EXPECT_NE(wrong.find(part), std::string::npos) << wrong;
  }
}

TEST(Config, SaysEveryFaultAtOnceWithItsPlace) {
  EXPECT_EQ(refused("workrs: 2\n"
                    "listeners:\n  - address: localhost:3128\n"
                    "origins: { allow_addresses: [10.0.0.1/8] }\n"),
            "sallyport.yaml:1:1: error: unknown key 'workrs' in configuration\n"
            "workrs: 2\n"
            "^~~~~~ did you mean 'workers'?\n"
            "sallyport.yaml:3:14: error: 'localhost:3128' is no address with a port\n"
            "  - address: localhost:3128\n"
            "             ^~~~~~~~~~~~~~ write 127.0.0.1:3128 or [::1]:3128\n"
            "sallyport.yaml:4:30: error: '10.0.0.1/8' has bits behind its prefix\n"
            "origins: { allow_addresses: [10.0.0.1/8] }\n"
            "                             ^~~~~~~~~~ did you mean '10.0.0.0/8'?\n");
}

TEST(Config, ReadsLimitsAndSaysWhatIsOutOfRange) {
  const Config config = must_read(
      "limits: { connections: 10, connections_per_client: 3, request_head: 8 KiB, "
      "request_target: 2 KiB, request_fields: 20, connection_rate: 7, leaves_per_second: 9, "
      "lookups_per_client: 11, body_rate: 1 KiB, memory: 512 MiB }\n"
      "timeouts: { slow_client: 10s, reply_head_rest: 3s }\n");
  EXPECT_EQ(config.connections.connections, 10u);
  EXPECT_EQ(config.connections.connections_per_client, 3u);
  EXPECT_EQ(config.connection_rate, 7u);
  EXPECT_EQ(config.client_timeouts.leaves_per_second, 9u);
  EXPECT_EQ(config.lookups_per_client, 11u);
  EXPECT_EQ(config.heads.head, 8192u);
  EXPECT_EQ(config.heads.target, 2048u);
  EXPECT_EQ(config.heads.fields, 20u);
  EXPECT_EQ(config.pace.bytes_per_second, 1024u);
  EXPECT_EQ(config.pace.patience, std::chrono::seconds(10));
  EXPECT_EQ(config.origin_timeouts.http.head, std::chrono::seconds(3));
  EXPECT_EQ(config.memory.of(0), 512u << 20);
  EXPECT_EQ(refused("limits:\n  request_head: 1 MiB\n  memory: lots\n"),
            "sallyport.yaml:2:17: error: 'request_head' is out of range\n"
            "  request_head: 1 MiB\n"
            "                ^~~~~ 4096 to 65536 bytes\n"
            "sallyport.yaml:3:11: error: 'lots' is no limit of memory\n"
            "  memory: lots\n"
            "          ^~~~ 80%, 2 GiB (16 MiB or more), or none\n");
}

TEST(Config, TheAdminListenerBeyondLoopbackWantsTlsOrAWordForIt) {
  const std::string said =
      refused("admin: [{address: '127.0.0.1:1'}, {address: '10.0.0.1:3129'}]\n");
  EXPECT_NE(said.find("sallyport.yaml:1:"), std::string::npos) << said;
  EXPECT_NE(said.find("10.0.0.1:3129 can be reached from elsewhere, and has no TLS"),
            std::string::npos)
      << said;
  EXPECT_NE(refused("admin: [{address: '0.0.0.0:0'}]\n").find("has no TLS"), std::string::npos);
  const Config open = must_read(
      "admin: [{address: '10.0.0.1:3129'}]\nadmin_server: {without_tls: true, names: "
      "[C.Example]}\n");
  EXPECT_EQ(open.admin_server.names, std::vector<std::string>{"c.example"});
  const Config tls = must_read(
      "admin: [{address: '[::]:3129'}]\nadmin_server: {certificate: c.pem, key: c.key}\n");
  EXPECT_TRUE(tls.admin_server.certificate.ends_with("/c.pem"));
  EXPECT_NE(refused("admin_server: {certificate: c.pem}\n").find("go together"), std::string::npos);
  EXPECT_NE(refused("admin_server: {names: [10.0.0.1]}\n").find("is no host name"),
            std::string::npos);
}

TEST(Config, NobodyCouldUseAGatewayWithoutAListener) {
  EXPECT_NE(refused("listeners: []\n").find("no listener"), std::string::npos);
}

TEST(Config, WhatWeShipIsRightAndIsTheDefault) {
  Diagnostics warnings;
  const Checked<Config> shipped =
      load_config(SALLYPORT_SOURCE_DIR "/conf/sallyport.yaml", warnings);
  ASSERT_TRUE(shipped) << render(shipped.error());
  const Config plain = must_read("");
  EXPECT_EQ(shipped->listeners, plain.listeners);
  EXPECT_EQ(shipped->admin, plain.admin);
  EXPECT_EQ(shipped->connect_ports, plain.connect_ports);
  EXPECT_EQ(shipped->stall, plain.stall);
  EXPECT_EQ(shipped->connections.connections, plain.connections.connections);
  EXPECT_EQ(shipped->connections.connections_per_client, plain.connections.connections_per_client);
  EXPECT_EQ(shipped->connection_rate, plain.connection_rate);
  EXPECT_EQ(shipped->lookups_per_client, plain.lookups_per_client);
  EXPECT_EQ(shipped->client_timeouts.leaves_per_second, plain.client_timeouts.leaves_per_second);
  EXPECT_EQ(shipped->heads.head, plain.heads.head);
  EXPECT_EQ(shipped->heads.target, plain.heads.target);
  EXPECT_EQ(shipped->heads.fields, plain.heads.fields);
  EXPECT_EQ(shipped->pace.bytes_per_second, plain.pace.bytes_per_second);
  EXPECT_EQ(shipped->pace.patience, plain.pace.patience);
  EXPECT_EQ(shipped->memory.percent, plain.memory.percent);
  EXPECT_EQ(shipped->origin_timeouts.http.head, plain.origin_timeouts.http.head);
  EXPECT_EQ(shipped->tunnel_idle, plain.tunnel_idle);
  EXPECT_EQ(shipped->logs, plain.logs);
  EXPECT_EQ(shipped->store_age, plain.store_age);
  EXPECT_EQ(shipped->store_bytes, plain.store_bytes);
  EXPECT_EQ(shipped->usage_age, plain.usage_age);
  EXPECT_EQ(shipped->usage_bytes, plain.usage_bytes);
  EXPECT_EQ(shipped->client_timeouts.idle, plain.client_timeouts.idle);

  const Checked<Material> material = load_material(*shipped, system_clock().now(), warnings);
  ASSERT_TRUE(material) << render(material.error());
  EXPECT_TRUE(warnings.empty()) << render(warnings);
  EXPECT_GE(material->snapshot->catalog->apps().size(), 25u);
  EXPECT_EQ(material->pac.port, 3128);
}

TEST(Config, TakesOneCatalogOrSeveral) {
  Diagnostics warnings;
  const auto parsed = [&](const char* text) {
    const auto config = parse_config(std::make_shared<const Source>(Source{"sallyport.yaml", text}),
                                     "/conf", warnings);
    EXPECT_TRUE(config);
    return config->catalog;
  };
  using Folders = std::vector<std::string>;
  EXPECT_EQ(parsed("catalog: catalog\n"), (Folders{"/conf/catalog"}));
  EXPECT_EQ(parsed("catalog: [catalog, /etc/own]\n"), (Folders{"/conf/catalog", "/etc/own"}));
  EXPECT_EQ(parsed(""), Folders{});
}

TEST(Config, SuggestsKeysOfEveryKind) {
  EXPECT_NE(refused("listners: [{address: 127.0.0.1:1}]\n").find("did you mean 'listeners'?"),
            std::string::npos);
  EXPECT_NE(refused("connect: {prots: [443]}\n").find("did you mean 'ports'?"), std::string::npos);
}

TEST(Config, FaultsOfSeveralFilesComeTogether) {
  Config config;
  config.policies = "/nowhere/policies";
  config.catalog = {"/nowhere/catalog"};
  Diagnostics warnings;
  const Checked<Material> material = load_material(config, system_clock().now(), warnings);
  ASSERT_FALSE(material);
  const std::string text = render(material.error());
  EXPECT_NE(text.find("/nowhere/policies"), std::string::npos);
  EXPECT_NE(text.find("/nowhere/catalog"), std::string::npos);
}

}  // namespace
}  // namespace sallyport::app
