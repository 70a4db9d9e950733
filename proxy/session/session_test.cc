// The walk over memory: what clients and origins say and hear, and the one event that each exchange
// leaves.

#include <fstream>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/kit/rig.h"

namespace sallyport::testkit {
namespace {

constexpr const char* kGet =
    "GET http://files.example/a?b=1 HTTP/1.1\r\nHost: files.example\r\nAccept: */*\r\n\r\n";
constexpr const char* kHello =
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: text/plain\r\n\r\nhello";

TEST(Session, CarriesAPlainExchangeAndLeavesOneEvent) {
  Rig rig;
  OriginServer& origin = rig.origin("files.example");
  Client client = rig.client();

  client.says(kGet);
  EXPECT_EQ(origin.heard(),
            "GET /a?b=1 HTTP/1.1\r\nHost: files.example\r\nAccept: */*\r\nVia: 1.1 "
            "sallyport-test\r\n\r\n");
  origin.says(kHello);
  EXPECT_EQ(client.hears(),
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nVia: 1.1 sallyport-test\r\n"
            "Content-Length: 5\r\n\r\nhello");
  EXPECT_EQ(rig.events(), "- other files.example: completed 200\n");
  EXPECT_EQ(rig.recorded().at(0).bytes_out, 5u);
}

TEST(Session, OpensTlsAndJudgesInside) {
  Rig rig;
  OriginServer& origin = rig.tls_origin("files.example");
  Client client = rig.client();

  ASSERT_TRUE(client.opens("files.example:443",
                           {.server_name = "files.example", .alpn = {"h2", "http/1.1"}}));
  EXPECT_EQ(client.tls().alpn(), "http/1.1");
  EXPECT_EQ(client.tls().peer_certificate().names().dns, std::vector<std::string>{"files.example"});
  client.says("GET / HTTP/1.1\r\nHost: files.example\r\n\r\n");
  EXPECT_EQ(origin.heard(),
            "GET / HTTP/1.1\r\nHost: files.example\r\nVia: 1.1 sallyport-test\r\n\r\n");
  origin.says(kHello);
  EXPECT_EQ(body_of(client.hears()), "hello");
  EXPECT_EQ(rig.events(), "- other files.example: completed 200\n");
  const discovery::Event& event = rig.recorded().at(0);
  EXPECT_TRUE(event.intercepted);
  EXPECT_EQ(event.tls.verify, "ok");
  EXPECT_EQ(event.tls.client_version, "TLSv1.3");
  EXPECT_FALSE(event.tls.leaf_serial.empty());
}

constexpr const char* kNoMega =
    "- name: no mega\n  when: { app: mega }\n  then: block\n  say: Use the company share.\n";
constexpr const char* kPost = "POST http://files.example/up HTTP/1.1\r\nHost: files.example\r\n";
constexpr const char* kNoContent = "HTTP/1.1 204 No Content\r\n\r\n";

TlsPeer::Options browser(const std::string& name) {
  return {.server_name = name, .alpn = {"http/1.1"}};
}

// --- Bodies ---

TEST(Session, StreamsABodyWithLengthAsItComes) {
  Rig rig;
  OriginServer& origin = rig.origin("files.example");
  Client client = rig.client();
  client.says(std::string(kPost) + "Content-Length: 10\r\n\r\n01234");
  EXPECT_TRUE(origin.heard().ends_with("Content-Length: 10\r\n\r\n01234"));
  client.says("56789");
  EXPECT_EQ(origin.heard(), "56789");
  origin.says(kNoContent);
  EXPECT_EQ(status_of(client.hears()), 204);
  EXPECT_EQ(rig.recorded().at(0).bytes_in, 10u);
}

TEST(Session, ReframesChunksAndKeepsTrailersOfRepliesOnly) {
  Rig rig;
  OriginServer& origin = rig.origin("files.example");
  Client client = rig.client();
  client.says(
      std::string(kPost) +
      "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 1\r\nHost: evil\r\n\r\n");
  EXPECT_TRUE(
      origin.heard().ends_with("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"));
  origin.says(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 2\r\n\r\n");
  EXPECT_EQ(body_of(client.hears()), "3\r\nabc\r\n0\r\nX-Sum: 2\r\n\r\n");
}

TEST(Session, ForwardsTheFirstByteOfAStreamAtOnce) {
  Rig rig;
  OriginServer& origin = rig.origin("files.example");
  Client client = rig.client();
  client.says(kGet);
  origin.says(
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
  EXPECT_EQ(status_of(client.hears()), 200);
  origin.says("9\r\ndata: 1\n\n\r\n");
  EXPECT_EQ(client.hears(), "9\r\ndata: 1\n\n\r\n");
  origin.says("9\r\ndata: 2\n\n\r\n0\r\n\r\n");
  EXPECT_EQ(client.hears(), "9\r\ndata: 2\n\n\r\n0\r\n\r\n");
  EXPECT_EQ(rig.events(), "- other files.example: completed 200\n");
}

TEST(Session, DoesNotReadWhatItCannotPassOn) {
  Rig rig({.pipe_room = 4096});
  OriginServer& origin = rig.origin("files.example");
  origin.always_says("");
  Client client = rig.client();
  client.says(kGet);
  origin.heard();
  // A megabyte for a client that reads nothing: all but a bounded part stays in the origin's pipe.
  origin.says("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + std::string(1'000'000, 'x'));
  std::size_t got = 0;
  for (int i = 0; i < 2000 && got < 1'000'000; ++i) got += client.hears().size();
  EXPECT_GE(got, 1'000'000u);
  EXPECT_EQ(rig.events(), "- other files.example: completed 200\n");
}

TEST(Session, AnswersEarlyWithoutWaitingForTheUpload) {
  Rig rig;
  OriginServer& origin = rig.origin("files.example");
  Client client = rig.client();
  client.says(std::string(kPost) +
              "Content-Type: image/png\r\nContent-Length: 1000000\r\n\r\nstart");
  EXPECT_TRUE(origin.heard().ends_with("start"));
  origin.says("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig");
  EXPECT_EQ(body_of(client.hears()), "big");
  EXPECT_EQ(rig.parts().pool().size(), 0u);  // An ambiguous connection is shared with nobody.
  EXPECT_EQ(rig.events(), "- upload files.example: completed 413\n");
}

TEST(Session, RunsBothDirectionsAtOnce) {
  Rig rig;
  OriginServer& origin = rig.origin("files.example");
  Client client = rig.client();
  client.says(std::string(kPost) + "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
  origin.heard();
  origin.says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nA\r\n");
  EXPECT_EQ(body_of(client.hears()), "1\r\nA\r\n");
  client.says("1\r\nb\r\n");
  EXPECT_EQ(origin.heard(), "1\r\nb\r\n");
  origin.says("1\r\nB\r\n");
  EXPECT_EQ(client.hears(), "1\r\nB\r\n");
  client.says("0\r\n\r\n");
  EXPECT_EQ(origin.heard(), "0\r\n\r\n");
  origin.says("0\r\n\r\n");
  EXPECT_EQ(client.hears(), "0\r\n\r\n");
  EXPECT_EQ(rig.parts().pool().size(), 1u);
}

TEST(Session, CarriesExpectContinueToTheOriginAndItsAnswerBack) {
  Rig rig;
  OriginServer& origin = rig.origin("files.example");
  Client client = rig.client();
  client.says(std::string(kPost) + "Content-Length: 4\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_TRUE(origin.heard().ends_with("Expect: 100-continue\r\n\r\n"));
  EXPECT_EQ(client.hears(), "");
  origin.says("HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_EQ(client.hears(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.says("body");
  EXPECT_EQ(origin.heard(), "body");
  origin.says(kNoContent);
  EXPECT_EQ(status_of(client.hears()), 204);
}

TEST(Session, AFinalReplyInsteadOf100EndsTheConnection) {
  Rig rig;
  OriginServer& origin = rig.origin("files.example");
  Client client = rig.client();
  client.says(std::string(kPost) + "Content-Length: 4\r\nExpect: 100-continue\r\n\r\n");
  origin.says("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
  const std::string reply = client.hears();
  EXPECT_EQ(status_of(reply), 401);
  EXPECT_NE(reply.find("Connection: close\r\n"), std::string::npos);
  EXPECT_TRUE(client.ended());
}

TEST(Session, InvitesTheBodyWhenTheOriginKeepsSilent) {
  Rig rig;
  OriginServer& origin = rig.origin("files.example");
  Client client = rig.client();
  client.says(std::string(kPost) + "Content-Length: 4\r\nExpect: 100-continue\r\n\r\n");
  origin.heard();
  rig.pass(std::chrono::milliseconds(1300));
  EXPECT_EQ(client.hears(), "HTTP/1.1 100 Continue\r\n\r\n");
}

TEST(Session, PassesEarlyHintsOn) {
  Rig rig;
  OriginServer& origin = rig.origin("files.example");
  Client client = rig.client();
  client.says(kGet);
  origin.says("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n");
  EXPECT_EQ(client.hears(), "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n");
  origin.says(kHello);
  EXPECT_EQ(body_of(client.hears()), "hello");
}

TEST(Session, HeadKeepsTheAnnouncedLengthAndNoBody) {
  Rig rig;
  OriginServer& origin = rig.origin("files.example");
  Client client = rig.client();
  client.says("HEAD http://files.example/ HTTP/1.1\r\nHost: files.example\r\n\r\n");
  origin.says("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
  const std::string reply = client.hears();
  EXPECT_NE(reply.find("Content-Length: 1000\r\n"), std::string::npos);
  EXPECT_EQ(body_of(reply), "");
  client.says(kGet);
  origin.says(kHello);
  EXPECT_EQ(body_of(client.hears()), "hello");
}

TEST(Session, RepliesWithoutABodyLeaveTheConnectionInStep) {
  for (const char* head : {"HTTP/1.1 204 No Content\r\n\r\n",
                           "HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n",
                           "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"}) {
    Rig rig;
    OriginServer& origin = rig.origin("files.example");
    Client client = rig.client();
    client.says(kGet);
    origin.says(head);
    EXPECT_EQ(body_of(client.hears()), "") << head;
    client.says(kGet);
    origin.says(kHello);
    EXPECT_EQ(body_of(client.hears()), "hello") << head;
    EXPECT_EQ(origin.connections(), 1u) << head;
  }
}

TEST(Session, AReplyUntilCloseBecomesChunks) {
  Rig rig;
  OriginServer& origin = rig.origin("files.example");
  Client client = rig.client();
  client.says(kGet);
  origin.says("HTTP/1.0 200 OK\r\n\r\nhello");
  origin.ends();
  EXPECT_EQ(body_of(client.hears()), "5\r\nhello\r\n0\r\n\r\n");
  EXPECT_FALSE(client.ended());
}

TEST(Session, ABodyThatBreaksOffIsSeenToBreakOff) {
  Rig rig;
  OriginServer& origin = rig.origin("files.example");
  Client client = rig.client();
  client.says(kGet);
  origin.says("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhel");
  origin.ends();
  EXPECT_EQ(body_of(client.hears()), "hel");
  EXPECT_TRUE(client.ended());
  EXPECT_EQ(rig.events(), "- other files.example: origin_failed 200\n");
}

// --- Connections ---

TEST(Session, ServesPipelinedRequestsInOrder) {
  Rig rig;
  OriginServer& origin = rig.origin("files.example");
  origin.always_says(kHello);
  Client client = rig.client();
  client.says(std::string(kGet) + kGet + kGet);
  const std::string replies = client.hears();
  EXPECT_EQ(rig.recorded().size(), 3u);
  EXPECT_EQ(origin.connections(), 1u);
  std::size_t count = 0;
  for (std::size_t at = 0; (at = replies.find("hello", at)) != std::string::npos; ++at) ++count;
  EXPECT_EQ(count, 3u);
}

TEST(Session, KeepsAndReusesOriginConnectionsAcrossClients) {
  Rig rig;
  OriginServer& origin = rig.origin("files.example");
  origin.always_says(kHello);
  Client one = rig.client();
  one.says(kGet);
  EXPECT_EQ(body_of(one.hears()), "hello");
  Client two = rig.client();
  two.says(kGet);
  EXPECT_EQ(body_of(two.hears()), "hello");
  EXPECT_EQ(origin.connections(), 1u);
}

TEST(Session, AConnectionThatAuthenticatesIsSharedWithNobody) {
  Rig rig;
  OriginServer& origin = rig.origin("files.example");
  origin.always_says(kHello);
  Client one = rig.client();
  one.says(
      "GET http://files.example/ HTTP/1.1\r\nHost: files.example\r\nAuthorization: NTLM "
      "TlRMTVNTUAAB\r\n\r\n");
  one.hears();
  Client two = rig.client();
  two.says(kGet);
  two.hears();
  EXPECT_EQ(origin.connections(), 2u);
  one.says(kGet);  // Its own connection, still authenticated.
  one.hears();
  EXPECT_EQ(origin.connections(), 2u);
}

TEST(Session, RetriesOnceWhenAPooledConnectionHadDied) {
  Rig rig;
  OriginServer& origin = rig.origin("files.example");
  Client client = rig.client();
  client.says(kGet);
  origin.says(kHello);
  client.hears();
  client.says(kGet);
  origin.heard();
  origin.ends();  // Closed while the request was on its way.
  EXPECT_EQ(origin.connections(), 2u);
  origin.says(kHello);
  EXPECT_EQ(body_of(client.hears()), "hello");
}

TEST(Session, NeverSendsAPostTwice) {
  Rig rig;
  OriginServer& origin = rig.origin("files.example");
  Client client = rig.client();
  client.says(kGet);
  origin.says(kHello);
  client.hears();
  client.says(std::string(kPost) + "Content-Length: 0\r\n\r\n");
  origin.heard();
  origin.ends();
  EXPECT_EQ(origin.connections(), 1u);
  EXPECT_EQ(status_of(client.hears()), 502);
}

TEST(Session, DropsAPooledConnectionThatSpokeUnasked) {
  Rig rig;
  OriginServer& origin = rig.origin("files.example");
  Client client = rig.client();
  client.says(kGet);
  origin.says(kHello);
  client.hears();
  origin.says("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
  client.says(kGet);
  EXPECT_EQ(origin.connections(), 2u);
  origin.says(kHello);
  EXPECT_EQ(body_of(client.hears()), "hello");
}

TEST(Session, ClosesAfterConnectionCloseAndForHttp10) {
  for (const char* request :
       {"GET http://files.example/ HTTP/1.1\r\nHost: files.example\r\nConnection: close\r\n\r\n",
        "GET http://files.example/ HTTP/1.0\r\n\r\n"}) {
    Rig rig;
    OriginServer& origin = rig.origin("files.example");
    origin.always_says(kHello);
    Client client = rig.client();
    client.says(request);
    EXPECT_EQ(body_of(client.hears()), "hello");
    EXPECT_TRUE(client.ended()) << request;
  }
}

TEST(Session, AnIdleConnectionEndsInTime) {
  Rig rig;
  Client client = rig.client();
  rig.pass(std::chrono::seconds(74));
  EXPECT_FALSE(client.ended());
  rig.pass(std::chrono::seconds(2));
  EXPECT_TRUE(client.ended());
  EXPECT_EQ(rig.events(), "");
}

TEST(Session, AHeadThatDripsEndsInTime) {
  Rig rig;
  Client client = rig.client();
  client.says("GET http://files.example/ HT");
  rig.pass(std::chrono::seconds(31));
  EXPECT_TRUE(client.ended());
  EXPECT_EQ(rig.events(), "- connection -: timed_out\n");
}

TEST(Session, AnOriginThatNeverAnswersIsGivenUp) {
  Rig rig;
  OriginServer& origin = rig.origin("files.example");
  Client client = rig.client();
  client.says(kGet);
  origin.heard();
  rig.pass(std::chrono::seconds(302));
  EXPECT_EQ(status_of(client.hears()), 504);
  EXPECT_EQ(rig.events(), "- other files.example: timed_out 504\n");
}

TEST(Session, AClientThatGoesAwayFreesTheOrigin) {
  Rig rig;
  OriginServer& origin = rig.origin("files.example");
  Client client = rig.client();
  client.says(kGet);
  origin.heard();
  client.resets();
  rig.pass(std::chrono::milliseconds(1500));
  EXPECT_EQ(rig.events(), "- other files.example: client_closed\n");
}

TEST(Session, APipelinedRequestIsNoFarewell) {
  Rig rig;
  OriginServer& origin = rig.origin("files.example");
  Client client = rig.client();
  client.says(kGet);
  origin.heard();
  rig.pass(std::chrono::milliseconds(1500));
  client.says(kGet);
  origin.says(kHello);
  origin.says(kHello);
  EXPECT_EQ(rig.events(),
            "- other files.example: completed 200\n- other files.example: completed 200\n");
}

TEST(Session, AnOriginThatIsNotThereIsAPageNotASilence) {
  Rig rig;
  rig.resolve("gone.example", "198.18.9.9");
  Client client = rig.client();
  client.says("GET http://gone.example/ HTTP/1.1\r\nHost: gone.example\r\n\r\n");
  EXPECT_EQ(status_of(client.hears()), 502);
  client.says("GET http://nowhere.example/ HTTP/1.1\r\nHost: nowhere.example\r\n\r\n");
  EXPECT_EQ(status_of(client.hears()), 502);
  EXPECT_EQ(
      rig.events(),
      "- other gone.example: origin_failed 502\n- other nowhere.example: origin_failed 502\n");
}

TEST(Session, TriesTheNextAddressWhenOneRefuses) {
  Rig rig;
  rig.resolve("files.example", "198.18.9.9 198.18.9.10");
  OriginServer& origin = rig.origin("other.example");
  rig.resolve("other.example", "198.18.0.1");
  rig.resolve("files.example", "198.18.9.9 " + rig.address_of("other.example"));
  Client client = rig.client();
  client.says(kGet);
  origin.says(kHello);
  EXPECT_EQ(body_of(client.hears()), "hello");
  EXPECT_EQ(rig.recorded().at(0).activity.destination->address.to_string(),
            rig.address_of("other.example"));
}

// --- Policy ---

TEST(Session, BlocksInsideTlsBeforeAnyPacketOrLookUp) {
  Rig rig({.rules = kNoMega, .apps = "mega: mega.nz"});
  rig.tls_origin("mega.nz");
  Client client = rig.client();
  ASSERT_TRUE(client.opens("mega.nz:443", browser("mega.nz")));
  EXPECT_EQ(client.tls().peer_certificate().names().dns, std::vector<std::string>{"mega.nz"});
  client.says("GET / HTTP/1.1\r\nHost: mega.nz\r\nAccept: text/html\r\n\r\n");
  const std::string page = client.hears();
  EXPECT_EQ(status_of(page), 403);
  EXPECT_NE(page.find("Use the company share."), std::string::npos);
  EXPECT_EQ(rig.connects(), 0);
  EXPECT_EQ(rig.lookups(), 0);
  EXPECT_EQ(rig.events(), "- view mega.nz: blocked 403, 'no mega'\n");
}

TEST(Session, ABlockIsRecordedEvenWhereTheClientRefusesOurLeaf) {
  Rig rig({.rules = kNoMega, .apps = "mega: mega.nz"});
  Client client = rig.client();
  EXPECT_FALSE(client.opens("mega.nz:443", {.server_name = "mega.nz", .verify = true}));
  EXPECT_EQ(rig.events(), "- connection mega.nz: blocked, 'no mega'\n");
}

TEST(Session, BypassIsATrueSplice) {
  Rig rig({.rules = "- { name: closed, when: { host: bank.example }, kind: tls, then: bypass }\n"});
  OriginServer& origin = rig.tls_origin("bank.example");
  Client client = rig.client();
  ASSERT_TRUE(client.opens("bank.example:443", browser("bank.example")));
  EXPECT_NE(client.tls().peer_certificate().issuer().find("Rig Root"), std::string::npos);
  client.says("GET / HTTP/1.1\r\nHost: bank.example\r\n\r\n");
  EXPECT_EQ(origin.heard(), "GET / HTTP/1.1\r\nHost: bank.example\r\n\r\n");
  client.ends();
  origin.ends();
  EXPECT_EQ(rig.events(), "- tunnel bank.example: completed, 'closed'\n");
  EXPECT_GT(rig.recorded().at(0).bytes_in, 100u);
}

TEST(Session, ATunnelThatIsCutLeavesItsEvent) {
  Rig rig({.rules = "- { name: closed, when: { host: bank.example }, kind: tls, then: bypass }\n"});
  rig.tls_origin("bank.example");
  Client client = rig.client();
  ASSERT_TRUE(client.opens("bank.example:443", browser("bank.example")));
  client.ends();  // One direction; the origin says nothing to that.
  rig.finish();
  EXPECT_EQ(rig.recorded().size(), 1u);
  EXPECT_EQ(rig.recorded().at(0).kind, discovery::EventKind::tunnel);
}

TEST(Session, ARiskyAddressMayNotLogIn) {
  const char* rules =
      "- name: Logon from a risky IP address\n"
      "  when: { client.ip.tag: tor, activity: login }\n"
      "  then: block\n";
  const char* ranges =
      "ranges:\n  - { name: tor, cidrs: [192.0.2.66], category: risky, tags: [tor] }\n";
  const char* login =
      "POST http://files.example/login HTTP/1.1\r\nHost: files.example\r\n"
      "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 6\r\n\r\nuser=a";
  {
    Rig rig({.rules = rules, .ranges = ranges, .client_address = "192.0.2.66"});
    OriginServer& origin = rig.origin("files.example");
    Client client = rig.client();
    client.says(login);
    EXPECT_EQ(status_of(client.hears()), 403);
    EXPECT_EQ(origin.connections(), 0u);
    EXPECT_EQ(rig.events(),
              "- login files.example: blocked 403, 'Logon from a risky IP address'\n");
  }
  {
    Rig rig({.rules = rules, .ranges = ranges, .client_address = "192.0.2.67"});
    OriginServer& origin = rig.origin("files.example");
    origin.always_says(kHello);
    Client client = rig.client();
    client.says(login);
    EXPECT_EQ(status_of(client.hears()), 200);
    EXPECT_EQ(rig.events(), "- login files.example: completed 200\n");
  }
}

TEST(Session, ADestinationIsJudgedByEveryAddressItMightHave) {
  Rig rig({.rules = "- { name: no tor, when: { destination.ip.tag: tor }, then: block }\n",
           .ranges =
               "ranges:\n  - { name: tor, cidrs: [203.0.113.9], category: risky, tags: [tor] }\n"});
  rig.resolve("files.example", "198.18.0.1 203.0.113.9");
  Client client = rig.client();
  client.says(kGet);
  EXPECT_EQ(status_of(client.hears()), 403);
  EXPECT_EQ(rig.connects(), 0);
  EXPECT_EQ(rig.events(), "- other files.example: blocked 403, 'no tor'\n");
}

TEST(Session, CountriesAndSystemsOfBothSidesDecideAndAreRecorded) {
  const std::string rules =
      "- { name: not to Norway, when: { destination.ip.country: NO }, then: block }\n"
      "- { name: known net, when: { client.ip.asn: 64496, client.ip.country: AT }, then: monitor "
      "}\n";
  Rig rig({.rules = rules,
           .countries = "192.0.2.0,192.0.2.255,AT\n198.18.0.0,198.18.0.255,NO\n",
           .systems = "192.0.2.0,192.0.2.255,64496,Example Net\n"});
  rig.resolve("files.example", "198.18.1.1");
  rig.resolve("fjord.example", "198.18.0.1");
  OriginServer& origin = rig.origin("files.example");
  origin.always_says(kHello);
  Client client = rig.client();
  client.says(kGet);
  EXPECT_EQ(status_of(client.hears()), 200);
  client.says("GET http://fjord.example/ HTTP/1.1\r\nHost: fjord.example\r\n\r\n");
  EXPECT_EQ(status_of(client.hears()), 403);
  EXPECT_EQ(rig.events(),
            "- other files.example: completed 200, 'known net'\n"
            "- other fjord.example: blocked 403, 'not to Norway'\n");
  const policy::Activity& blocked = rig.recorded().at(1).activity;
  EXPECT_EQ(blocked.client.country, "AT");
  EXPECT_EQ(blocked.client.asn, 64496u);
  EXPECT_EQ(blocked.client.isp, "Example Net");
  EXPECT_EQ(blocked.destination->country, "NO");
  EXPECT_EQ(blocked.destination->asn, 0u);
}

TEST(Session, TheOperatorsRangesOverrideTheGeoData) {
  Rig rig({.ranges = "ranges:\n"
                     "  - name: branch\n"
                     "    cidrs: [192.0.2.0/28]\n"
                     "    override_isp: Our Net\n"
                     "    override_location: {country: CH}\n",
           .countries = "192.0.2.0,192.0.2.255,AT\n",
           .systems = "192.0.2.0,192.0.2.255,64496,Example Net\n"});
  rig.origin("files.example").always_says(kHello);
  Client client = rig.client();
  client.says(kGet);
  EXPECT_EQ(status_of(client.hears()), 200);
  const policy::AddressFacts& facts = rig.recorded().at(0).activity.client;
  EXPECT_EQ(facts.country, "CH");
  EXPECT_EQ(facts.isp, "Our Net");
  EXPECT_EQ(facts.asn, 64496u);
}

// A feed of hosts judges the name at connect: nothing is looked up, nothing leaves.
TEST(Session, AHostThatAFeedNamesIsStoppedByName) {
  char name[] = "/tmp/sallyport-hosts-XXXXXX";
  const int file = ::mkstemp(name);
  ASSERT_GE(file, 0);
  ::close(file);
  std::ofstream(name) << "! Title: bad hosts\n||bad.example^\n";
  const std::string ranges =
      "feeds:\n  - { name: bad hosts, path: " + std::string(name) + ", tags: [malware_cnc] }\n";
  Rig rig({.rules = "- { name: no malware, when: { host.tag: malware_cnc }, then: block }\n",
           .ranges = ranges});
  ::unlink(name);
  Client client = rig.client();
  ASSERT_TRUE(client.opens("www.bad.example:443", {.server_name = "www.bad.example"}));
  client.says("GET / HTTP/1.1\r\nHost: www.bad.example\r\n\r\n");
  EXPECT_EQ(status_of(client.hears()), 403);
  EXPECT_EQ(rig.connects(), 0);
  EXPECT_EQ(rig.lookups(), 0);
  EXPECT_EQ(rig.events(), "- other www.bad.example: blocked 403, 'no malware'\n");
  EXPECT_EQ(rig.recorded().at(0).activity.host_tags, std::vector<std::string>{"malware_cnc"});
}

TEST(Session, AReplyMayBeStoppedToo) {
  Rig rig({.rules = "- { name: no downloads, when: { activity: download }, then: block }\n"});
  OriginServer& origin = rig.origin("files.example");
  Client client = rig.client();
  client.says(kGet);
  origin.says(
      "HTTP/1.1 200 OK\r\nContent-Type: application/zip\r\nContent-Disposition: attachment; "
      "filename=a.zip\r\n"
      "Content-Length: 6\r\n\r\nsecret");
  const std::string reply = client.hears();
  EXPECT_EQ(status_of(reply), 403);
  EXPECT_EQ(reply.find("secret"), std::string::npos);
  EXPECT_EQ(rig.events(), "- download files.example: blocked 403, 'no downloads'\n");
}

// --- Who ---

// "pass word", cost 4
constexpr const char* kPasswords =
    "ana:$2y$04$abcdefghijklmnopqrstuuJEBV0VcXkrvQvBJyGKlcB8Yqv8aE3Xe\n";

TEST(Session, AnAddressMayNameAUser) {
  Rig rig({.users = "users:\n  - { name: ana, groups: [finance] }\n",
           .user_addresses = "- { address: 192.0.2.10, user: Ana }\n"});
  OriginServer& origin = rig.origin("files.example");
  origin.always_says(kHello);
  Client client = rig.client();
  client.says(kGet);
  EXPECT_EQ(rig.events(), "ana other files.example: completed 200\n");
  EXPECT_EQ(rig.recorded().at(0).activity.groups, std::vector<std::string>{"finance"});
}

TEST(Session, AsksForCredentialsAndNeverPassesThemOn) {
  Rig rig({.passwords = kPasswords});
  OriginServer& origin = rig.origin("files.example");
  Client client = rig.client();
  client.says(kGet);
  const std::string reply = client.hears();
  EXPECT_EQ(status_of(reply), 407);
  EXPECT_NE(reply.find("Proxy-Authenticate: Basic realm=\"Sallyport\""), std::string::npos);
  client.says(
      "GET http://files.example/ HTTP/1.1\r\nHost: files.example\r\nProxy-Authorization: Basic "
      "YW5hOndyb25n\r\n\r\n");
  EXPECT_EQ(status_of(client.hears()), 407);
  EXPECT_EQ(origin.connections(), 0u);
  EXPECT_EQ(rig.recorded().size(), 2u);
}

// --- The gateway itself ---

TEST(Session, ServesItsOwnPagesWithoutAnEvent) {
  Rig rig({.passwords = kPasswords});
  Client client = rig.client();
  client.says("GET /proxy.pac HTTP/1.1\r\nHost: proxy.test:3128\r\n\r\n");
  EXPECT_NE(client.hears().find("FindProxyForURL"), std::string::npos);
  client.says("GET http://proxy.test:3128/ca.pem HTTP/1.1\r\nHost: proxy.test:3128\r\n\r\n");
  EXPECT_NE(client.hears().find("BEGIN CERTIFICATE"), std::string::npos);
  EXPECT_EQ(rig.events(), "");
}

// --- Draining ---

TEST(Session, DrainLetsAnExchangeFinishAndClosesTheIdle) {
  Rig rig;
  OriginServer& origin = rig.origin("files.example");
  Client busy = rig.client();
  Client idle = rig.client();
  busy.says(kGet);
  origin.heard();
  rig.parts().proxy().drain();
  rig.settle();
  EXPECT_TRUE(idle.ended());
  EXPECT_FALSE(busy.ended());
  origin.says(kHello);
  const std::string reply = busy.hears();
  EXPECT_EQ(body_of(reply), "hello");
  EXPECT_NE(reply.find("Connection: close\r\n"), std::string::npos);
  EXPECT_TRUE(busy.ended());
}

TEST(Session, AbortEndsWhatWaits) {
  Rig rig;
  OriginServer& origin = rig.origin("files.example");
  Client client = rig.client();
  client.says(kGet);
  origin.heard();
  rig.parts().proxy().drain();
  rig.parts().proxy().abort_all();
  rig.settle();
  EXPECT_TRUE(rig.parts().proxy().empty());
  EXPECT_EQ(rig.recorded().size(), 1u);
}

}  // namespace
}  // namespace sallyport::testkit
