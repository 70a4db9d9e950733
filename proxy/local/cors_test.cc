#include "proxy/local/cors.h"

#include <gtest/gtest.h>

#include "proxy/local/page.h"
#include "proxy/local/replies_for_tests.h"

namespace sallyport::local {
namespace {

void check_origin(std::string_view origin, bool echoed) {
  const http::RequestHead request = request_of("GET /\nOrigin: " + std::string(origin));
  EXPECT_EQ(asking_origin(request), echoed ? origin : "") << origin;
  const http::Reply reply = render(PageKind::blocked, {}, request);
  EXPECT_EQ(field_of(reply, "Access-Control-Allow-Origin"), echoed ? origin : "") << origin;
  EXPECT_EQ(field_of(reply, "Access-Control-Allow-Credentials"), echoed ? "true" : "") << origin;
}

TEST(Cors, EchoesAnOriginAsBrowsersSpellIt) {
  for (const std::string_view origin :
       {"https://app.example", "http://app.example:8080", "https://192.0.2.1:1",
        "https://[2001:db8::1]:8443", "http://localhost:3000", "capacitor://localhost",
        "chrome-extension://abcdefghijklmnop", "https://xn--bcher-kva.example"}) {
    check_origin(origin, true);
  }
}

TEST(Cors, EchoesNothingElse) {
  for (const std::string_view origin : {"null",
                                        "*",
                                        "",
                                        "https://",
                                        "https://a.example/",
                                        "https://a.example/path",
                                        "a.example",
                                        "https://u@a.example",
                                        "HTTPS://a.example",
                                        "https://A.example",
                                        "https://a.example:",
                                        "https://a.example:0",
                                        "https://a.example:080",
                                        "https://a.example.",
                                        "https://a.example https://b.example",
                                        "https://a.example, https://b.example",
                                        "https://a<b>",
                                        "1https://a.example",
                                        "://a.example",
                                        "https:a.example"}) {
    check_origin(origin, false);
  }
  check_origin("https://" + std::string(400, 'a'), false);
}

TEST(Cors, EchoesNothingWhereTwoOriginsAsk) {
  EXPECT_EQ(
      asking_origin(request_of("GET /\nOrigin: https://a.example\nOrigin: https://b.example")), "");
}

TEST(Cors, LetsThePreflightThroughSoThatTheRefusalCanBeRead) {
  const http::Reply reply = render(PageKind::blocked, {},
                                   request_of("OPTIONS /\n"
                                              "Origin: https://app.example\n"
                                              "Access-Control-Request-Method: PUT\n"
                                              "Access-Control-Request-Headers: x-a,content-type"));
  EXPECT_EQ(head_of(reply),
            "204\n"
            "Cache-Control: no-store\n"
            "X-Content-Type-Options: nosniff\n"
            "Referrer-Policy: no-referrer\n"
            "Access-Control-Allow-Origin: https://app.example\n"
            "Access-Control-Allow-Credentials: true\n"
            "Access-Control-Expose-Headers: Proxy-Status, Sallyport-Event\n"
            "Access-Control-Allow-Methods: PUT\n"
            "Access-Control-Allow-Headers: x-a, content-type\n"
            "Access-Control-Max-Age: 0\n"
            "Vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers\n");
  EXPECT_TRUE(reply.body->none());
}

TEST(Cors, TakesNothingForAPreflightThatIsNone) {
  for (const std::string_view request :
       {"OPTIONS /", "OPTIONS /\nOrigin: https://a.example",
        "OPTIONS /\nAccess-Control-Request-Method: PUT",
        "OPTIONS /\nOrigin: null\nAccess-Control-Request-Method: PUT",
        "OPTIONS /\nOrigin: https://a.example\nAccess-Control-Request-Method: P T",
        "GET /\nOrigin: https://a.example\nAccess-Control-Request-Method: PUT"}) {
    EXPECT_FALSE(is_preflight(request_of(request))) << request;
    EXPECT_EQ(render(PageKind::blocked, {}, request_of(request)).head.status, 403) << request;
  }
}

TEST(Cors, AllowsNoFieldsWhereOneIsNoToken) {
  const http::RequestHead request = request_of(
      "OPTIONS /\nOrigin: https://a.example\nAccess-Control-Request-Method: PUT\n"
      "Access-Control-Request-Headers: x-a, x b");
  EXPECT_FALSE(answer_preflight(request).head.headers.has("Access-Control-Allow-Headers"));
}

// 407 and 421 are what the browser itself acts on, also for a preflight.
TEST(Cors, LeavesToTheBrowserWhatIsItsOwn) {
  const http::RequestHead request =
      request_of("OPTIONS /\nOrigin: https://a.example\nAccess-Control-Request-Method: PUT");
  EXPECT_EQ(render(PageKind::auth_required, {}, request).head.status, 407);
  EXPECT_EQ(render(PageKind::misdirected, {}, request).head.status, 421);
}

}  // namespace
}  // namespace sallyport::local
