#include "proxy/session/dropped_credentials.h"

#include <gtest/gtest.h>

namespace sallyport::session {
namespace {

const Time kNow = *parse_rfc3339("2026-11-26T12:00:00Z");
const Time kLater = kNow + std::chrono::hours(1);

http::Headers cookies(const std::string& value, const std::string& authorization = "") {
  http::Headers fields;
  if (!value.empty()) {
    EXPECT_TRUE(fields.add("Cookie", value));
  }
  if (!authorization.empty()) {
    EXPECT_TRUE(fields.add("Authorization", authorization));
  }
  EXPECT_TRUE(fields.add("Accept", "*/*"));
  return fields;
}

using Found = DroppedCredentials::Found;

http::RequestHead request(const http::Headers& fields, const std::string& path = "/") {
  http::RequestHead head;
  head.path = path;
  head.headers = fields;
  return head;
}

// What of one Cookie field passes.
std::string passes(DroppedCredentials& dropped, const std::string& value,
                   const std::string& authorization = "", const std::string& domain = "a.example") {
  http::RequestHead head = request(cookies(value, authorization));
  dropped.strip("ana", domain, head, kNow);
  std::string left = std::string(head.headers.find("Cookie").value_or(""));
  if (head.headers.has("Authorization"))
    left += "|" + std::string(*head.headers.find("Authorization"));
  return left;
}

TEST(DroppedCredentials, WhatWasShownThenPassesNoMoreAndWhatIsNewDoes) {
  DroppedCredentials dropped;
  EXPECT_TRUE(dropped.empty());
  dropped.add("ana", "a.example", cookies("sid=old-session; lang=en"), kNow, kLater);
  EXPECT_FALSE(dropped.empty());
  EXPECT_EQ(passes(dropped, "a=1; sid=old-session; sid=new-session;lang=en"),
            "a=1; sid=new-session; lang=en");
  http::RequestHead all = request(cookies("sid=old-session"));
  EXPECT_EQ(dropped.strip("ana", "a.example", all, kNow), Found::in_fields);
  EXPECT_FALSE(all.headers.has("Cookie"));
  EXPECT_TRUE(all.headers.has("Accept"));
}

TEST(DroppedCredentials, AreOfOneUserAndDomainAndForATime) {
  DroppedCredentials dropped;
  dropped.add("ana", "a.example", cookies("sid=old-session"), kNow, kLater);
  http::RequestHead head = request(cookies("sid=old-session"));
  EXPECT_EQ(dropped.strip("ana", "b.example", head, kNow), Found::nothing);
  EXPECT_EQ(dropped.strip("bob", "a.example", head, kNow), Found::nothing);
  EXPECT_EQ(dropped.strip("ana", "a.example", head, kLater), Found::nothing);
  EXPECT_TRUE(dropped.empty());
}

TEST(DroppedCredentials, AreTheSameHoweverTheyAreSpelt) {
  DroppedCredentials dropped;
  dropped.add("ana", "a.example", cookies("sid=old-session", "Bearer old-token"), kNow, kLater);
  for (const char* same : {"sid=\"old-session\"", "sid = old-session", "SID=old-session",
                           "sid=old-sessio%6E", "other=old-session", "x=1, sid=old-session"}) {
    EXPECT_EQ(passes(dropped, same), "") << same;
  }
  for (const char* same : {"bearer old-token", "Bearer  old-token", "Token old-token",
                           "Bearer \"old-token\"", "old-token"}) {
    EXPECT_EQ(passes(dropped, "", same), "") << same;
  }
  http::Headers other;
  EXPECT_TRUE(other.add("X-Auth-Token", "old-token"));
  http::RequestHead head = request(other);
  EXPECT_EQ(dropped.strip("ana", "a.example", head, kNow), Found::in_fields);
  EXPECT_FALSE(head.headers.has("X-Auth-Token"));
}

TEST(DroppedCredentials, PasswordsStay) {
  DroppedCredentials dropped;
  dropped.add("ana", "a.example", cookies("sid=old-session", "Basic YW5hOnNlY3JldA=="), kNow,
              kLater);
  EXPECT_EQ(passes(dropped, "", "Basic YW5hOnNlY3JldA=="), "|Basic YW5hOnNlY3JldA==");
}

TEST(DroppedCredentials, InTheTargetTheyAreFound) {
  DroppedCredentials dropped;
  dropped.add("ana", "a.example", cookies("sid=old-session", "Bearer old-token"), kNow, kLater);
  for (const char* path : {"/a;jsessionid=old-session", "/a;x=1;sessionid=old-session/b?c",
                           "/?sid=old-session", "/a?b=1&access_token=old%2Dtoken"}) {
    http::RequestHead head = request(cookies(""), path);
    EXPECT_EQ(dropped.strip("ana", "a.example", head, kNow), Found::in_target) << path;
  }
  for (const char* path : {"/old-session?old-session", "/login?login_hint=old-session",
                           "/x?next=old-session&side=old-session"}) {
    http::RequestHead head = request(cookies(""), path);
    EXPECT_EQ(dropped.strip("ana", "a.example", head, kNow), Found::nothing) << path;
  }
}

TEST(DroppedCredentials, TokensPassBesideACookieThatWasSetSince) {
  DroppedCredentials dropped;
  dropped.add("ana", "a.example", cookies("sid=old-session", "Bearer same-for-all"), kNow, kLater);
  EXPECT_EQ(passes(dropped, "j=junk-cookie", "Bearer same-for-all"), "j=junk-cookie");
  http::Headers reply;
  EXPECT_TRUE(reply.add("Set-Cookie", "sid=new-session; secure"));
  dropped.renew("ana", "a.example", reply, kNow + std::chrono::seconds(1));
  EXPECT_EQ(passes(dropped, "sid=new-session", "Bearer same-for-all"),
            "sid=new-session|Bearer same-for-all");
  EXPECT_EQ(passes(dropped, "sid=old-session", "Bearer same-for-all"), "");
}

TEST(DroppedCredentials, AReplyThatWasOnItsWayBringsNothingBack) {
  DroppedCredentials dropped;
  dropped.add("ana", "a.example", cookies("sid=old-session"), kNow, kLater);
  http::Headers reply;
  EXPECT_TRUE(reply.add("Set-Cookie", "sid=old-session"));
  dropped.renew("ana", "a.example", reply, kNow);
  EXPECT_EQ(passes(dropped, "sid=old-session"), "");
}

TEST(DroppedCredentials, WhereNothingWasShownOnlyWhatPassesByTheAnswerLosesItsCookies) {
  DroppedCredentials dropped;
  dropped.add("ana", "a.example", cookies(""), kNow, kLater);
  http::RequestHead elsewhere = request(cookies("sid=old-session"));
  EXPECT_EQ(dropped.strip("ana", "a.example", elsewhere, kNow, false), Found::nothing);
  EXPECT_EQ(passes(dropped, "sid=old-session"), "");
}

TEST(DroppedCredentials, APageThatSetsWhatItIsToldBringsNothingBack) {
  DroppedCredentials dropped;
  dropped.add("ana", "a.example", cookies("sid=old-session"), kNow, kLater);
  http::Headers reply;
  EXPECT_TRUE(reply.add("Set-Cookie", "lang=old-session"));
  dropped.renew("ana", "a.example", reply, kNow + std::chrono::seconds(1));
  EXPECT_EQ(passes(dropped, "sid=old-session"), "");
}

TEST(DroppedCredentials, WhatTheAppSetsAnewPassesAlsoWhereItIsTheSameText) {
  DroppedCredentials dropped;
  dropped.add("ana", "a.example", cookies("test_cookie=Cookie%20check; sid=old-session"), kNow,
              kLater);
  EXPECT_EQ(passes(dropped, "test_cookie=Cookie%20check"), "");
  http::Headers reply;
  EXPECT_TRUE(reply.add("Set-Cookie", "test_cookie=Cookie%20check; path=/; secure"));
  dropped.renew("ana", "b.example", reply, kNow + std::chrono::seconds(1));
  EXPECT_EQ(passes(dropped, "test_cookie=Cookie%20check"), "");
  dropped.renew("ana", "a.example", reply, kNow + std::chrono::seconds(1));
  EXPECT_EQ(passes(dropped, "test_cookie=Cookie%20check; sid=old-session"),
            "test_cookie=Cookie%20check");
}

TEST(DroppedCredentials, WhereNothingWasShownTheFirstCookiesThatAreShownGo) {
  DroppedCredentials dropped;
  dropped.add("ana", "a.example", cookies(""), kNow, kLater);
  http::Headers reply;
  EXPECT_TRUE(reply.add("Set-Cookie", "pre=login-state; secure"));
  dropped.renew("ana", "a.example", reply, kNow + std::chrono::seconds(1));
  EXPECT_EQ(passes(dropped, ""), "");
  EXPECT_EQ(passes(dropped, "pre=login-state; sid=old-session; lang=en", "Bearer new-token"),
            "pre=login-state; lang=en|Bearer new-token");
  EXPECT_EQ(passes(dropped, "sid=old-session"), "");
  EXPECT_EQ(passes(dropped, "sid=new-session; other=later-cookie"),
            "sid=new-session; other=later-cookie");
}

TEST(DroppedCredentials, TheLastOfManyAreRemembered) {
  DroppedCredentials dropped;
  std::string many;
  for (int i = 0; i < 600; ++i) many += "j=junk-" + std::to_string(1000 + i) + "; ";
  dropped.add("ana", "a.example", cookies(many + "sid=old-session"), kNow, kLater);
  EXPECT_EQ(passes(dropped, "sid=old-session"), "");
}

TEST(DroppedCredentials, NobodyEmptiesTheBookForOthers) {
  DroppedCredentials dropped(1'000);
  dropped.add("ben", "b.example", cookies("sid=old-session"), kNow, kLater);
  for (int i = 0; i < 5'000; ++i) {
    dropped.add("ana", "h" + std::to_string(i), cookies("sid=old-session"), kNow, kLater);
  }
  EXPECT_EQ(dropped.size(), DroppedCredentials::kMostDomains + 1);
  http::RequestHead head = request(cookies("sid=old-session"));
  EXPECT_EQ(dropped.strip("ben", "b.example", head, kNow), Found::in_fields);
  head = request(cookies("sid=old-session"));
  EXPECT_EQ(dropped.strip("ana", "h4999", head, kNow), Found::in_fields);
  EXPECT_EQ(dropped.strip("ana", "h0", head, kNow), Found::nothing);
}

TEST(DroppedCredentials, AreBoundedInAll) {
  DroppedCredentials dropped(10);
  for (int i = 0; i < 1'000; ++i) {
    dropped.add("user" + std::to_string(i), "h", cookies("sid=old-session"), kNow, kLater);
  }
  EXPECT_EQ(dropped.size(), 10u);
}

TEST(ClearSession, ThrowsAwayEachCookieThatWasShown) {
  http::Headers reply;
  http::RequestHead asked = request(cookies("sid=1; __Host-a=2; b\x01=3; =4"));
  EXPECT_TRUE(asked.headers.add("Sec-Fetch-Mode", "navigate"));
  clear_session(asked, "a.example", reply);
  std::string text;
  for (const auto field : reply) text.append(field.name).append(": ").append(field.value) += '\n';
  EXPECT_EQ(text,
            "Clear-Site-Data: \"cookies\", \"storage\", \"cache\"\n"
            "Set-Cookie: sid=; Path=/; Max-Age=0; Secure; HttpOnly\n"
            "Set-Cookie: sid=; Path=/; Max-Age=0; Secure; HttpOnly; Domain=a.example\n"
            "Set-Cookie: __Host-a=; Path=/; Max-Age=0; Secure; HttpOnly\n");
}

TEST(ClearSession, GivesProgramsOneFieldAlone) {
  http::Headers reply;
  clear_session(request(cookies("sid=1; other=2")), "a.example", reply);
  EXPECT_EQ(reply.size(), 1u);
}

TEST(ClearSession, LeavesStorageWhereAServiceWorkerWaitsForTheReply) {
  http::RequestHead passed_on = request(cookies(""));
  EXPECT_TRUE(passed_on.headers.add("Sec-Fetch-Dest", "empty"));
  http::Headers reply;
  clear_session(passed_on, "a.example", reply);
  EXPECT_EQ(*reply.find("Clear-Site-Data"), "\"cookies\", \"cache\"");
}

}  // namespace
}  // namespace sallyport::session
