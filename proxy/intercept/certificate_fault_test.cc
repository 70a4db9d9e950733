// What tls policies on certificate.fault do on the wire. What is a fault:
// tls/verify/verifier_test.cc; what is refused without a policy:
// tests/conformance/bad_certificates_test.cc.

#include <gtest/gtest.h>

#include "policy/compile/compile.h"
#include "tests/kit/rig.h"

namespace sallyport::testkit {
namespace {

const std::string kHost = "box.example";
constexpr const char* kBypass =
    "- { name: old boxes, kind: tls, when: { host: box.example, certificate.fault: self_signed }, "
    "then: bypass }\n";
constexpr const char* kBlock =
    "- { name: no strangers, kind: tls, when: { certificate.fault: [self_signed, untrusted_root] "
    "}, then: block, say: Ask the owner of the box. }\n";
constexpr const char* kGet = "GET /a HTTP/1.1\r\nHost: box.example\r\n\r\n";
constexpr const char* kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

std::vector<Issued> self_signed(const std::string& name = kHost) {
  return {issue(server_spec(name), nullptr)};
}

TlsPeer::Options asks_for(const std::string& name) { return {.server_name = name}; }

// What the policies say of a recorded event when it is judged again, as replay and explain do.
std::string judged_again(const std::string& rules, const discovery::Event& event) {
  Diagnostics warnings;
  const auto program =
      policy::compile({std::make_shared<const Source>(Source{"p.yaml", rules})}, warnings);
  if (!program) return render(program.error());
  const policy::Decision decision = (*program)->decide_whole(
      event.activity, {.fault_at_request = event.activity.point > policy::Point::connect});
  if (decision.policy == nullptr) return decision.by_fault ? "the origin fails" : "no policy";
  return std::string(to_string(decision.action)) + " by " + decision.policy->name;
}

TEST(CertificateFault, ABypassLetsTheClientSeeTheCertificateItself) {
  Rig rig({.rules = kBypass});
  const std::vector<Issued> shown = self_signed();
  OriginServer& origin = rig.tls_origin(kHost, shown);
  Client client = rig.client();
  ASSERT_TRUE(client.opens(kHost + ":443", asks_for(kHost)));
  EXPECT_EQ(client.tls().peer_certificate().public_key_sha256(),
            shown.front().certificate.public_key_sha256());
  EXPECT_EQ(origin.connections(), 2u);  // The one that was looked at, and the client's own.
  client.says(kGet);
  EXPECT_EQ(origin.heard(), kGet);  // Nothing was added: it is the client's own TLS.
  origin.says(kOk);
  EXPECT_EQ(client.hears(), kOk);
  client.ends();
  origin.ends();
  EXPECT_EQ(rig.events(), "- tunnel box.example: completed, 'old boxes'\n");
  const discovery::Event& event = rig.recorded().at(0);
  EXPECT_EQ(to_string(event.verdict.action), "bypass");
  EXPECT_EQ(event.tls.verify, "self_signed");
  EXPECT_EQ(event.activity.certificate_faults, std::vector<std::string>{"self_signed"});
  EXPECT_EQ(event.activity.destination->address.to_string(), rig.address_of(kHost));
  EXPECT_EQ(judged_again(kBypass, event), "bypass by old boxes");
  EXPECT_FALSE(event.intercepted);
  EXPECT_GT(event.bytes_in, 100u);
}

TEST(CertificateFault, OnlyTheFaultsThatThePolicyNamesAreBypassed) {
  Rig rig({.rules = kBypass});
  CertSpec spec = server_spec(kHost);
  spec.not_after = noon() - std::chrono::hours(1);
  OriginServer& origin = rig.tls_origin(kHost, {issue(spec, &rig.root())});
  Client client = rig.client();
  ASSERT_TRUE(client.opens(kHost + ":443", asks_for(kHost)));
  EXPECT_EQ(client.tls().peer_certificate().issuer(), rig.authority().certificate().subject());
  client.says(kGet);
  EXPECT_EQ(status_of(client.hears()), 502);
  EXPECT_EQ(origin.heard(), "");
  EXPECT_EQ(rig.events(), "- other box.example: origin_failed 502\n");
}

TEST(CertificateFault, AGoodCertificateIsOpenedAllTheSame) {
  Rig rig({.rules = kBypass});
  rig.tls_origin(kHost).always_says(kOk);
  Client client = rig.client();
  ASSERT_TRUE(client.opens(kHost + ":443", asks_for(kHost)));
  EXPECT_EQ(client.tls().peer_certificate().issuer(), rig.authority().certificate().subject());
  client.says(kGet);
  EXPECT_EQ(body_of(client.hears()), "hi");
  EXPECT_FALSE(rig.recorded().at(0).activity.certificate_faults);
}

TEST(CertificateFault, ABlockShowsThePageWithTheWordsOfThePolicy) {
  Rig rig({.rules = kBlock});
  OriginServer& origin = rig.tls_origin(kHost, self_signed());
  Client client = rig.client();
  ASSERT_TRUE(client.opens(kHost + ":443", asks_for(kHost)));
  client.says("GET / HTTP/1.1\r\nHost: box.example\r\nAccept: text/html\r\n\r\n");
  const std::string page = client.hears();
  EXPECT_EQ(status_of(page), 502);
  EXPECT_NE(page.find("Ask the owner of the box."), std::string::npos) << page;
  EXPECT_NE(page.find("The site vouches for itself"), std::string::npos) << page;
  EXPECT_EQ(origin.heard(), "");
  EXPECT_EQ(rig.events(), "- view box.example: blocked 502, 'no strangers'\n");
  EXPECT_EQ(rig.recorded().at(0).tls.verify, "self_signed");
  EXPECT_EQ(rig.recorded().at(0).activity.certificate_faults,
            std::vector<std::string>{"self_signed"});
  EXPECT_EQ(rig.recorded().at(0).activity.point, policy::Point::connect);
  EXPECT_EQ(judged_again(kBlock, rig.recorded().at(0)), "block by no strangers");
  // The request itself was never asked about.
  EXPECT_EQ(judged_again("- { name: no views, when: { activity: view }, then: block }\n",
                         rig.recorded().at(0)),
            "the origin fails");

  // A fault may be repaired: the next request looks again.
  rig.tls_origin(kHost).always_says(kOk);
  client.says(kGet);
  EXPECT_EQ(body_of(client.hears()), "hi");
}

// SNI is the client's word. What CONNECT named must be bypassed as well.
TEST(CertificateFault, BothNamesMustBeBypassed) {
  for (const std::string target : {"evil.example", "box.example"}) {
    const std::string name = target == kHost ? "evil.example" : kHost;
    Rig rig({.rules = kBypass});
    const std::vector<Issued> shown = self_signed(name);
    rig.tls_origin(target, shown);
    Client client = rig.client();
    ASSERT_TRUE(client.opens(target + ":443", asks_for(name)));
    EXPECT_NE(client.tls().peer_certificate().public_key_sha256(),
              shown.front().certificate.public_key_sha256())
        << target;
    client.says("GET / HTTP/1.1\r\nHost: " + name + "\r\n\r\n");
    EXPECT_EQ(status_of(client.hears()), 502);
    EXPECT_EQ(rig.events(), "- other " + name + ": origin_failed 502\n");
  }
}

TEST(CertificateFault, ABlockByNameGoesBeforeAnyBypass) {
  Rig rig({.rules = "- { name: no box, when: { host: box.example }, then: block }\n" +
                    std::string(kBypass)});
  rig.tls_origin(kHost, self_signed());
  Client client = rig.client();
  ASSERT_TRUE(client.opens(kHost + ":443", asks_for(kHost)));
  client.says(kGet);
  EXPECT_EQ(status_of(client.hears()), 403);
  EXPECT_EQ(rig.connects(), 0);
}

// Inside an opened connection there is nothing to splice any more: an origin that was good, and is
// bad when it is reached again.
TEST(CertificateFault, InsideAnOpenedConnectionItBlocks) {
  for (const std::string& rules : {std::string(), std::string(kBypass), std::string(kBlock)}) {
    Rig rig({.rules = rules});
    OriginServer& good = rig.tls_origin(kHost);
    Client client = rig.client();
    ASSERT_TRUE(client.opens(kHost + ":443", asks_for(kHost)));
    client.says(kGet);
    good.says(kOk);
    EXPECT_EQ(body_of(client.hears()), "hi");
    good.ends();
    OriginServer& bad = rig.tls_origin(kHost, self_signed());
    client.says(kGet);
    const std::string reply = client.hears();
    EXPECT_EQ(status_of(reply), 502);
    EXPECT_EQ(bad.connections(), 1u);
    EXPECT_EQ(bad.heard(), "");
    const std::string last = rules == kBlock ? "- other box.example: blocked 502, 'no strangers'\n"
                                             : "- other box.example: origin_failed 502\n";
    EXPECT_EQ(rig.events(), "- other box.example: completed 200\n" + last);
    EXPECT_EQ(rig.recorded().at(1).tls.verify, "self_signed");
    EXPECT_EQ(rig.recorded().at(1).activity.certificate_faults,
              std::vector<std::string>{"self_signed"});
    EXPECT_EQ(rig.recorded().at(1).activity.point, policy::Point::request);
    EXPECT_EQ(judged_again(rules, rig.recorded().at(1)),
              rules == kBlock ? "block by no strangers" : "the origin fails");
    EXPECT_EQ(reply.find("Ask the owner of the box.") != std::string::npos, rules == kBlock);
    EXPECT_EQ(rig.recorded().at(1).error.find("the bypass of 'old boxes' is not possible here") !=
                  std::string::npos,
              rules == kBypass);
  }
}

TEST(CertificateFault, ABypassThatIsRehearsedIsRecordedAndNotDone) {
  Rig rig({.rules = kBypass, .policy = {.mode = policy::Mode::rehearse}});
  OriginServer& origin = rig.tls_origin(kHost, self_signed());
  Client client = rig.client();
  ASSERT_TRUE(client.opens(kHost + ":443", asks_for(kHost)));
  client.says(kGet);
  EXPECT_EQ(status_of(client.hears()), 502);
  EXPECT_EQ(origin.heard(), "");
  const discovery::Event& event = rig.recorded().at(0);
  EXPECT_EQ(rig.events(), "- other box.example: origin_failed 502\n");
  ASSERT_EQ(event.verdict.rehearsed.size(), 1u);
  EXPECT_EQ(event.verdict.rehearsed[0].policy, "old boxes");
  EXPECT_EQ(to_string(event.verdict.rehearsed[0].action), "bypass");
}

}  // namespace
}  // namespace sallyport::testkit
