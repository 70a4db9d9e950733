// Sessions are resumed on both legs, and whoever resumes is judged as anybody else (safety.md
// B3-19).

#include <gtest/gtest.h>

#include "tests/kit/rig.h"

namespace sallyport::session {
namespace {

using testkit::Client;
using testkit::OriginServer;
using testkit::Rig;
using testkit::TlsPeer;

constexpr const char* kReply = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

TlsPeer::Options browser(const std::string& name) {
  TlsPeer::Options options;
  options.server_name = name;
  options.alpn = {"http/1.1"};
  return options;
}

// A connection that fetches something, which also brings the ticket.
std::shared_ptr<ssl_session_st> visit(Rig& rig, const std::string& name,
                                      std::shared_ptr<ssl_session_st> session, bool* resumed) {
  Client client = rig.client();
  TlsPeer::Options options = browser(name);
  options.session = std::move(session);
  EXPECT_TRUE(client.opens(name + ":443", options));
  client.says("GET / HTTP/1.1\r\nHost: " + name + "\r\n\r\n");
  client.hears();
  *resumed = client.tls().resumed();
  return client.tls().session();
}

TEST(Resumption, AClientComesBackWithItsTicket) {
  Rig rig;
  rig.tls_origin("files.example").always_says(kReply);
  bool resumed = true;
  auto session = visit(rig, "files.example", nullptr, &resumed);
  EXPECT_FALSE(resumed);
  session = visit(rig, "files.example", session, &resumed);
  EXPECT_TRUE(resumed);
  EXPECT_EQ(rig.parts().worker().metrics().get(Metric::client_tls_resumed_total), 1);
  EXPECT_EQ(rig.events(),
            "- other files.example: completed 200\n- other files.example: completed 200\n");
  // A ticket is used once, so each visit brings another.
  for (int i = 0; i < 3; ++i) {
    auto next = visit(rig, "files.example", session, &resumed);
    EXPECT_TRUE(resumed);
    EXPECT_NE(next, session);
    session = next;
  }
}

TEST(Resumption, ATicketIsGoodForItsOwnNameOnly) {
  Rig rig;
  rig.tls_origin("files.example").always_says(kReply);
  rig.tls_origin("other.example").always_says(kReply);
  bool resumed = true;
  const auto session = visit(rig, "files.example", nullptr, &resumed);
  visit(rig, "other.example", session, &resumed);
  EXPECT_FALSE(resumed);
}

TEST(Resumption, ATicketIsGoodForTwoHoursAtMost) {
  Rig rig;
  rig.tls_origin("files.example").always_says(kReply);
  bool resumed = true;
  const auto session = visit(rig, "files.example", nullptr, &resumed);
  rig.pass(std::chrono::hours(2) + std::chrono::minutes(1));
  visit(rig, "files.example", session, &resumed);
  EXPECT_FALSE(resumed);
}

TEST(Resumption, WhoResumesIsJudgedByTheRulesOfNow) {
  Rig rig;
  OriginServer& origin = rig.tls_origin("files.example");
  origin.always_says(kReply);
  bool resumed = false;
  const auto session = visit(rig, "files.example", nullptr, &resumed);
  rig.change_rules("- {name: no files, kind: access, when: {host: files.example}, then: block}\n");
  const std::size_t connections = origin.connections();
  Client client = rig.client();
  TlsPeer::Options options = browser("files.example");
  options.session = session;
  ASSERT_TRUE(client.opens("files.example:443", options));
  EXPECT_FALSE(client.tls().resumed());
  client.says("GET / HTTP/1.1\r\nHost: files.example\r\n\r\n");
  EXPECT_EQ(testkit::status_of(client.hears()), 403);
  EXPECT_EQ(origin.connections(), connections);
}

// The pool is emptied, so that a new connection is needed.
TEST(Resumption, AnOriginIsResumedAndItsChainJudgedAgain) {
  Rig rig;
  testkit::CertSpec spec = testkit::server_spec("files.example");
  spec.not_after = testkit::noon() + std::chrono::minutes(5);
  OriginServer& origin =
      rig.tls_origin("files.example", {testkit::issue(spec, &rig.root())}, {}, {}, true);
  origin.always_says(kReply);
  bool unused = false;
  visit(rig, "files.example", nullptr, &unused);
  rig.parts().pool().clear();
  visit(rig, "files.example", nullptr, &unused);
  ASSERT_EQ(origin.connections(), 2u);
  EXPECT_TRUE(origin.tls(1).resumed());
  EXPECT_EQ(rig.parts().worker().metrics().get(Metric::origin_tls_resumed_total), 1);

  // The certificate ends; the session does not make it good.
  rig.parts().pool().clear();
  rig.pass(std::chrono::minutes(6));
  Client client = rig.client();
  ASSERT_TRUE(client.opens("files.example:443", browser("files.example")));
  client.says("GET / HTTP/1.1\r\nHost: files.example\r\n\r\n");
  EXPECT_EQ(testkit::status_of(client.hears()), 502);
}

TEST(Resumption, AnotherJudgeOfChainsForgetsTheSessionsOfTheOld) {
  Rig rig;
  OriginServer& origin = rig.tls_origin("files.example", {}, {}, {}, true);
  origin.always_says(kReply);
  bool unused = false;
  visit(rig, "files.example", nullptr, &unused);
  EXPECT_GT(rig.parts().dialer().sessions().size(), 0u);
  const std::vector<tls::Certificate> roots{rig.root().certificate};
  rig.parts().dialer().judge_by(
      std::make_shared<const tls::Verifier>(*tls::TrustStore::of(roots), tls::Verifier::Options{}));
  EXPECT_EQ(rig.parts().dialer().sessions().size(), 0u);
}

TEST(Resumption, SessionsAreNotSharedAcrossIdentityClasses) {
  Rig rig;
  OriginServer& origin = rig.tls_origin("files.example", {}, {}, {}, true);
  origin.always_says("HTTP/1.1 401 Who\r\nWWW-Authenticate: NTLM\r\nContent-Length: 0\r\n\r\n");
  Client client = rig.client();
  ASSERT_TRUE(client.opens("files.example:443", browser("files.example")));
  client.says("GET / HTTP/1.1\r\nHost: files.example\r\n\r\n");
  client.hears();
  client.says("GET / HTTP/1.1\r\nHost: files.example\r\nAuthorization: NTLM abc\r\n\r\n");
  client.hears();
  ASSERT_EQ(origin.connections(), 2u);
  EXPECT_FALSE(origin.tls(1).resumed());
}

}  // namespace
}  // namespace sallyport::session
