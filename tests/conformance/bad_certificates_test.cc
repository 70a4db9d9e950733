// Origins whose certificates are not to be believed, on the wire: the client is told so on a page
// of ours, under a leaf of ours that borrows nothing from the origin, and the origin gets no byte
// of a request. Why each chain is bad: tls/verify/verifier_test.cc. (safety.md B3)

#include <functional>
#include <gtest/gtest.h>

#include "base/core/text.h"
#include "tests/conformance/strict_reader.h"
#include "tests/kit/rig.h"
#include "tls/verify/report.h"

namespace sallyport::testkit {
namespace {

using std::chrono::days;
using std::chrono::hours;
using tls::Fault;

const std::string kHost = "www.example.com";

// What an origin shows.
struct Shown {
  std::vector<Issued> chain;
  std::vector<std::byte> staple;
};

struct Case {
  std::string what;
  std::function<Shown(const Rig&)> show;
  std::vector<Fault> faults;  // empty: believed
  std::string host = kHost;
};

// A server certificate directly below the rig's root, changed.
Case leaf(std::string what, std::function<void(CertSpec&)> change, std::vector<Fault> faults,
          std::string host = kHost) {
  return {std::move(what),
          [change, host](const Rig& rig) {
            CertSpec spec = server_spec(host);
            change(spec);
            return Shown{{issue(spec, &rig.root())}, {}};
          },
          std::move(faults), host};
}

// A good server certificate below an authority of the rig's root, changed.
Case below(std::string what, std::function<void(CertSpec&)> change, std::vector<Fault> faults) {
  return {std::move(what),
          [change](const Rig& rig) {
            CertSpec spec = authority_spec("Intermediate");
            change(spec);
            const Issued above = issue(spec, &rig.root());
            return Shown{{issue(server_spec(kHost), &above), above}, {}};
          },
          std::move(faults)};
}

Case stapled(std::string what,
             std::function<std::vector<std::byte>(const Issued&, const Issued&)> make,
             std::vector<Fault> faults, bool demanded = false) {
  return {std::move(what),
          [make, demanded](const Rig& rig) {
            CertSpec spec = server_spec(kHost);
            if (demanded) spec.extensions = {{"tlsfeature", "status_request"}};
            const Issued one = issue(spec, &rig.root());
            return Shown{{one}, make(one, rig.root())};
          },
          std::move(faults)};
}

std::string summary_of(const std::vector<Fault>& faults) {
  std::string text;
  for (const Fault fault : faults)
    text += (text.empty() ? "" : ",") + std::string(to_string(fault));
  return text;
}

void expect_refused(const Case& one) {
  SCOPED_TRACE(one.what);
  Rig rig;
  const Shown shown = one.show(rig);
  OriginServer& origin = rig.tls_origin(one.host, shown.chain, shown.staple);
  Client client = rig.client();
  ASSERT_TRUE(client.opens(one.host + ":443", {.server_name = one.host}));
  const tls::Certificate answer = client.tls().peer_certificate();
  EXPECT_EQ(answer.names().dns, std::vector<std::string>{one.host});
  EXPECT_EQ(answer.issuer(), rig.authority().certificate().subject());
  EXPECT_NE(answer.public_key_sha256(), shown.chain.front().certificate.public_key_sha256());

  const std::string head = "GET /secret HTTP/1.1\r\nHost: " + one.host + "\r\n";
  client.says(head + "Accept: text/html\r\n\r\n");
  const std::string page = client.hears();
  EXPECT_EQ(status_of(page), 502);
  EXPECT_NE(page.find("Content-Type: text/html"), std::string::npos);
  client.says(head + "Accept: application/json\r\n\r\n");
  const std::string problem = client.hears();
  EXPECT_EQ(status_of(problem), 502);
  EXPECT_NE(problem.find("Content-Type: application/problem+json"), std::string::npos);
  for (const Fault fault : one.faults) {
    const std::string words(tls::explain(fault));
    EXPECT_NE(page.find(escape_html(words)), std::string::npos) << words;
    EXPECT_NE(problem.find(words), std::string::npos) << words << "\n" << problem;
  }
  EXPECT_EQ(origin.heard(), "");
  rig.finish();
  ASSERT_EQ(rig.recorded().size(), 2u);
  for (const discovery::Event& event : rig.recorded()) {
    EXPECT_EQ(to_string(event.ending), "origin_failed");
    EXPECT_EQ(event.tls.verify, summary_of(one.faults));
    EXPECT_EQ(event.activity.host, one.host);
  }
}

void expect_believed(const Case& one) {
  SCOPED_TRACE(one.what);
  Rig rig;
  const Shown shown = one.show(rig);
  OriginServer& origin = rig.tls_origin(one.host, shown.chain, shown.staple);
  Client client = rig.client();
  ASSERT_TRUE(client.opens(one.host + ":443", {.server_name = one.host}));
  client.says("GET / HTTP/1.1\r\nHost: " + one.host + "\r\n\r\n");
  EXPECT_EQ(StrictReader(origin.heard()).request().line, "GET " + one.host + "/");
  origin.says("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
  EXPECT_EQ(body_of(client.hears()), "hi");
  rig.finish();
  ASSERT_EQ(rig.recorded().size(), 1u);
  EXPECT_EQ(rig.recorded()[0].tls.verify, "ok");
}

TEST(BadCertificates, RefusesWrongTimes) {
  for (const Case& one : {
           leaf("expired", [](CertSpec& spec) { spec.not_after = noon() - hours(1); },
                {Fault::expired}),
           leaf("not yet", [](CertSpec& spec) { spec.not_before = noon() + hours(1); },
                {Fault::not_yet_valid}),
           below("an authority that has expired",
                 [](CertSpec& spec) { spec.not_after = noon() - hours(1); }, {Fault::expired}),
           below("an authority of tomorrow",
                 [](CertSpec& spec) { spec.not_before = noon() + hours(1); },
                 {Fault::not_yet_valid}),
       }) {
    expect_refused(one);
  }
}

TEST(BadCertificates, RefusesWrongNames) {
  const auto named = [](std::string name) { return [name](CertSpec& spec) { spec.dns = {name}; }; };
  for (const Case& one : {
           leaf("another", named("other.example"), {Fault::wrong_host}),
           leaf("the parent", named("example.com"), {Fault::wrong_host}),
           leaf("a wildcard too high", named("*.com"), {Fault::wrong_host}),
           leaf("a wildcard two labels up", named("*.example.com"), {Fault::wrong_host},
                "a.b.example.com"),
           leaf("a part of a label", named("w*.example.com"), {Fault::wrong_host}),
           leaf("a NUL", named(std::string("www.example.com\0.evil.example", 29)),
                {Fault::wrong_host}),
           leaf("a common name only",
                [](CertSpec& spec) {
                  spec.dns.clear();
                  spec.common_name = kHost;
                },
                {Fault::wrong_host, Fault::no_san}),
           leaf("an address for a name",
                [](CertSpec& spec) {
                  spec.dns.clear();
                  spec.addresses = {*IpAddress::parse("198.18.0.1")};
                },
                {Fault::wrong_host}),
           below("an authority that may not speak for it",
                 [](CertSpec& spec) {
                   spec.extensions = {{"nameConstraints", "critical,permitted;DNS:example.org"}};
                 },
                 {Fault::name_constraint}),
       }) {
    expect_refused(one);
  }
}

TEST(BadCertificates, RefusesWrongTrust) {
  for (const Case& one : std::vector<Case>{
           {"self-signed",
            [](const Rig&) {
              return Shown{{issue(server_spec(kHost), nullptr)}, {}};
            },
            {Fault::self_signed}},
           {"an unknown root",
            [](const Rig&) {
              const Issued stranger = make_root("Stranger Root");
              return Shown{{issue(server_spec(kHost), &stranger), stranger}, {}};
            },
            {Fault::untrusted_root}},
           {"an intermediate that is not sent",
            [](const Rig& rig) {
              const Issued above = issue(authority_spec("Intermediate"), &rig.root());
              return Shown{{issue(server_spec(kHost), &above)}, {}};
            },
            {Fault::missing_intermediate}},
           {"a forged signature",
            [](const Rig& rig) {
              CertSpec spec = authority_spec("Intermediate");
              spec.subject_key_identifier = false;
              const Issued real = issue(spec, &rig.root());
              const Issued forged = issue(spec, &rig.root());
              return Shown{{issue(server_spec(kHost), &forged), real}, {}};
            },
            {Fault::bad_signature}},
       }) {
    expect_refused(one);
  }
}

// Whoever stole our authority's key, or stands behind a second gateway of ours, gets no further
// with it.
TEST(BadCertificates, RefusesItsOwnAuthority) {
  const auto own = [](const Rig& rig) {
    return Issued{rig.authority().certificate(), rig.authority().key()};
  };
  for (const bool sent_along : {false, true}) {
    expect_refused(
        {"a leaf of ours",
         [&](const Rig& rig) {
           const Issued authority = own(rig);
           Shown shown{{issue(server_spec(kHost), &authority)}, {}};
           if (sent_along) shown.chain.push_back(authority);
           return shown;
         },
         {Fault::own_authority, sent_along ? Fault::untrusted_root : Fault::missing_intermediate}});
  }
}

TEST(BadCertificates, RefusesWrongAuthorities) {
  for (const Case& one : {
           below("no authority", [](CertSpec& spec) { spec.is_ca = false; }, {Fault::not_a_ca}),
           below("no constraints", [](CertSpec& spec) { spec.is_ca.reset(); }, {Fault::not_a_ca}),
           below("one that may not sign",
                 [](CertSpec& spec) { spec.key_usage = "critical,cRLSign"; }, {Fault::not_a_ca}),
           below("a server", [](CertSpec& spec) { spec = server_spec("issuer.example"); },
                 {Fault::not_a_ca}),
           below("one for mail",
                 [](CertSpec& spec) { spec.extended_key_usage = "emailProtection"; },
                 {Fault::wrong_purpose}),
           below("a strange one",
                 [](CertSpec& spec) {
                   spec.extensions = {{"1.3.6.1.4.1.99999.1", "critical,DER:0500"}};
                 },
                 {Fault::unknown_critical_extension}),
       }) {
    expect_refused(one);
  }
  expect_refused({"too many",
                  [](const Rig& rig) {
                    CertSpec spec = authority_spec("Last");
                    spec.path_length = 0;
                    const Issued last = issue(spec, &rig.root());
                    const Issued under = issue(authority_spec("Below"), &last);
                    return Shown{{issue(server_spec(kHost), &under), under, last}, {}};
                  },
                  {Fault::path_length}});
}

TEST(BadCertificates, RefusesWrongPurposesAndExtensions) {
  for (const Case& one : {
           leaf("for clients", [](CertSpec& spec) { spec.extended_key_usage = "clientAuth"; },
                {Fault::wrong_purpose}),
           leaf("for code", [](CertSpec& spec) { spec.extended_key_usage = "codeSigning"; },
                {Fault::wrong_purpose}),
           leaf("a critical extension",
                [](CertSpec& spec) {
                  spec.extensions = {{"1.3.6.1.4.1.99999.1", "critical,DER:0500"}};
                },
                {Fault::unknown_critical_extension}),
           leaf("one that cannot be read",
                [](CertSpec& spec) {
                  spec.extensions = {{"1.3.6.1.5.5.7.1.24", "DER:0201ff"}};
                },
                {Fault::malformed}),
       }) {
    expect_refused(one);
  }
}

TEST(BadCertificates, RefusesWeakness) {
  for (const Case& one : {
           leaf("SHA-1", [](CertSpec& spec) { spec.digest = "SHA1"; }, {Fault::weak_signature}),
           leaf("RSA of 1024 bits", [](CertSpec& spec) { spec.key = "RSA-1024"; },
                {Fault::weak_key}),
           below("an authority with SHA-1", [](CertSpec& spec) { spec.digest = "SHA1"; },
                 {Fault::weak_signature}),
           below("an authority with RSA of 1024 bits",
                 [](CertSpec& spec) { spec.key = "RSA-1024"; }, {Fault::weak_key}),
           below("an authority with a strange curve",
                 [](CertSpec& spec) { spec.key = "secp256k1"; }, {Fault::weak_key}),
       }) {
    expect_refused(one);
  }
}

TEST(BadCertificates, NamesEveryFaultAtOnce) {
  expect_refused(
      {"much",
       [](const Rig&) {
         const Issued stranger = make_root("Stranger Root");
         CertSpec spec = server_spec("other.example");
         spec.not_after = noon() - hours(1);
         spec.extended_key_usage = "clientAuth";
         return Shown{{issue(spec, &stranger), stranger}, {}};
       },
       {Fault::untrusted_root, Fault::wrong_host, Fault::expired, Fault::wrong_purpose}});
}

TEST(BadCertificates, RefusesBadStaples) {
  const auto with = [](std::function<void(StapleSpec&)> change) {
    return [change](const Issued& one, const Issued& root) {
      StapleSpec spec;
      change(spec);
      return staple(spec, one.certificate, root.certificate, root);
    };
  };
  for (const Case& one : {
           stapled("revoked",
                   with([](StapleSpec&spec) { spec.status = StapleSpec::Status::revoked; }),
                   {Fault::revoked}),
           stapled("unknown",
                   with([](StapleSpec&spec) { spec.status = StapleSpec::Status::unknown; }),
                   {Fault::staple_invalid}),
           stapled("stale", with([](StapleSpec&spec) {
                     spec.this_update = noon() - days(9);
                     spec.next_update = noon() - days(2);
                   }),
                   {Fault::staple_invalid}),
           stapled("of a stranger",
                   [](const Issued&one, const Issued&root) {
                     return staple({}, one.certificate, root.certificate,
                                   make_root("Stranger Root"));
                   },
                   {Fault::staple_invalid}),
           stapled("noise",
                   [](const Issued&, const Issued&) {
                     return std::vector<std::byte>(300, std::byte{0x30});
                   },
                   {Fault::staple_invalid}),
           stapled(
               "demanded and missing",
               [](const Issued&, const Issued&) { return std::vector<std::byte>(); },
               {Fault::staple_required}, true),
       }) {
    expect_refused(one);
  }
}

TEST(BadCertificates, BelievesGoodOnes) {
  for (const Case& one : {
           leaf("plain", [](CertSpec&) {}, {}),
           leaf("a wildcard", [](CertSpec&spec) { spec.dns = {"*.example.com"}; }, {}),
           leaf("RSA", [](CertSpec&spec) { spec.key = "RSA-2048"; }, {}),
           leaf("P-384", [](CertSpec&spec) { spec.key = "P-384"; }, {}),
           below("below an authority", [](CertSpec&) {}, {}),
           below("below a constrained authority",
                 [](CertSpec&spec) {
                   spec.extensions = {{"nameConstraints", "critical,permitted;DNS:example.com"}};
                 },
                 {}),
           stapled(
               "with a staple",
               [](const Issued&one, const Issued&root) {
                 return staple({}, one.certificate, root.certificate, root);
               },
               {}, true),
       }) {
    expect_believed(one);
  }
}

// An absolute-form https request takes the same look at the origin, without a handshake of its own.
TEST(BadCertificates, RefusesThemAlsoWithoutConnect) {
  Rig rig;
  CertSpec spec = server_spec(kHost);
  spec.not_after = noon() - hours(1);
  OriginServer& origin = rig.tls_origin(kHost, {issue(spec, &rig.root())});
  Client client = rig.client();
  client.says("GET https://" + kHost + "/secret HTTP/1.1\r\nHost: " + kHost + "\r\n\r\n");
  const std::string reply = client.hears();
  EXPECT_EQ(status_of(reply), 502);
  EXPECT_NE(reply.find(tls::explain(Fault::expired)), std::string::npos);
  EXPECT_EQ(origin.heard(), "");
  ASSERT_EQ(rig.recorded().size(), 1u);
  EXPECT_EQ(rig.recorded()[0].tls.verify, "expired");
}

// The origin was good when the client's connection was opened, and is not when the next exchange
// dials.
TEST(BadCertificates, LooksAgainAtEveryNewConnection) {
  Rig rig;
  OriginServer& origin = rig.tls_origin(kHost);
  Client client = rig.client();
  ASSERT_TRUE(client.opens(kHost + ":443", {.server_name = kHost}));
  client.says("GET /a HTTP/1.1\r\nHost: " + kHost + "\r\n\r\n");
  EXPECT_NE(origin.heard(), "");
  origin.says("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi");
  EXPECT_EQ(status_of(client.hears()), 200);
  rig.tls_origin(kHost, {issue(server_spec("other.example"), &rig.root())});
  client.says("GET /b HTTP/1.1\r\nHost: " + kHost + "\r\n\r\n");
  EXPECT_EQ(status_of(client.hears()), 502);
  rig.finish();
  ASSERT_EQ(rig.recorded().size(), 2u);
  EXPECT_EQ(rig.recorded()[1].tls.verify, "wrong_host");
}

TEST(BadCertificates, TellsOfAnOriginThatSpeaksNoTls) {
  Rig rig;
  OriginServer& origin = rig.origin(kHost, 443);
  Client client = rig.client();
  client.says("GET https://" + kHost + "/secret HTTP/1.1\r\nHost: " + kHost + "\r\n\r\n");
  origin.says("HTTP/1.1 400 Bad Request\r\n\r\n");
  EXPECT_EQ(status_of(client.hears()), 502);
  EXPECT_EQ(origin.heard().find("secret"), std::string::npos);
  ASSERT_EQ(rig.recorded().size(), 1u);
  EXPECT_EQ(to_string(rig.recorded()[0].ending), "origin_failed");
}

}  // namespace
}  // namespace sallyport::testkit
