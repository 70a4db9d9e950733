#include "proxy/local/gateway_pages.h"

#include <gtest/gtest.h>

#include "proxy/local/replies_for_tests.h"

namespace sallyport::local {
namespace {

std::function<std::string()> always(std::string text) {
  return [text = std::move(text)] { return text; };
}

GatewayPages::Sources full_sources() {
  GatewayPages::Sources sources;
  sources.ca_pem = always("PEM");
  sources.ca_der = always(std::string("D\0R", 3));
  sources.ca_fingerprint = always("AB:CD");
  sources.crl_der = always("CRL");
  sources.pac = always("PAC");
  sources.health = always("");
  sources.metrics = always("up 1\n");
  return sources;
}

http::Reply answer(std::string_view request, GatewayPages::Sources sources = full_sources()) {
  const GatewayPages pages({"proxy.corp.example", 8080, "it@corp.example"}, std::move(sources));
  return pages.answer(request_of(request));
}

void check(std::string_view path, std::string_view type, std::string_view body) {
  const http::Reply reply = answer("GET " + std::string(path));
  EXPECT_EQ(reply.head.status, 200) << path;
  EXPECT_EQ(field_of(reply, "Content-Type"), type) << path;
  EXPECT_EQ(field_of(reply, "X-Content-Type-Options"), "nosniff") << path;
  EXPECT_EQ(body_of(reply), body) << path;
  const http::Reply head = answer("HEAD " + std::string(path));
  EXPECT_EQ(head_of(head), head_of(reply)) << path;
}

TEST(GatewayPages, ServesEveryFileWithItsType) {
  check("/proxy.pac", "application/x-ns-proxy-autoconfig", "PAC");
  check("/proxy.pac?v=1", "application/x-ns-proxy-autoconfig", "PAC");
  check("/wpad.dat", "application/x-ns-proxy-autoconfig", "PAC");
  check("/ca.pem", "application/x-pem-file", "PEM");
  check("/ca.der", "application/pkix-cert", std::string_view("D\0R", 3));
  check("/ca.crt", "application/pkix-cert", std::string_view("D\0R", 3));
  check("/crl", "application/pkix-crl", "CRL");
  check("/ca.crl", "application/pkix-crl", "CRL");
  check("/healthz", "text/plain; charset=utf-8", "ok\n");
  check("/metrics", "text/plain; version=0.0.4; charset=utf-8", "up 1\n");
}

TEST(GatewayPages, KeepsThePacForFiveMinutesAndPagesNotAtAll) {
  EXPECT_EQ(field_of(answer("GET /proxy.pac"), "Cache-Control"), "max-age=300");
  EXPECT_EQ(field_of(answer("GET /crl"), "Cache-Control"), "max-age=300");
  EXPECT_EQ(field_of(answer("GET /ca.pem"), "Cache-Control"), "no-cache");
  for (const std::string_view path : {"/", "/healthz", "/metrics", "/none"}) {
    EXPECT_EQ(field_of(answer("GET " + std::string(path)), "Cache-Control"), "no-store") << path;
  }
}

TEST(GatewayPages, GivesCertificatesAName) {
  EXPECT_EQ(field_of(answer("GET /ca.pem"), "Content-Disposition"),
            "attachment; filename=\"sallyport-ca.pem\"");
  EXPECT_EQ(field_of(answer("GET /ca.crt"), "Content-Disposition"),
            "attachment; filename=\"sallyport-ca.crt\"");
  EXPECT_EQ(field_of(answer("GET /proxy.pac"), "Content-Disposition"), "");
}

TEST(GatewayPages, SaysThatNothingChanged) {
  const std::string tag = field_of(answer("GET /proxy.pac"), "ETag");
  ASSERT_EQ(tag.size(), 18u);
  for (const std::string& known : {tag, "W/" + tag, "\"x\", " + tag, std::string("*")}) {
    const http::Reply reply = answer("GET /proxy.pac\nIf-None-Match: " + known);
    EXPECT_EQ(reply.head.status, 304) << known;
    EXPECT_EQ(field_of(reply, "ETag"), tag);
    EXPECT_FALSE(reply.head.headers.has("Content-Type"));
    EXPECT_EQ(body_of(reply), "");
  }
  EXPECT_EQ(answer("GET /proxy.pac\nIf-None-Match: \"x\"").head.status, 200);
  GatewayPages::Sources changed = full_sources();
  changed.pac = always("PAC 2");
  EXPECT_EQ(answer("GET /proxy.pac\nIf-None-Match: " + tag, changed).head.status, 200);
}

TEST(GatewayPages, SaysWhyItIsNotWell) {
  GatewayPages::Sources sources = full_sources();
  sources.health = always("store: disk\nfull\x1b");
  const http::Reply reply = answer("GET /healthz", sources);
  EXPECT_EQ(reply.head.status, 503);
  EXPECT_EQ(field_of(reply, "Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(body_of(reply), "store: disk\\x0afull\\x1b\n");
}

TEST(GatewayPages, WhatHasNoSourceIsNotThere) {
  for (const std::string_view path : {"/proxy.pac", "/wpad.dat", "/ca.pem", "/ca.der", "/ca.crt",
                                      "/crl", "/ca.crl", "/healthz", "/metrics"}) {
    EXPECT_EQ(answer("GET " + std::string(path), {}).head.status, 404) << path;
  }
  EXPECT_EQ(answer("GET /", {}).head.status, 200);
}

TEST(GatewayPages, ASourceWithNothingToGiveIsNotReady) {
  GatewayPages::Sources sources;
  sources.crl_der = always("");
  EXPECT_EQ(answer("GET /crl", sources).head.status, 503);
}

TEST(GatewayPages, KnowsNoOtherPath) {
  for (const std::string_view path : {"/none", "/proxy.pac/", "//", "/CA.PEM", "/../ca.pem", "*"}) {
    EXPECT_EQ(answer("GET " + std::string(path)).head.status, 404) << path;
  }
  EXPECT_EQ(body_of(answer("GET /none")),
            "{\"type\":\"about:blank\",\"title\":\"Not Found\",\"status\":404,"
            "\"detail\":\"The gateway has no page at this address.\","
            "\"contact\":\"it@corp.example\",\"gateway\":\"proxy.corp.example\"}\n");
  const http::Reply page = answer("GET /none\nAccept: text/html");
  EXPECT_EQ(field_of(page, "Content-Type"), "text/html; charset=utf-8");
  EXPECT_NE(body_of(page).find("<h1>There is nothing here</h1>"), std::string::npos);
}

TEST(GatewayPages, CanOnlyBeRead) {
  for (const std::string_view method : {"POST", "PUT", "DELETE", "OPTIONS", "get"}) {
    const http::Reply reply = answer(std::string(method) + " /ca.pem");
    EXPECT_EQ(reply.head.status, 405) << method;
    EXPECT_EQ(field_of(reply, "Allow"), "GET, HEAD") << method;
  }
}

// Unlike a refusal in another site's name, what the gateway says of itself is for no other page to
// read.
TEST(GatewayPages, AreReadableByNoOtherSite) {
  for (const std::string_view path : {"/", "/none", "/metrics", "/ca.pem"}) {
    const http::Reply reply = answer("GET " + std::string(path) + "\nOrigin: https://evil.example");
    EXPECT_EQ(field_of(reply, "Access-Control-Allow-Origin"), "") << path;
  }
  EXPECT_EQ(answer("OPTIONS /\nOrigin: https://evil.example\nAccess-Control-Request-Method: GET")
                .head.status,
            405);
}

TEST(GatewayPages, TheFrontPageSaysHowToUseAndTrustIt) {
  const http::Reply reply = answer("GET /");
  EXPECT_EQ(field_of(reply, "Content-Type"), "text/html; charset=utf-8");
  const std::string page = body_of(reply);
  for (const std::string_view text :
       {"http://proxy.corp.example:8080/proxy.pac", "<pre>proxy.corp.example:8080</pre>",
        "href=\"/ca.crt\"", "href=\"/ca.pem\"", "AB:CD", "certutil", "update-ca-certificates",
        "add-trusted-cert", "Firefox", "mailto:it@corp.example"}) {
    EXPECT_NE(page.find(text), std::string::npos) << text;
  }
}

TEST(GatewayPages, TheFrontPageOffersOnlyWhatIsThere) {
  const std::string page = body_of(answer("GET /", {}));
  EXPECT_EQ(page.find("/ca."), std::string::npos);
  EXPECT_EQ(page.find("/proxy.pac"), std::string::npos);
  const GatewayPages nameless({"<b>", 1, "<i>"}, {});
  const std::string odd = body_of(nameless.answer(request_of("GET /")));
  EXPECT_EQ(odd.find("<b>"), std::string::npos);
  EXPECT_EQ(odd.find("<i>"), std::string::npos);
}

class NoInterim : public http::Interim {
 public:
  Task<Result<void>> inform(const http::ReplyHead&) override { co_return Result<void>(); }
};

Task<void> ask(http::Origin& origin, const http::RequestHead& request, io::Nursery& nursery,
               std::string& told) {
  http::EmptyBody body;
  NoInterim interim;
  Result<http::Reply> reply = co_await origin.send(request, body, interim, nursery);
  if (!reply) co_return;
  told = std::to_string(reply->head.status) + " ";
  co_await read_to_end(*reply->body, told);
}

TEST(GatewayPages, AnswersAsAnOrigin) {
  GatewayPages pages({"proxy.corp.example", 8080, ""}, full_sources());
  const http::RequestHead request = request_of("GET /proxy.pac");
  std::string told;
  io::Worker worker(0);
  io::Nursery nursery(worker.executor());
  nursery.start(ask(pages, request, nursery, told));
  run(worker, nursery);
  EXPECT_EQ(told, "200 PAC");
}

}  // namespace
}  // namespace sallyport::local
