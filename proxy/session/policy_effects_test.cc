// What policies do to an exchange beyond letting it pass or not: redirects, edits of header fields,
// rehearsals.

#include <algorithm>
#include <gtest/gtest.h>

#include "proxy/session/sessions.h"
#include "proxy/session/throttle.h"
#include "tests/kit/rig.h"

namespace sallyport::testkit {
namespace {

constexpr const char* kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
constexpr const char* kRedirect =
    "- { name: no mega, when: { host: mega.nz }, then: block, redirect: "
    "\"https://intranet.example/why?app=mega\" }\n";

TlsPeer::Options browser(const std::string& name) {
  return {.server_name = name, .alpn = {"http/1.1"}};
}

std::string plain(const std::string& fields) {
  return "GET http://mega.nz/a HTTP/1.1\r\nHost: mega.nz\r\n" + fields + "\r\n";
}

// --- Redirect

TEST(Redirect, SendsSomebodyWhoNavigatesToTheAddress) {
  for (const std::string fields : {"Sec-Fetch-Dest: document\r\n", "Accept: text/html\r\n"}) {
    Rig rig({.rules = kRedirect});
    Client client = rig.client();
    client.says(plain(fields));
    const std::string reply = client.hears();
    EXPECT_EQ(status_of(reply), 302);
    EXPECT_NE(reply.find("\r\nLocation: https://intranet.example/why?app=mega\r\n"),
              std::string::npos)
        << reply;
    EXPECT_NE(reply.find("\r\nCache-Control: no-store\r\n"), std::string::npos) << reply;
    EXPECT_EQ(body_of(reply), "");
    EXPECT_EQ(rig.events(), "- view mega.nz: blocked 302, 'no mega'\n");
    EXPECT_EQ(rig.recorded().at(0).verdict.redirect, "https://intranet.example/why?app=mega");
    EXPECT_EQ(rig.connects(), 0);
    // The connection goes on.
    client.says(plain(fields));
    EXPECT_EQ(status_of(client.hears()), 302);
  }
}

TEST(Redirect, TellsProgramsTheAddressAndSendsThemNowhere) {
  for (const std::string fields : {"Accept: */*\r\n", "Sec-Fetch-Dest: image\r\n",
                                   "Sec-Fetch-Dest: empty\r\nAccept: text/html\r\n"}) {
    Rig rig({.rules = kRedirect});
    Client client = rig.client();
    client.says(plain(fields));
    const std::string reply = client.hears();
    EXPECT_EQ(status_of(reply), 403) << fields;
    EXPECT_EQ(reply.find("\r\nLocation:"), std::string::npos) << reply;
    EXPECT_NE(reply.find("\"redirect\":\"https://intranet.example/why?app=mega\""),
              std::string::npos)
        << reply;
  }
}

TEST(Redirect, AFrameShowsThePage) {
  Rig rig({.rules = kRedirect});
  Client client = rig.client();
  client.says(plain("Sec-Fetch-Dest: iframe\r\n"));
  const std::string reply = client.hears();
  EXPECT_EQ(status_of(reply), 403);
  EXPECT_NE(reply.find("Content-Type: text/html"), std::string::npos);
  EXPECT_EQ(reply.find("\r\nLocation:"), std::string::npos) << reply;
}

TEST(Redirect, IsNoAnswerToConnectButToWhatIsAskedInside) {
  Rig rig({.rules = kRedirect});
  Client client = rig.client();
  ASSERT_TRUE(client.opens("mega.nz:443", browser("mega.nz")));  // 200, and our leaf
  client.says("GET /x HTTP/1.1\r\nHost: mega.nz\r\nSec-Fetch-Dest: document\r\n\r\n");
  const std::string reply = client.hears();
  EXPECT_EQ(status_of(reply), 302);
  EXPECT_NE(reply.find("\r\nLocation: https://intranet.example/why?app=mega\r\n"),
            std::string::npos);
  client.says("GET /x HTTP/1.1\r\nHost: mega.nz\r\n\r\n");
  EXPECT_EQ(status_of(client.hears()), 403);
  EXPECT_EQ(rig.lookups(), 0);
  EXPECT_EQ(rig.events(),
            "- view mega.nz: blocked 302, 'no mega'\n- other mega.nz: blocked 403, 'no mega'\n");
}

TEST(Redirect, ThatLeadsToWhatIsBlockedShowsThePageThere) {
  Rig rig({.rules = "- { name: nothing at all, then: block, redirect: "
                    "\"https://Intranet.Example:8443/why\" }\n"});
  Client client = rig.client();
  client.says(plain("Accept: text/html\r\n"));
  EXPECT_EQ(status_of(client.hears()), 302);
  client.says(
      "GET http://intranet.example/why HTTP/1.1\r\nHost: intranet.example\r\nAccept: "
      "text/html\r\n\r\n");
  const std::string reply = client.hears();
  EXPECT_EQ(status_of(reply), 403);
  EXPECT_NE(reply.find("Content-Type: text/html"), std::string::npos);
}

TEST(Redirect, AReplyThatIsStoppedRedirectsToo) {
  Rig rig({.rules = "- { name: no downloads, when: { activity: download }, then: block, redirect: "
                    "\"https://intranet.example/\" }\n"});
  OriginServer& origin = rig.origin("mega.nz");
  Client client = rig.client();
  client.says(plain("Accept: text/html\r\n"));
  origin.says(
      "HTTP/1.1 200 OK\r\nContent-Type: application/zip\r\nContent-Length: 6\r\n\r\nsecret");
  const std::string reply = client.hears();
  EXPECT_EQ(status_of(reply), 302);
  EXPECT_EQ(reply.find("secret"), std::string::npos);
  EXPECT_EQ(rig.events(), "- download mega.nz: blocked 302, 'no downloads'\n");
}

// --- Replacement

constexpr const char* kReplace =
    "- { name: no files, when: { activity: download }, then: block, replacement: Not from here. "
    "}\n";
constexpr const char* kFile =
    "HTTP/1.1 200 OK\r\nContent-Type: application/zip\r\nContent-Length: 6\r\nETag: \"a\"\r\n"
    "Content-Disposition: attachment; filename=\"plan.zip\"\r\n\r\nsecret";

TEST(Replacement, ABrowserGetsATextInPlaceOfTheFile) {
  Rig rig({.rules = kReplace});
  OriginServer& origin = rig.origin("mega.nz");
  Client client = rig.client();
  client.says(plain("Sec-Fetch-Mode: navigate\r\nRange: bytes=2-3\r\n"));
  origin.says(kFile);
  const std::string reply = client.hears();
  EXPECT_EQ(status_of(reply), 200);
  EXPECT_NE(reply.find("filename=\"plan.zip.blocked.txt\""), std::string::npos) << reply;
  EXPECT_EQ(reply.find("secret"), std::string::npos);
  EXPECT_EQ(reply.find("ETag"), std::string::npos);
  EXPECT_TRUE(body_of(reply).starts_with("Not from here.\n")) << reply;
  EXPECT_EQ(rig.events(), "- download mega.nz: blocked 200, 'no files'\n");
}

TEST(Replacement, AProgramIsToldAndGetsNothingThatItCouldTakeForTheFile) {
  Rig rig({.rules = kReplace});
  OriginServer& origin = rig.origin("mega.nz");
  Client client = rig.client();
  client.says(plain("Accept: */*\r\n"));
  origin.says(kFile);
  const std::string reply = client.hears();
  EXPECT_EQ(status_of(reply), 403);
  EXPECT_NE(reply.find("application/problem+json"), std::string::npos);
}

TEST(Replacement, WhatIsNoDownloadIsAPage) {
  Rig rig({.rules = "- { name: no, then: block, replacement: Not from here. }\n"});
  Client client = rig.client();
  client.says(plain("Accept: text/html\r\n"));
  EXPECT_EQ(status_of(client.hears()), 403);
}

// --- Throttle

TEST(Throttle, ABodyPassesAtTheRateOfTheSlowestPolicyAndAllUsersBodiesTogether) {
  Rig rig({.rules = "- { name: slow, throttle: 8 KB/s }\n- { name: slower, throttle: { download: 4 "
                    "KB/s } }\n",
           .tune = [](app::Shared& shared) {
             shared.first.settings.throttles = std::make_shared<session::Throttles>();
           }});
  OriginServer& origin = rig.origin("mega.nz");
  origin.always_says("HTTP/1.1 200 OK\r\nContent-Length: 12000\r\n\r\n" + std::string(12'000, 'x'));
  Client one = rig.client();
  Client two = rig.client();
  one.says(plain(""));
  two.says(plain(""));
  std::size_t got = 0;
  const auto count = [&](Client& client) {
    const std::string heard = client.hears();
    got += static_cast<std::size_t>(std::count(heard.begin(), heard.end(), 'x'));
  };
  count(one);
  count(two);
  EXPECT_LE(got, 2'100u);  // half a second's worth at once
  for (int second = 1; second <= 6; ++second) {
    for (int tick = 0; tick < 10; ++tick) rig.pass(std::chrono::milliseconds(100));
    count(one);
    count(two);
    EXPECT_LE(got, 2'100u + static_cast<std::size_t>(second) * 4'000);
    EXPECT_GE(got, static_cast<std::size_t>(second) * 4'000 - 3'000);
  }
  EXPECT_LT(got, 32'000u);
  one.resets();  // Whoever waits for its time can be given up.
  two.resets();
  rig.settle();
}

TEST(Throttle, WhoIsGoneBeforeTheWaitBeginsIsNotWaitedFor) {
  const auto throttles = std::make_shared<session::Throttles>();
  Rig rig({.rules = "- { name: slow, throttle: 1 KB/s }\n",
           .tune = [&](app::Shared& shared) { shared.first.settings.throttles = throttles; }});
  OriginServer& origin = rig.origin("mega.nz");
  for (int i = 0; i < 20; ++i) {
    Client client = rig.client();
    client.says(plain(""));
    client.resets();
    origin.says("HTTP/1.1 200 OK\r\nContent-Length: 2048\r\n\r\n" + std::string(2'048, 'x'));
    origin.turn_to(origin.connections() - 1);
  }
  rig.settle();
  rig.pass(std::chrono::seconds(2));
  const auto now = rig.clock().steady();
  const auto lane = throttles->lane("slow", "192.0.2.10", session::Throttles::Way::download, now);
  EXPECT_LT(lane->take(1, 1'000, now), std::chrono::seconds(3));
}

TEST(Throttle, AddressesOfOneIpv6NetworkShareARate) {
  const auto throttles = std::make_shared<session::Throttles>();
  Rig rig({.rules = "- { name: slow, throttle: 1 KB/s }\n",
           .tune = [&](app::Shared& shared) { shared.first.settings.throttles = throttles; }});
  OriginServer& origin = rig.origin("mega.nz");
  origin.always_says(kOk);
  for (const char* address : {"2001:db8::1", "2001:db8::2", "2001:db8::3"}) {
    Client client = rig.client(address);
    client.says(plain(""));
    EXPECT_EQ(status_of(client.hears()), 200);
  }
  EXPECT_EQ(throttles->size(), 1u);
}

TEST(Throttle, InRehearsalNothingIsSlowed) {
  Rig rig({.rules = "- { name: slow, mode: rehearse, throttle: 1 KB/s }\n",
           .tune = [](app::Shared& shared) {
             shared.first.settings.throttles = std::make_shared<session::Throttles>();
           }});
  OriginServer& origin = rig.origin("mega.nz");
  Client client = rig.client();
  client.says(plain(""));
  origin.says("HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n" + std::string(9'000, 'x'));
  EXPECT_EQ(body_of(client.hears()).size(), 9'000u);
}

// --- Sessions

TEST(SessionFacts, APolicyMayStopASessionThatHasSentEnough) {
  Rig rig({.rules = "- { name: enough, when: { session.uploaded: \"> 5 B\" }, then: block }\n",
           .tune = [](app::Shared& shared) {
             shared.first.settings.sessions = std::make_shared<session::Sessions>();
           }});
  OriginServer& origin = rig.origin("mega.nz");
  origin.always_says(kOk);
  const std::string post =
      "POST http://mega.nz/a HTTP/1.1\r\nHost: mega.nz\r\nContent-Length: 6\r\n\r\nsecret";
  Client one = rig.client();
  one.says(post);
  EXPECT_EQ(status_of(one.hears()), 200);
  Client two = rig.client();  // Another connection of the same.
  two.says(post);
  EXPECT_EQ(status_of(two.hears()), 403);
  Client other = rig.client("192.0.2.77");
  other.says(post);
  EXPECT_EQ(status_of(other.hears()), 200);
  rig.pass(std::chrono::minutes(31));
  Client later = rig.client();
  later.says(post);
  EXPECT_EQ(status_of(later.hears()), 200);
}

// --- Isolation

TEST(Isolation, AProgramIsToldThatItIsForABrowser) {
  Rig rig({.rules = "- { name: elsewhere, when: { host: mega.nz }, then: isolate, redirect: "
                    "\"https://iso.example/open\" }\n"});
  Client client = rig.client();
  client.says(plain("Accept: */*\r\n"));
  const std::string reply = client.hears();
  EXPECT_EQ(status_of(reply), 403);
  EXPECT_NE(reply.find("\"type\":\"urn:sallyport:problem:isolation\""), std::string::npos) << reply;
  EXPECT_EQ(rig.connects(), 0);
  EXPECT_EQ(rig.events(), "- other mega.nz: blocked 403, 'elsewhere'\n");
}

// --- Header edits; what the origin gets, byte by byte: tests/conformance/header_edits_test.cc

std::string edits_of(const discovery::Event& event) {
  std::string text;
  for (const discovery::Match& match : event.edited_by) {
    text += match.name + (match.rehearsed ? " (rehearsed)\n" : "\n");
  }
  return text;
}

TEST(HeaderEdits, AreRecordedAndDecideNothing) {
  Rig rig({.rules = "- { name: tenant, when: { host: mega.nz }, add_headers: { X-Tenant: a } }\n"
                    "- { name: others, when: { host: other.example }, add_headers: { X-O: a } }\n"
                    "- { name: trial, mode: rehearse, remove_headers: [Accept] }\n"
                    "- { name: watched, then: monitor }\n"});
  OriginServer& origin = rig.origin("mega.nz");
  Client client = rig.client();
  client.says(plain("Accept: */*\r\n"));
  EXPECT_EQ(origin.heard(),
            "GET /a HTTP/1.1\r\nHost: mega.nz\r\nAccept: */*\r\nVia: 1.1 sallyport-test\r\n"
            "X-Tenant: a\r\n\r\n");
  origin.says(kOk);
  EXPECT_EQ(status_of(client.hears()), 200);
  EXPECT_EQ(rig.events(), "- other mega.nz: completed 200, 'watched'\n");
  EXPECT_EQ(edits_of(rig.recorded().at(0)), "tenant\ntrial (rehearsed)\n");
}

// A client that fills the head must not get past a field that restricts it.
TEST(HeaderEdits, ThatFindNoRoomStopTheRequest) {
  Rig rig(
      {.rules = "- { name: tenant, add_headers: { X-Tenant: " + std::string(4000, 'a') + " } }\n"});
  OriginServer& origin = rig.origin("mega.nz");
  Client client = rig.client();
  std::string fields;
  for (int i = 0; i < 62; ++i) {
    fields += "X-F" + std::to_string(i) + ": " + std::string(1000, 'f') + "\r\n";
  }
  client.says(plain(fields));
  EXPECT_EQ(status_of(client.hears()), 431);
  EXPECT_EQ(origin.connections(), 0u);
  EXPECT_EQ(rig.events(), "- other mega.nz: refused 431\n");
}

// --- Rehearsal

std::string rehearsed_in(const discovery::Event& event) {
  std::string text;
  for (const auto& [policy, action] : event.verdict.rehearsed) {
    text += std::string(to_string(action)) + " '" + policy + "'\n";
  }
  return text;
}

constexpr const char* kMany =
    "- { name: no mega, kind: access, when: { host: mega.nz }, then: block }\n"
    "- { name: no login, when: { activity: login }, then: block }\n"
    "- { name: no failures, when: { status: 401 }, then: block }\n"
    "- { name: not opened, kind: tls, when: { host: mega.nz }, then: bypass }\n";
constexpr const char* kLogin =
    "POST /login HTTP/1.1\r\nHost: mega.nz\r\nContent-Type: application/json\r\n"
    "Content-Length: 2\r\n\r\n{}";

// The gateway's policy_mode: every policy rehearses, whatever it says of itself.
TEST(Rehearsal, OfEverythingBlocksNothingAndTellsWhatWouldHaveBeen) {
  Rig rig({.rules = kMany, .policy = {.mode = policy::Mode::rehearse}});
  OriginServer& origin = rig.tls_origin("mega.nz");
  Client client = rig.client();
  ASSERT_TRUE(client.opens("mega.nz:443", browser("mega.nz")));
  EXPECT_EQ(client.tls().peer_certificate().issuer(), rig.authority().certificate().subject());
  client.says(kLogin);
  origin.says("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(status_of(client.hears()), 401);
  EXPECT_EQ(rig.events(), "- login_failed mega.nz: completed 401\n");
  // A login that failed is no login any more; it would have been stopped before it could.
  EXPECT_EQ(rehearsed_in(rig.recorded().at(0)),
            "block 'no mega'\n"
            "bypass 'not opened'\n"
            "block 'no login'\n"
            "block 'no failures'\n");
}

TEST(Rehearsal, TheSamePoliciesInForceBlockAtTheFirst) {
  Rig rig({.rules = kMany});
  Client client = rig.client();
  ASSERT_TRUE(client.opens("mega.nz:443", browser("mega.nz")));
  client.says(kLogin);
  EXPECT_EQ(status_of(client.hears()), 403);
  EXPECT_EQ(rig.events(), "- login mega.nz: blocked 403, 'no mega'\n");
  EXPECT_EQ(rehearsed_in(rig.recorded().at(0)), "");
}

TEST(Rehearsal, IsToldOfEveryAddressThatMightHaveBeenTried) {
  Rig rig({.rules = "- { name: no tor, mode: rehearse, when: { destination.ip.tag: tor }, then: "
                    "block }\n",
           .ranges =
               "ranges:\n  - { name: tor, cidrs: [203.0.113.9], category: risky, tags: [tor] }\n"});
  rig.origin("other.example").always_says(kOk);
  rig.resolve("mega.nz", rig.address_of("other.example") + " 203.0.113.9");
  Client client = rig.client();
  client.says(plain(""));
  EXPECT_EQ(status_of(client.hears()), 200);
  EXPECT_EQ(rig.events(), "- other mega.nz: completed 200\n");
  EXPECT_EQ(rehearsed_in(rig.recorded().at(0)), "block 'no tor'\n");
}

}  // namespace
}  // namespace sallyport::testkit
