// Who may ask, what is found where, and what is refused.

#include "proxy/admin/api.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/io/worker.h"

namespace sallyport::admin {
namespace {

class Pages final : public http::Origin {
 public:
  Task<Result<http::Reply>> send(const http::RequestHead&, http::Body&, http::Interim&,
                                 io::Nursery&) override {
    co_return json_answer("\"pages\"");
  }
};

class NoInterim final : public http::Interim {
 public:
  Task<Result<void>> inform(const http::ReplyHead&) override { co_return Result<void>(); }
};

Task<http::Reply> echo(const Call& call) {
  std::string text;
  for (const std::string& name : call.names) text += name + "|";
  for (const auto& [name, value] : call.query) text += name + "=" + value + "|";
  co_return json_answer(text + call.body);
}

Task<void> ask_closed(Api& api, http::RequestHead& head, std::string& out, io::Worker& worker) {
  io::Nursery nursery(worker.executor());
  NoInterim interim;
  http::EmptyBody nothing;
  Result<http::Reply> reply = co_await api.send(head, nothing, interim, nursery);
  out = reply ? std::to_string(reply->head.status) : "";
}

class ApiTest : public ::testing::Test {
 protected:
  ApiTest() : worker_(0), api_("secret", pages_) {
    api_.on("GET", "/api/v1/apps?tag&q&flag", echo);
    api_.on("GET", "/api/v1/apps/{}/tags/{}", echo);
    api_.on("PUT", "/api/v1/apps/{}/tags/{}", echo);
    api_.on("POST", "/api/v1/addresses", echo, Api::Takes::body);
  }

  Task<void> ask(http::RequestHead& head, std::string body, std::string& out) {
    io::Nursery nursery(worker_.executor());
    NoInterim interim;
    http::TextBody text(std::move(body));
    Result<http::Reply> reply = co_await api_.send(head, text, interim, nursery);
    co_await nursery.join();
    if (!reply) {
      out = describe(reply.error());
      co_return;
    }
    out = std::to_string(reply->head.status) + " ";
    if (const auto allow = reply->head.headers.find("Allow")) out += std::string(*allow) + " ";
    Result<http::Bytes> bytes = co_await reply->body->read(1 << 20);
    out.append(reinterpret_cast<const char*>(bytes->data()), bytes->size());
    if (out.ends_with('\n')) out.pop_back();
  }

  std::string answer(const std::string& method, const std::string& path,
                     const std::string& authorization = "Bearer secret", std::string body = {}) {
    http::RequestHead head;
    head.method = method;
    head.path = path;
    if (!authorization.empty()) head.headers.add("Authorization", authorization);
    std::string out;
    io::Nursery nursery(worker_.executor());
    nursery.start(ask(head, std::move(body), out));
    while (!nursery.empty()) worker_.poll();
    return out;
  }

  io::Worker worker_;
  Pages pages_;
  Api api_;
};

TEST_F(ApiTest, FindsRoutesAndDecodesWhatStandsInThem) {
  EXPECT_EQ(answer("GET", "/api/v1/apps"), "200 ");
  EXPECT_EQ(answer("GET", "/api/v1/apps?tag=un%73anctioned&q=a+b%2B&flag"),
            "200 flag=|q=a b+|tag=unsanctioned|");
  EXPECT_EQ(answer("PUT", "/api/v1/apps/mega/tags/a%2Fb"), "200 mega|a/b|");
  EXPECT_EQ(answer("POST", "/api/v1/addresses", "bearer secret", "{}"), "200 {}");
}

// What narrows an action must not be overlooked.
TEST_F(ApiTest, ANameThatIsNotKnownOrStandsTwiceIsRefused) {
  for (const char* query : {"?tga=x", "?Tag=x", "?tag=a&by=b", "?=x", "?tag=a&tag=b", "?tag=%zz"}) {
    EXPECT_TRUE(answer("GET", "/api/v1/apps" + std::string(query)).starts_with("400 ")) << query;
  }
  EXPECT_NE(answer("GET", "/api/v1/apps?tga=x").find("'tga' is not known here: tag, q, flag"),
            std::string::npos);
  EXPECT_TRUE(answer("PUT", "/api/v1/apps/a/tags/b?by=x").starts_with("400 "));
}

TEST_F(ApiTest, LetsNobodyInWithoutTheToken) {
  for (const char* wrong :
       {"", "Bearer", "Bearer ", "Bearer wrong", "Bearer secret2", "Basic secret", "secret"}) {
    EXPECT_TRUE(answer("GET", "/api/v1/apps", wrong).starts_with("401 ")) << wrong;
    // Nor is it told what is there.
    EXPECT_TRUE(answer("GET", "/api/v1/nothing", wrong).starts_with("401 ")) << wrong;
    EXPECT_TRUE(answer("GET", "/api", wrong).starts_with("401 ")) << wrong;
  }
  EXPECT_EQ(answer("GET", "/metrics", ""), "200 \"pages\"");
  EXPECT_EQ(answer("GET", "/apiary", ""), "200 \"pages\"");
}

TEST_F(ApiTest, AnEmptyTokenOpensNothing) {
  Api closed("", pages_);
  closed.on("GET", "/api/v1/apps", echo);
  http::RequestHead head;
  head.path = "/api/v1/apps";
  head.headers.add("Authorization", "Bearer ");
  std::string out;
  io::Nursery nursery(worker_.executor());
  nursery.start(ask_closed(closed, head, out, worker_));
  while (!nursery.empty()) worker_.poll();
  EXPECT_EQ(out, "401");
}

TEST_F(ApiTest, RefusesWhatItDoesNotKnow) {
  EXPECT_TRUE(answer("GET", "/api/v1/nothing").starts_with("404 "));
  EXPECT_TRUE(answer("GET", "/api/v1/apps/").starts_with("404 "));
  EXPECT_TRUE(answer("GET", "/api/v1/apps//tags/x").starts_with("404 "));
  EXPECT_TRUE(answer("GET", "/api/v1/apps/%zz/tags/x").starts_with("404 "));
  EXPECT_TRUE(answer("GET", "/api" + std::string(4000, '/')).starts_with("404 "));
  EXPECT_TRUE(answer("DELETE", "/api/v1/apps/mega/tags/x").starts_with("405 GET, PUT "));
  EXPECT_TRUE(answer("GET", "/api/v1/apps?a=%4").starts_with("400 "));
  EXPECT_TRUE(
      answer("POST", "/api/v1/addresses", "Bearer secret", std::string(Api::kMostBody + 1, 'x'))
          .starts_with("413 "));
  EXPECT_TRUE(answer("POST", "/api/v1/addresses", "Bearer secret", std::string(Api::kMostBody, 'x'))
                  .starts_with("200 "));
}

// A gate that knows one session of each role, by the cookie's text, and one token.
class RoleGate final : public Gate {
 public:
  std::optional<Caller> by_token(std::string_view token) override {
    if (token != "siem") return std::nullopt;
    return Caller{Caller::By::token, "token/siem", Role::viewer};
  }
  std::expected<Caller, http::Reply> by_session(const http::RequestHead& request,
                                                const local::Visitor&, bool used) override {
    used_ = used;
    const std::string cookie(request.headers.find("Cookie").value_or(""));
    if (cookie == "new") {
      return Caller{Caller::By::session, "new", Role::operator_, "t", true};
    }
    const auto role = parse_role(cookie);
    if (!role) return std::unexpected(problem(403, "no", "no"));
    return Caller{Caller::By::session, cookie, *role, "t"};
  }

  bool used_ = false;  // the session that was asked for last
};

class RoledApiTest : public ApiTest {
 protected:
  static constexpr RouteFacts kFacts[] = {
      {"GET", "/api/v1/reports/{name}", RouteFacts::Who::viewer, "", ""},
      {"GET", "/api/v1/persons", RouteFacts::Who::analyst, "", ""},
      {"PUT", "/api/v1/things/{thing}", RouteFacts::Who::operator_, "", ""},
      {"POST", "/api/v1/door", RouteFacts::Who::anybody, "", ""},
      {"GET", "/api/v1/session", RouteFacts::Who::viewer, "", ""},
      {"GET", "/api/v1/things/special", RouteFacts::Who::viewer, "", ""},
      {"GET", "/api/v1/things/{thing}", RouteFacts::Who::viewer, "", ""},
      {"GET", "/api/v1/number", RouteFacts::Who::viewer, "", "", "", "application/json", true},
  };

  RoledApiTest() : roled_("secret", pages_, kFacts) {
    roled_.ask(gate_);
    roled_.on("GET", "/api/v1/reports/{}", echo);
    roled_.on("GET", "/api/v1/persons?by", echo);
    roled_.on("PUT", "/api/v1/things/{}?by", echo);
    roled_.on("POST", "/api/v1/door", echo);
    roled_.on("GET", "/api/v1/session", echo);
    roled_.on("DELETE", "/api/v1/unlisted", echo);
    roled_.on("GET", "/api/v1/things/{}", echo);
    roled_.on("GET", "/api/v1/things/special", said_special);
    roled_.on("GET", "/api/v1/number", echo);
  }

  static Task<http::Reply> said_special(const Call&) { co_return json_answer("special"); }

  Task<void> ask_roled(http::RequestHead& head, std::string& out) {
    io::Nursery nursery(worker_.executor());
    NoInterim interim;
    http::EmptyBody nothing;
    Result<http::Reply> reply = co_await roled_.send(head, nothing, interim, nursery);
    co_await nursery.join();
    out = std::to_string(reply->head.status);
    Result<http::Bytes> bytes = co_await reply->body->read(1 << 20);
    if (reply->head.status == 200) {
      out += " " + std::string(reinterpret_cast<const char*>(bytes->data()), bytes->size());
      out.pop_back();
    }
  }

  // `who`: "Bearer ..." or a cookie.
  std::string as(const std::string& who, const std::string& method, const std::string& path,
                 const std::string& field = {}) {
    http::RequestHead head;
    head.method = method;
    head.path = path;
    if (!who.empty()) {
      head.headers.add(who.starts_with("Bearer") ? "Authorization" : "Cookie", who);
    }
    if (!field.empty()) head.headers.add(field, "1");
    std::string out;
    io::Nursery nursery(worker_.executor());
    nursery.start(ask_roled(head, out));
    while (!nursery.empty()) worker_.poll();
    return out;
  }

  RoleGate gate_;
  Api roled_;
};

TEST_F(RoledApiTest, EachRoleMayWhatThoseBeforeItMay) {
  struct Row {
    const char* method;
    const char* path;
    int viewer, analyst, operators;
  };
  for (const Row& row :
       {Row{"GET", "/api/v1/reports/a", 200, 200, 200},
        Row{"GET", "/api/v1/persons", 403, 200, 200}, Row{"PUT", "/api/v1/things/a", 403, 403, 200},
        Row{"DELETE", "/api/v1/unlisted", 403, 403, 200}}) {
    const auto status = [&](const char* who) { return as(who, row.method, row.path).substr(0, 3); };
    EXPECT_EQ(status("viewer"), std::to_string(row.viewer)) << row.path;
    EXPECT_EQ(status("analyst"), std::to_string(row.analyst)) << row.path;
    EXPECT_EQ(status("operator"), std::to_string(row.operators)) << row.path;
    EXPECT_EQ(status("Bearer secret"), "200") << row.path;
    EXPECT_EQ(status("Bearer siem"), std::to_string(row.viewer)) << row.path;
    EXPECT_EQ(status("Bearer other"), "401") << row.path;
    EXPECT_EQ(status("nobody"), "403") << row.path;
    EXPECT_EQ(status(""), "401") << row.path;
  }
}

TEST_F(RoledApiTest, WhoHasANameActsInItAndInNoOther) {
  EXPECT_EQ(as("operator", "PUT", "/api/v1/things/a"), "200 a|by=operator|");
  EXPECT_EQ(as("operator", "PUT", "/api/v1/things/a?by=operator"), "200 a|by=operator|");
  EXPECT_EQ(as("operator", "PUT", "/api/v1/things/a?by=ana"), "400");
  EXPECT_EQ(as("Bearer secret", "PUT", "/api/v1/things/a?by=ana"), "200 a|by=ana|");
  // A query that knows no `by` gets none.
  EXPECT_EQ(as("operator", "GET", "/api/v1/reports/a"), "200 a|");
}

TEST_F(RoledApiTest, WhoMustChangeTheirPasswordMayDoNothingElse) {
  EXPECT_EQ(as("new", "GET", "/api/v1/session"), "200 ");
  EXPECT_EQ(as("new", "GET", "/api/v1/reports/a"), "403");
  EXPECT_EQ(as("new", "PUT", "/api/v1/things/a"), "403");
}

TEST_F(RoledApiTest, NobodyIsToldWhatIsThereBeforeTheyAreKnown) {
  EXPECT_EQ(as("", "GET", "/api/v1/nothing"), "401");
  EXPECT_EQ(as("", "PATCH", "/api/v1/persons"), "401");
  EXPECT_EQ(as("viewer", "GET", "/api/v1/nothing"), "404");
  EXPECT_EQ(as("", "POST", "/api/v1/door"), "200 ");
}

TEST_F(RoledApiTest, WhatAPageAsksByItselfKeepsNoSessionAlive) {
  as("viewer", "GET", "/api/v1/reports/a");
  EXPECT_TRUE(gate_.used_);
  as("viewer", "GET", "/api/v1/number");
  EXPECT_FALSE(gate_.used_);
  as("viewer", "GET", "/api/v1/reports/a", "X-Unattended");
  EXPECT_FALSE(gate_.used_);
  as("operator", "PUT", "/api/v1/things/a", "X-Unattended");  // Somebody changes something.
  EXPECT_TRUE(gate_.used_);
}

TEST_F(RoledApiTest, AGivenSegmentGoesBeforeAnyOne) {
  EXPECT_EQ(as("viewer", "GET", "/api/v1/things/special"), "200 special");
  EXPECT_EQ(as("viewer", "GET", "/api/v1/things/other"), "200 other|");
}

TEST(Token, IsMadeOnceAndOnlyForItsOwner) {
  char name[] = "/tmp/sallyport-token-XXXXXX";
  const std::string home = ::mkdtemp(name);
  const std::string file = home + "/admin.token";
  EXPECT_EQ(read_token(file).error().kind, ErrorKind::not_found);
  const auto made = open_token(file);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->size(), 64u);
  struct stat status{};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  EXPECT_EQ(open_token(file).value_or("nothing"), *made);
  EXPECT_EQ(read_token(file).value_or("nothing"), *made);
  ::chmod(file.c_str(), 0644);
  EXPECT_EQ(open_token(file).error().kind, ErrorKind::permission);
  ::chmod(file.c_str(), 0600);
  std::ofstream(file) << "short\n";
  EXPECT_EQ(open_token(file).error().kind, ErrorKind::invalid);
  std::filesystem::remove_all(home);
}

}  // namespace
}  // namespace sallyport::admin
