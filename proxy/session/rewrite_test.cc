// What changes on the way to an origin and back.

#include "proxy/session/rewrite.h"

#include <array>
#include <gtest/gtest.h>

#include "base/core/text.h"

namespace sallyport::session {
namespace {

http::Headers fields(const std::string& lines) {
  http::Headers headers;
  for (const std::string_view line : split(lines, '\n')) {
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos) {
      EXPECT_TRUE(headers.add(line.substr(0, colon), line.substr(colon + 1)));
    }
  }
  return headers;
}

std::string shown(const http::Headers& headers) {
  std::string text;
  for (const auto field : headers)
    text += std::string(field.name) + ": " + std::string(field.value) + "\n";
  return text;
}

std::string request(const std::string& lines) {
  http::RequestHead head;
  head.headers = fields(lines);
  rewrite_request(head, "gate");
  return shown(head.headers);
}

std::string reply(const std::string& lines) {
  http::ReplyHead head;
  head.headers = fields(lines);
  rewrite_reply(head, "gate");
  return shown(head.headers);
}

bool looped(const std::string& lines) {
  http::RequestHead head;
  head.headers = fields(lines);
  return has_looped(head, "gate");
}

TEST(Rewrite, AddsItsViaBehindThoseOfOthers) {
  EXPECT_EQ(request("A: b"), "A: b\nVia: 1.1 gate\n");
  EXPECT_EQ(request("Via: 1.0 a\nA: b\nVia: 1.1 c"), "A: b\nVia: 1.0 a, 1.1 c, 1.1 gate\n");
  EXPECT_EQ(reply("Via: 1.0 a"), "Via: 1.0 a, 1.1 gate\n");
}

TEST(Rewrite, RemovesWhatAClientSaysAboutItself) {
  for (const std::string name :
       {"Forwarded", "X-Forwarded-For", "x-forwarded-proto", "X-Forwarded-Anything", "X-Real-IP",
        "X-Client-IP", "True-Client-IP", "X-Remote-User", "X-Authenticated-User",
        "X-Authenticated-Groups", "X-Client-Username", "X-Server-IP", "X-Subscriber-ID",
        "Proxy-Authorization", "Proxy-Anything", "Proxy", "PROXY",
        // WSGI and CGI take these for the same.
        "X_Forwarded_For", "X_Real_IP", "x-authenticated_user", "Proxy_Authorization"}) {
    EXPECT_EQ(request("A: 1\n" + name + ": canary\nB: 2"), "A: 1\nB: 2\nVia: 1.1 gate\n") << name;
  }
}

TEST(Rewrite, KeepsNeighboursOfThose) {
  for (const std::string name : {"X-Forward", "X-Request-ID", "Proxied", "X-Proxy", "X-Real-IPs",
                                 "Authorization", "Cookie", "User-Agent", "X_Custom"}) {
    EXPECT_EQ(request(name + ": 1"), name + ": 1\nVia: 1.1 gate\n");
  }
}

TEST(Rewrite, KeepsTheWayToHttp3AndTheProxysOwnFieldsFromClients) {
  EXPECT_EQ(reply("Alt-Svc: h3=\":443\"\nProxy-Authenticate: Basic\nProxy-Status: x\nA: b"),
            "A: b\nVia: 1.1 gate\n");
  http::ReplyHead head;
  head.headers = fields("alt-svc: clear\nA: b");
  clean_reply(head);
  EXPECT_EQ(shown(head.headers), "A: b\n");
}

TEST(Rewrite, KnowsItsOwnVia) {
  for (const std::string via :
       {"1.1 gate", "1.1 GATE", "1.1 a, 1.1 gate", "1.1 a,1.1 gate,1.1 b", "HTTP/1.1 gate",
        "2 gate (comment)", "1.1  gate", "1.1\tgate", " 1.1 gate ", ",,1.1 gate"}) {
    EXPECT_TRUE(looped("Via: " + via)) << via;
  }
  EXPECT_TRUE(looped("Via: 1.1 a\nVia: 1.1 gate"));
  for (const std::string via :
       {"", "gate", "1.1 gates", "1.1 a (gate)", "1.1 a gate", "1.1", "1.1 gate:80"}) {
    EXPECT_FALSE(looped("Via: " + via)) << via;
  }
  EXPECT_FALSE(looped("A: 1.1 gate"));
}

TEST(Rewrite, KnowsWhatAuthenticatesAConnection) {
  EXPECT_TRUE(binds_connection(fields("Authorization: NTLM TlRM"), "Authorization"));
  EXPECT_TRUE(binds_connection(fields("authorization: negotiate YII"), "Authorization"));
  EXPECT_TRUE(binds_connection(fields("WWW-Authenticate: Basic\nWWW-Authenticate: Negotiate"),
                               "WWW-Authenticate"));
  EXPECT_FALSE(binds_connection(fields("Authorization: Basic eDp5"), "Authorization"));
  EXPECT_FALSE(binds_connection(fields("Authorization: Bearer NTLM"), "Authorization"));
  EXPECT_FALSE(binds_connection(fields("X: NTLM"), "Authorization"));
}

using Policies = std::vector<const policy::CompiledPolicy*>;

std::string edited(const Policies& policies, const std::string& lines,
                   std::string_view host = "a.test") {
  http::Headers headers = fields(lines);
  EXPECT_TRUE(edit_request(policies, host, headers));
  return shown(headers);
}

TEST(Rewrite, EditsEverySpellingOfAField) {
  policy::CompiledPolicy policy;
  policy.add_headers = {{"X-Tenant", "a"}, {"X-B", ""}};
  policy.remove_headers = {"x-old"};
  EXPECT_EQ(edited({&policy}, ""), "X-Tenant: a\nX-B: \n");
  EXPECT_EQ(edited({&policy},
                   "X-Tenant: 1\nA: 1\nx_tenant: 2\nX-OLD: 3\nX_Old: 4\nX-Tenants: 5\nxold: 6\n"),
            "A: 1\nX-Tenants: 5\nxold: 6\nX-Tenant: a\nX-B: \n");
}

TEST(Rewrite, TellsAppsOfTenantsOnTheirHostsInPlaceOfTheClientsWords) {
  static constexpr std::array<std::string_view, 2> kHosts = {"login.test", ".app.test"};
  static constexpr std::array<std::string_view, 2> kFamily = {"x-tenant", "x-tenant-old"};
  policy::CompiledPolicy one;
  one.restrictions = {{"X-Tenant", "ours", kHosts, kFamily}};
  policy::CompiledPolicy two;
  two.restrictions = {{"X-Tenant-Old", "ours too", kHosts, kFamily}};
  const std::string forged = "X-TENANT: evil\nx_tenant: evil\nX-Tenant-Old: evil\nA: b\n";
  for (const char* host : {"login.test", "app.test", "www.app.test"}) {
    EXPECT_EQ(edited({&one}, forged, host), "A: b\nX-Tenant: ours\n") << host;
    // What an earlier policy wrote stays: only the client's words go.
    EXPECT_EQ(edited({&one, &two}, forged, host), "A: b\nX-Tenant: ours\nX-Tenant-Old: ours too\n");
  }
  for (const char* host : {"www.login.test", "notapp.test", "app.test.evil"}) {
    EXPECT_EQ(edited({&one, &two}, "X-Tenant: narrow\n", host), "X-Tenant: narrow\n") << host;
  }
}

TEST(Rewrite, SaysWhereThereIsNoRoom) {
  policy::CompiledPolicy policy;
  policy.add_headers = {{"X-Tenant", std::string(1000, 'a')}};
  http::Headers headers;
  ASSERT_TRUE(headers.add("A", std::string(65'000, 'a')));
  EXPECT_FALSE(edit_request(Policies{&policy}, "a.test", headers));
}

std::string asked_with(const std::string& path, const char* host = "www.search.test") {
  static constexpr std::string_view kHosts[] = {".search.test"};
  static constexpr std::string_view kPaths[] = {"/", "/search", "/images/"};
  policy::CompiledPolicy policy;
  policy.parameters = {{"safe", "active", kHosts, kPaths}};
  http::RequestHead request;
  request.authority.host = *Host::parse(host);
  request.path = path;
  const auto wanted = parameters_for(Policies{&policy}, request);
  return edit_query(wanted, request) ? request.path : "too long";
}

TEST(Rewrite, AParameterStandsInPlaceOfEveryOneOfItsName) {
  EXPECT_EQ(asked_with("/search?q=a"), "/search?q=a&safe=active");
  EXPECT_EQ(asked_with("/search"), "/search?safe=active");
  EXPECT_EQ(asked_with("/"), "/?safe=active");
  EXPECT_EQ(asked_with("/images/x?q=1"), "/images/x?q=1&safe=active");
  for (const char* forged : {"safe=off", "SAFE=off", "s%61fe=off", "safe", "%73%61%66%65=off",
                             "+safe=off", "safe%20=off", "safe=off&safe=images", "&&safe=off&"}) {
    EXPECT_EQ(asked_with("/search?" + std::string(forged)), "/search?safe=active") << forged;
    EXPECT_EQ(asked_with("/search?q=a&" + std::string(forged) + "&b=1"),
              "/search?q=a&b=1&safe=active")
        << forged;
  }
  for (const char* spelt : {"/%73earch?q=a", "/./search?q=a", "//search?q=a", "/SEARCH?q=a",
                            "/search/?q=a", "/search;_ylt=1?q=a"}) {
    EXPECT_TRUE(asked_with(spelt).ends_with("&safe=active")) << spelt;
  }
}

TEST(Rewrite, AFormThatIsPostedHasTheParameterOnce) {
  const policy::ParameterOnHosts safe{"safe", "active", {}, {}};
  EXPECT_EQ(with_parameter("q=a&s%61fe=off&SAFE=&b=1", safe), "q=a&b=1&safe=active");
  EXPECT_EQ(with_parameter("", safe), "safe=active");
  EXPECT_EQ(with_parameter("q=a;safe=off;b=1", safe), "q=a;b=1&safe=active");
  EXPECT_EQ(with_parameter("safe=off;q=a&c", safe), "q=a&c&safe=active");
  EXPECT_EQ(with_parameter("q=a&safe%00=off&safe%00x=off", safe), "q=a&safe=active");
  EXPECT_EQ(with_parameter("&&", safe), "safe=active");
}

TEST(Rewrite, WhatAnyOriginMayReadAsAFormIsOne) {
  const auto type_of = [](std::initializer_list<std::string_view> types) {
    http::Headers fields;
    for (const std::string_view type : types) fields.add("Content-Type", type);
    return fields;
  };
  for (const std::string_view type :
       {"application/x-www-form-urlencoded", "Application/X-WWW-Form-Urlencoded; charset=utf-8",
        "application/x-www-form-urlencoded charset=utf-8",
        "application/x-www-form-urlencoded, text/plain"}) {
    EXPECT_TRUE(may_be_form(type_of({type}))) << type;
    EXPECT_TRUE(may_be_form(type_of({"text/plain", type}))) << type;
    EXPECT_TRUE(is_plain_form(type_of({type}))) << type;
  }
  EXPECT_FALSE(may_be_form(type_of({"multipart/form-data"})));
  EXPECT_FALSE(is_plain_form(type_of({"application/x-www-form-urlencoded; charset=UTF-16LE"})));
  http::Headers packed;
  packed.add("Content-Encoding", "gzip");
  EXPECT_FALSE(is_plain_form(packed));
  packed.set("Content-Encoding", "identity");
  EXPECT_TRUE(is_plain_form(packed));
}

TEST(Rewrite, AParameterIsForItsHostsAndPathsOnly) {
  EXPECT_EQ(asked_with("/searching?q=a"), "/searching?q=a");
  EXPECT_EQ(asked_with("/a/search?safe=off"), "/a/search?safe=off");
  EXPECT_EQ(asked_with("/search?q=a", "search.test.evil"), "/search?q=a");
  EXPECT_EQ(asked_with("/search?q=" + std::string(33'000, 'a')), "too long");
}

TEST(Rewrite, NamesOfFieldsAreSmallSortedAndStandOnce) {
  EXPECT_EQ(names_of(fields("X-B: 1\nAccept: 2\nx-b: 3\nX_B: 4\n")),
            (std::vector<std::string>{"accept", "x-b", "x_b"}));
  EXPECT_TRUE(names_of({}).empty());
}

}  // namespace
}  // namespace sallyport::session
