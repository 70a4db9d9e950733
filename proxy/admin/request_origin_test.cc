// What a browser says of where a request comes from.

#include "proxy/admin/request_origin.h"

#include <gtest/gtest.h>

namespace sallyport::admin {
namespace {

http::RequestHead request(std::initializer_list<std::pair<const char*, const char*>> fields,
                          const std::string& to = "127.0.0.1:3129",
                          const std::string& scheme = "http") {
  http::RequestHead head;
  head.scheme = scheme;
  head.authority = *Authority::parse(to, scheme == "https" ? 443 : 80);
  for (const auto& [name, value] : fields) head.headers.add(name, value);
  return head;
}

TEST(RequestOrigin, AnotherSiteIsToldByWhatBrowsersSay) {
  EXPECT_TRUE(is_from_here(request({})));
  EXPECT_TRUE(is_from_here(request({{"Sec-Fetch-Site", "same-origin"}})));
  EXPECT_TRUE(is_from_here(request({{"Sec-Fetch-Site", "none"}})));
  EXPECT_TRUE(is_from_here(request({{"Origin", "http://127.0.0.1:3129"}})));
  EXPECT_TRUE(is_from_here(request({{"Origin", "https://c.example"}}, "c.example", "https")));
  for (const char* site : {"cross-site", "same-site", ""}) {
    EXPECT_FALSE(is_from_here(request({{"Sec-Fetch-Site", site}}))) << site;
  }
  for (const char* origin :
       {"null", "", "http://127.0.0.1", "http://127.0.0.1:3128", "https://127.0.0.1:3129",
        "http://evil.example", "http://127.0.0.1:3129.evil.example", "127.0.0.1:3129"}) {
    EXPECT_FALSE(is_from_here(request({{"Origin", origin}}))) << origin;
  }
  EXPECT_FALSE(is_from_here(
      request({{"Origin", "http://127.0.0.1:3129"}, {"Origin", "http://evil.example"}})));
}

TEST(RequestOrigin, OnlyItsOwnNamesAreItsOwn) {
  const std::string names[] = {"console.corp.example"};
  for (const char* host : {"127.0.0.1:3129", "[::1]:3129", "localhost:3129", "a.localhost",
                           "192.0.2.7", "console.corp.example:8443", "CONSOLE.corp.example."}) {
    EXPECT_TRUE(is_own_host(request({}, host), names)) << host;
  }
  for (const char* host :
       {"evil.example", "x.console.corp.example", "corp.example", "localhost.evil.example"}) {
    EXPECT_FALSE(is_own_host(request({}, host), names)) << host;
  }
}

TEST(RequestOrigin, FindsACookieAndRefusesTwo) {
  EXPECT_EQ(cookie_of(request({{"Cookie", "a=1; s=abc; b=2"}}), "s"), "abc");
  EXPECT_EQ(cookie_of(request({{"Cookie", "a=1"}, {"Cookie", "s=abc"}}), "s"), "abc");
  EXPECT_EQ(cookie_of(request({{"Cookie", "s=abc; s=def"}}), "s"), std::nullopt);
  EXPECT_EQ(cookie_of(request({{"Cookie", "ss=abc; s"}}), "s"), std::nullopt);
  EXPECT_EQ(cookie_of(request({}), "s"), std::nullopt);
}

}  // namespace
}  // namespace sallyport::admin
