#include "proxy/session/sessions.h"

#include <gtest/gtest.h>

namespace sallyport::session {
namespace {

policy::Activity of(const char* user, const char* host, const char* client = "192.0.2.1") {
  policy::Activity activity;
  if (*user != '\0') activity.user = user;
  activity.host = activity.domain = host;
  activity.client.address = *IpAddress::parse(client);
  return activity;
}

const Time kStart = *parse_rfc3339("2026-11-26T12:00:00Z");

TEST(Sessions, CountWhatEndedInThem) {
  Sessions sessions;
  const auto session = sessions.of(of("ana", "a.example"), kStart);
  session->add(10, 200);
  session->add(5, 0);
  const auto again = sessions.of(of("ana", "a.example"), kStart + std::chrono::minutes(29));
  EXPECT_EQ(again, session);
  EXPECT_EQ(again->facts(kStart + std::chrono::minutes(29)),
            (policy::SessionFacts{15, 200, 2, 29}));
}

TEST(Sessions, AreOfOneUserAppAndAddress) {
  Sessions sessions;
  const auto session = sessions.of(of("ana", "a.example"), kStart);
  EXPECT_NE(sessions.of(of("bob", "a.example"), kStart), session);
  EXPECT_NE(sessions.of(of("", "a.example"), kStart), session);
  EXPECT_NE(sessions.of(of("ana", "b.example"), kStart), session);
  EXPECT_NE(sessions.of(of("ana", "a.example", "192.0.2.2"), kStart), session);
  policy::Activity app = of("ana", "a.example");
  app.app.emplace().id = "a.example";  // An app may be called what a host is.
  EXPECT_NE(sessions.of(app, kStart), session);
}

TEST(Sessions, BeginAnewAfterARest) {
  Sessions sessions;
  sessions.of(of("ana", "a.example"), kStart)->add(10, 0);
  const Time later = kStart + Sessions::kRest;
  EXPECT_EQ(sessions.of(of("ana", "a.example"), later)->facts(later).uploaded, 10u);
  const Time rested = later + Sessions::kRest + std::chrono::seconds(1);
  EXPECT_EQ(sessions.of(of("ana", "a.example"), rested)->facts(rested), policy::SessionFacts());
}

// What is done in hundreds of made-up places must not make anybody forget.
TEST(Sessions, NobodyEndsASessionByBeginningOthers) {
  Sessions sessions(6'400);
  sessions.of(of("ana", "a.example"), kStart)->add(500, 0);
  sessions.of(of("bob", "a.example", "192.0.2.9"), kStart)->add(700, 0);
  for (int i = 0; i < 50'000; ++i) {
    const std::string host = "h" + std::to_string(i) + ".example";
    sessions.of(of("ana", host.c_str()), kStart)->add(1, 0);
  }
  for (int i = 0; i < 50'000; ++i) {
    sessions.of(of(("u" + std::to_string(i)).c_str(), "a.example"), kStart)->add(1, 0);
  }
  EXPECT_EQ(sessions.of(of("ana", "a.example"), kStart)->facts(kStart).uploaded, 500u);
  EXPECT_EQ(sessions.of(of("bob", "a.example", "192.0.2.9"), kStart)->facts(kStart).uploaded, 700u);
  // All that has no room counts together, so that it is no way around either.
  EXPECT_GE(sessions.of(of("ana", "new.example"), kStart)->facts(kStart).uploaded, 49'000u);
  EXPECT_LE(sessions.size(), 6'400u + 2 * 64u);
  const Time later = kStart + Sessions::kRest + std::chrono::minutes(1);
  EXPECT_EQ(sessions.of(of("ana", "new.example"), later)->facts(later), policy::SessionFacts());
}

TEST(Sessions, OfAnIpv6ClientAreOfItsNetwork) {
  Sessions sessions;
  EXPECT_EQ(sessions.of(of("ana", "a.example", "2001:db8::1"), kStart),
            sessions.of(of("ana", "a.example", "2001:db8::2"), kStart));
}

}  // namespace
}  // namespace sallyport::session
