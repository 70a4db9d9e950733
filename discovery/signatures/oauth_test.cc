#include "discovery/signatures/oauth.h"

#include <gtest/gtest.h>

namespace sallyport::discovery {
namespace {

TEST(RedirectHost, IsWhereTheRightsGo) {
  EXPECT_EQ(redirect_host("https://Notes.example/back?x=1"), "notes.example");
  EXPECT_EQ(redirect_host("https://notes.example:8443"), "notes.example");
  EXPECT_EQ(redirect_host("https://bank.example@evil.example/"), "evil.example");
  EXPECT_EQ(redirect_host("https://evil.example\\@bank.example/"), "evil.example");
  EXPECT_EQ(redirect_host("http://127.0.0.1:51234/"), "127.0.0.1");
  EXPECT_EQ(redirect_host("http://[::1]:80/x"), "[::1]");
  EXPECT_EQ(redirect_host("http://[::1"), "[::1");
  EXPECT_EQ(redirect_host("notes.example"), "notes.example");
  EXPECT_EQ(redirect_host("com.example.notes:/back"), "com.example.notes");
  EXPECT_EQ(redirect_host("notes:///back"), "notes");
  EXPECT_EQ(redirect_host("urn:ietf:wg:oauth:2.0:oob"), "urn:ietf:wg:oauth:2.0:oob");
  EXPECT_EQ(redirect_host("msal1234://auth"), "auth");
  EXPECT_EQ(redirect_host(""), "");
}

TEST(SplitScopes, TakesBlanksAndCommas) {
  using Texts = std::vector<std::string>;
  EXPECT_EQ(split_scopes("openid  email"), (Texts{"openid", "email"}));
  EXPECT_EQ(split_scopes("users:read,chat:write"), (Texts{"users:read", "chat:write"}));
  EXPECT_EQ(split_scopes(" , "), Texts{});
  EXPECT_EQ(split_scopes(""), Texts{});
}

}  // namespace
}  // namespace sallyport::discovery
