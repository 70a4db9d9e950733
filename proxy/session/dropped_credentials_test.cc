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

TEST(DroppedCredentials, WhatWasShownThenPassesNoMoreAndWhatIsNewDoes) {
  DroppedCredentials dropped;
  EXPECT_TRUE(dropped.empty());
  dropped.add("ana a.example", cookies("sid=old; lang=en"), kLater);
  EXPECT_FALSE(dropped.empty());
  http::Headers fields = cookies("a=1; sid=old; sid=new;lang=en");
  EXPECT_TRUE(dropped.strip("ana a.example", fields, kNow));
  EXPECT_EQ(*fields.find("Cookie"), "a=1; sid=new");
  http::Headers all = cookies("sid=old");
  EXPECT_TRUE(dropped.strip("ana a.example", all, kNow));
  EXPECT_FALSE(all.has("Cookie"));
  EXPECT_TRUE(all.has("Accept"));
}

TEST(DroppedCredentials, AreOfOneUserAndDomainAndForATime) {
  DroppedCredentials dropped;
  dropped.add("ana a.example", cookies("sid=old"), kLater);
  http::Headers fields = cookies("sid=old");
  EXPECT_FALSE(dropped.strip("ana b.example", fields, kNow));
  EXPECT_FALSE(dropped.strip("bob a.example", fields, kNow));
  EXPECT_FALSE(dropped.strip("ana a.example", fields, kLater));
  EXPECT_TRUE(dropped.empty());
}

TEST(DroppedCredentials, BearerTokensGoAndPasswordsStay) {
  DroppedCredentials dropped;
  dropped.add("ana a.example", cookies("", "Bearer abc"), kLater);
  dropped.add("ana a.example", cookies("", "Basic abc"), kLater);
  http::Headers token = cookies("", "bearer abc");
  EXPECT_FALSE(dropped.strip("ana a.example", token, kNow));  // Another token to the app, too.
  token = cookies("", "Bearer abc");
  EXPECT_TRUE(dropped.strip("ana a.example", token, kNow));
  EXPECT_FALSE(token.has("Authorization"));
  http::Headers password = cookies("", "Basic abc");
  EXPECT_FALSE(dropped.strip("ana a.example", password, kNow));
}

TEST(DroppedCredentials, AreBounded) {
  DroppedCredentials dropped(10);
  for (int i = 0; i < 1'000; ++i) {
    dropped.add("ana h" + std::to_string(i), cookies("sid=" + std::to_string(i)), kLater);
  }
  http::Headers first = cookies("sid=0");
  EXPECT_FALSE(dropped.strip("ana h0", first, kNow));
  http::Headers last = cookies("sid=999");
  EXPECT_TRUE(dropped.strip("ana h999", last, kNow));
}

TEST(ClearSession, ThrowsAwayEachCookieThatWasShown) {
  http::Headers reply;
  clear_session(cookies("sid=1; __Host-a=2; b\x01=3; =4"), "a.example", reply);
  std::string text;
  for (const auto field : reply) text.append(field.name).append(": ").append(field.value) += '\n';
  EXPECT_EQ(text,
            "Clear-Site-Data: \"cookies\", \"storage\", \"cache\"\n"
            "Set-Cookie: sid=; Path=/; Max-Age=0; Secure; HttpOnly\n"
            "Set-Cookie: sid=; Path=/; Max-Age=0; Secure; HttpOnly; Domain=a.example\n"
            "Set-Cookie: __Host-a=; Path=/; Max-Age=0; Secure; HttpOnly\n");
}

}  // namespace
}  // namespace sallyport::session
