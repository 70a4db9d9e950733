// Who is meant? Host, absolute URI, the authority of CONNECT, SNI, the certificate and the Host
// inside name one and the same server, or the request goes nowhere; and some servers are not to be
// reached at all. (safety.md C3)

#include <gtest/gtest.h>

#include "tests/conformance/conversation.h"
#include "tests/kit/hellos.h"

namespace sallyport::testkit {
namespace {

using namespace std::string_literals;

// --- Host and absolute URI

struct Named {
  std::string target;
  std::string host;
  std::string received;  // "" : refused
};

TEST(TargetIdentity, LetsTheAbsoluteTargetWinOverHost) {
  for (const Named& one : std::vector<Named>{
           {"http://files.example/a", "files.example", "GET files.example/a"},
           {"http://files.example/a", "evil.example", "GET files.example/a"},
           {"http://files.example/a", "files.example:8080", "GET files.example/a"},
           {"http://files.example/a", "", "GET files.example/a"},
           {"http://files.example/a", "not a host", "GET files.example/a"},
           {"http://FILES.Example./a", "files.example", "GET files.example/a"},
           {"http://files.example:80/a", "evil.example", "GET files.example/a"},
           {"HTTP://files.example/a", "evil.example", "GET files.example/a"},
           {"http://files.example", "evil.example", "GET files.example/"},
           {"http://files.example?q", "evil.example", "GET files.example/?q"},
           {"http://files.example/?q=http://evil.example/", "x",
            "GET files.example/?q=http://evil.example/"},
           {"http://files.example//evil.example/", "x", "GET files.example//evil.example/"},
           {"http://files.example/@evil.example/", "x", "GET files.example/@evil.example/"},
       }) {
    Rig rig;
    OriginServer& origin = rig.origin("files.example");
    OriginServer& evil = rig.origin("evil.example");
    Client client = rig.client();
    client.says(get(one.target, one.host));
    EXPECT_EQ(received(origin), one.received) << one.target << " " << one.host;
    EXPECT_EQ(evil.connections(), 0u);
    origin.says(kOk);
    ASSERT_EQ(rig.recorded().size(), 1u);
    EXPECT_EQ(rig.recorded()[0].activity.host, "files.example");
  }
}

TEST(TargetIdentity, JudgesTheNameThatItSendsTo) {
  const RigOptions rules{.rules = "- {name: no evil, when: {host: evil.example}, then: block}\n"};
  Rig rig(rules);
  OriginServer& origin = rig.origin("files.example");
  OriginServer& evil = rig.origin("evil.example");
  Client client = rig.client();
  client.says(get("http://evil.example/", "files.example"));
  EXPECT_EQ(status_of(client.hears()), 403);
  client.says(get("http://EVIL.example.:80/", "files.example"));
  EXPECT_EQ(status_of(client.hears()), 403);
  EXPECT_EQ(origin.connections() + evil.connections(), 0u);
  EXPECT_EQ(rig.connects(), 0);
  EXPECT_EQ(rig.lookups(), 0);
}

// --- Inside an opened connection

TEST(TargetIdentity, AnswersMisdirectedRequestsInsideAnOpenedConnection) {
  const std::string good = "GET files.example/a";
  for (const Named& one : std::vector<Named>{
           {"/a", "files.example", good},
           {"/a", "FILES.example", good},
           {"/a", "files.example.", good},
           {"/a", "files.example:443", good},
           {"https://files.example/a", "files.example", good},
           {"https://files.example:443/a", "evil.example", good},
           {"/a", "evil.example", ""},
           {"/a", "files.example:80", ""},
           {"/a", "files.example:8443", ""},
           {"/a", "a.files.example", ""},
           {"/a", "198.18.0.1", ""},
           {"https://evil.example/a", "files.example", ""},
           {"http://files.example/a", "files.example", ""},
           {"http://files.example:443/a", "files.example", ""},
           {"http://evil.example/a", "files.example", ""},
       }) {
    Rig rig;
    OriginServer& origin = rig.tls_origin("files.example");
    OriginServer& evil = rig.tls_origin("evil.example");
    OriginServer& plain = rig.origin("files.example");
    Client client = rig.client();
    ASSERT_TRUE(client.opens("files.example:443", {.server_name = "files.example"}));
    client.says(get(one.target, one.host));
    const std::string how = one.target + " " + one.host;
    EXPECT_EQ(received(origin), one.received) << how;
    EXPECT_EQ(evil.connections() + plain.connections(), 0u) << how;
    if (!one.received.empty()) {
      origin.says(kOk);
      EXPECT_EQ(status_of(client.hears()), 200) << how;
      continue;
    }
    EXPECT_EQ(status_of(client.hears()), 421) << how;
    EXPECT_EQ(endings(rig), "exchange refused\n") << how;
  }
}

TEST(TargetIdentity, RefusesConnectInsideAnOpenedConnection) {
  for (const std::string authority : {"files.example:443", "evil.example:443"}) {
    Rig rig;
    OriginServer& origin = rig.tls_origin("files.example");
    OriginServer& evil = rig.tls_origin("evil.example");
    Client client = rig.client();
    ASSERT_TRUE(client.opens("files.example:443", {.server_name = "files.example"}));
    client.says("CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n\r\n");
    EXPECT_EQ(origin.heard(), "") << authority;
    EXPECT_EQ(evil.connections(), 0u);
    EXPECT_GE(status_of(client.hears()), 400) << authority;
    ASSERT_EQ(rig.recorded().size(), 1u);
    EXPECT_EQ(to_string(rig.recorded()[0].ending), "refused");
  }
}

// --- CONNECT, SNI and the certificate

struct Opening {
  std::string authority;    // of CONNECT
  std::string server_name;  // SNI; "" : none
  std::string host;         // that the connection is for, and that requests in it must name
  int status = 200;
};

constexpr const char* kNoEvil = "- {name: no evil, when: {host: evil.example}, then: block}\n";

TEST(TargetIdentity, JudgesConnectAndServerNameTogether) {
  for (const Opening& one : std::vector<Opening>{
           {"files.example:443", "files.example", "files.example"},
           {"files.example:443", "", "files.example"},
           {"198.18.0.1:443", "files.example", "files.example"},
           {"FILES.example.:443", "files.example", "files.example"},
           // Another name that the same server proves to be.
           {"files.example:443", "www.files.example", "www.files.example"},
           // The address of CONNECT does not prove to be the name of SNI: fronting, or worse.
           {"files.example:443", "other.example", "other.example", 502},
           {"198.18.0.1:443", "other.example", "other.example", 502},
           // Denied if either is.
           {"evil.example:443", "evil.example", "evil.example", 403},
           {"evil.example:443", "files.example", "files.example", 403},
           {"files.example:443", "evil.example", "evil.example", 403},
           {"198.18.0.1:443", "evil.example", "evil.example", 403},
           {"evil.example:443", "", "evil.example", 403},
       }) {
    const std::string how = one.authority + " " + one.server_name;
    Rig rig({.rules = kNoEvil});
    CertSpec spec = server_spec("files.example");
    spec.dns = {"files.example", "www.files.example"};
    OriginServer& origin = rig.tls_origin("files.example", {issue(spec, &rig.root())});
    ASSERT_EQ(rig.address_of("files.example"), "198.18.0.1");
    OriginServer& evil = rig.tls_origin("evil.example");
    OriginServer& other = rig.tls_origin("other.example");
    Client client = rig.client();
    ASSERT_TRUE(client.opens(one.authority, {.server_name = one.server_name})) << how;
    // The origin's own names, or the name asked for alone where we answer ourselves.
    const std::vector<std::string> names = client.tls().peer_certificate().names().dns;
    EXPECT_EQ(names, one.status == 200 ? spec.dns : std::vector<std::string>{one.host}) << how;
    client.says(get("/a", one.host));
    if (one.status == 200) {
      EXPECT_EQ(received(origin), "GET " + one.host + "/a") << how;
      origin.says(kOk);
    } else {
      EXPECT_EQ(origin.heard(), "") << how;
    }
    EXPECT_EQ(status_of(client.hears()), one.status) << how;
    EXPECT_EQ(evil.connections() + other.connections(), 0u) << how;
    if (one.status == 403) {
      EXPECT_EQ(rig.connects(), 0) << how;
      EXPECT_EQ(rig.lookups(), 0) << how;
    }
    rig.finish();
    ASSERT_EQ(rig.recorded().size(), 1u) << how;
    EXPECT_EQ(rig.recorded()[0].verdict.policy, one.status == 403 ? "no evil" : "") << how;
    EXPECT_EQ(rig.recorded()[0].activity.host, one.host) << how;
  }
}

TEST(TargetIdentity, CarriesNothingUnopenedUnlessBothNamesMayBe) {
  for (const Opening& one : std::vector<Opening>{
           {"bank.example:443", "bank.example", "bank.example", 200},
           {"bank.example:443", "", "bank.example", 200},
           {"bank.example:443", "evil.example", "evil.example", 403},
           {"evil.example:443", "bank.example", "bank.example", 403},
           {"files.example:443", "bank.example", "bank.example", 502},
           {"bank.example:443", "files.example", "files.example", 502},
       }) {
    const std::string how = one.authority + " " + one.server_name;
    Rig rig({.rules = "- {name: no evil, when: {host: evil.example}, then: block}\n"
                      "- {name: banks, when: {host: bank.example}, kind: tls, then: bypass}\n"});
    rig.tls_origin("bank.example");
    rig.tls_origin("evil.example");
    rig.tls_origin("files.example");
    Client client = rig.client();
    ASSERT_TRUE(client.opens(one.authority, {.server_name = one.server_name})) << how;
    const bool is_ours =
        client.tls().peer_certificate().issuer() == rig.authority().certificate().subject();
    EXPECT_EQ(is_ours, one.status != 200) << how;
    if (one.status == 200) {
      client.ends();
      rig.finish();
      ASSERT_EQ(rig.recorded().size(), 1u) << how;
      EXPECT_EQ(to_string(rig.recorded()[0].kind), "tunnel") << how;
      EXPECT_EQ(rig.recorded()[0].verdict.policy, "banks");
      continue;
    }
    client.says(get("/", one.host));
    EXPECT_EQ(status_of(client.hears()), one.status) << how;
  }
}

TEST(TargetIdentity, RefusesServerNamesThatAreNoNames) {
  for (const std::string& name :
       {"198.18.0.1"s, "[::1]"s, "files.example:443"s, "files..example"s, "-a.example"s,
        "files.example\0.evil"s, "*.example"s, "a b"s, "caf\xc3\xa9.example"s,
        std::string(300, 'a'), "http://files.example"s, "0x7f000001"s, "2130706433"s}) {
    Rig rig;
    OriginServer& origin = rig.tls_origin("files.example");
    Client client = rig.client();
    client.says("CONNECT files.example:443 HTTP/1.1\r\nHost: files.example\r\n\r\n");
    EXPECT_EQ(status_of(client.hears()), 200);
    hello::HelloSpec spec;
    spec.extensions = hello::server_name(name) + hello::supported_versions({0x0304, 0x0303}) +
                      hello::groups({0x001d, 0x0017}) +
                      hello::signature_algorithms({0x0403, 0x0804});
    client.says(hello::records(hello::message(spec)));
    EXPECT_TRUE(client.ended()) << printable(name);
    EXPECT_EQ(origin.connections(), 0u) << printable(name);
    EXPECT_EQ(rig.connects(), 0) << printable(name);
    EXPECT_EQ(endings(rig), "connection refused\n") << printable(name);
  }
}

TEST(TargetIdentity, LetsNothingOutThatIsNotTlsAfterConnect) {
  for (const std::string& bytes :
       {"GET / HTTP/1.1\r\nHost: files.example\r\n\r\n"s, "SSH-2.0-OpenSSH_9.2\r\n"s, "EHLO a\r\n"s,
        "\0\0\0\0"s, "\x16\x02\x00\x00\x05hello"s, "\x15\x03\x01\x00\x02\x02\x28"s,
        "\x17\x03\x03\x00\x05hello"s, "\x16\x03\x01\x00\x05\x02\x00\x00\x01x"s,
        "\x80\x2e\x01\x03\x01"s, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"s}) {
    for (const bool pipelined : {false, true}) {
      Rig rig;
      OriginServer& origin = rig.tls_origin("files.example");
      Client client = rig.client();
      const std::string connect =
          "CONNECT files.example:443 HTTP/1.1\r\nHost: files.example\r\n\r\n";
      if (pipelined) {
        client.says(connect + bytes);
      } else {
        client.says(connect);
        client.says(bytes);
      }
      EXPECT_EQ(client.hears(), "HTTP/1.1 200 Connection established\r\n\r\n");
      EXPECT_TRUE(client.ended()) << printable(bytes);
      EXPECT_EQ(origin.connections(), 0u) << printable(bytes);
      EXPECT_EQ(rig.lookups(), 0) << printable(bytes);
      EXPECT_EQ(endings(rig), "connection refused\n") << printable(bytes);
    }
  }
}

TEST(TargetIdentity, GivesUpOnAClientThatSaysNothingAfterConnect) {
  Rig rig;
  OriginServer& origin = rig.tls_origin("files.example");
  Client client = rig.client();
  client.says("CONNECT files.example:443 HTTP/1.1\r\nHost: files.example\r\n\r\n");
  rig.pass(std::chrono::seconds(11));
  EXPECT_TRUE(client.ended());
  EXPECT_EQ(origin.connections(), 0u);
  EXPECT_EQ(rig.recorded().size(), 1u);
}

// SNIcat: nothing of a ClientHello reaches the server of a denied name, not even through DNS.
TEST(TargetIdentity, TellsNobodyOfADeniedName) {
  for (const std::string name : {"evil.example", "secret-data.evil.example"}) {
    Rig rig(
        {.rules =
             "- {name: no evil, when: {host: ['*.evil.example', evil.example]}, then: block}\n"});
    OriginServer& evil = rig.tls_origin("evil.example");
    rig.resolve(name, "198.18.0.1");
    Client client = rig.client();
    EXPECT_TRUE(client.opens(name + ":443", {.server_name = name}));
    client.says(get("/secret", name));
    EXPECT_EQ(status_of(client.hears()), 403);
    EXPECT_EQ(evil.connections(), 0u);
    EXPECT_EQ(rig.connects(), 0);
    EXPECT_EQ(rig.lookups(), 0);
    EXPECT_EQ(rig.events(), "- other " + name + ": blocked 403, 'no evil'\n");
  }
}

// The one decided on in the handshake stays decided, however long the connection is kept.
TEST(TargetIdentity, LeavesAnEventWhereTheClientTurnsTheBlockPageDown) {
  // As browsers do it: the challenge and the answer to it come on the connection that CONNECT takes
  // over.
  Rig rig({.rules = kNoEvil,
           .passwords = "ana:$2y$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e\n"});
  Client client = rig.client();
  client.says("CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n\r\n");
  EXPECT_EQ(status_of(client.hears()), 407);
  client.says(
      "CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n"
      "Proxy-Authorization: Basic YW5hOmNvcnJlY3QgaG9yc2U=\r\n\r\n");
  EXPECT_EQ(status_of(client.hears()), 200);
  hello::HelloSpec spec;
  spec.extensions = hello::server_name("evil.example") +
                    hello::supported_versions({0x0304, 0x0303}) + hello::groups({0x001d, 0x0017}) +
                    hello::signature_algorithms({0x0403, 0x0804});
  client.says(hello::records(hello::message(spec)));
  client.resets();
  rig.finish();
  EXPECT_EQ(endings(rig), "exchange refused\nconnection blocked\n");
  ASSERT_EQ(rig.recorded().size(), 2u);
  EXPECT_EQ(rig.recorded()[1].verdict.policy, "no evil");
  EXPECT_EQ(rig.recorded()[1].activity.user, "ana");
}

TEST(TargetIdentity, LeavesAnEventWhereAnOpenedConnectionAsksNothing) {
  Rig rig;
  rig.tls_origin("files.example");
  Client client = rig.client();
  ASSERT_TRUE(client.opens("files.example:443", {.server_name = "files.example"}));
  client.ends();
  rig.finish();
  ASSERT_EQ(rig.recorded().size(), 1u);
  EXPECT_EQ(to_string(rig.recorded()[0].kind), "connection");
  EXPECT_EQ(rig.recorded()[0].activity.host, "files.example");
}

}  // namespace
}  // namespace sallyport::testkit
