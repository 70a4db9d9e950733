// Signing in at the console, and what a session is good for.

#include "proxy/app/console_door.h"

#include <gtest/gtest.h>

#include "base/core/text.h"
#include "base/crypto/totp.h"
#include "base/io/nursery.h"
#include "discovery/store/sqlite_state_store.h"
#include "discovery/users/bcrypt.h"
#include "proxy/app/state_directory.h"
#include "tests/kit/fake_clock.h"
#include "tests/kit/temporary_folder.h"

namespace sallyport::app {
namespace {

using admin::RouteFacts;
using namespace std::chrono_literals;

constexpr RouteFacts kFacts[] = {
    {"POST", "/api/v1/session", RouteFacts::Who::anybody, "", ""},
    {"GET", "/api/v1/session", RouteFacts::Who::viewer, "", ""},
    {"DELETE", "/api/v1/session", RouteFacts::Who::viewer, "", ""},
    {"POST", "/api/v1/session/password", RouteFacts::Who::viewer, "", ""},
    {"GET", "/api/v1/thing", RouteFacts::Who::viewer, "", ""},
    {"PUT", "/api/v1/thing", RouteFacts::Who::operator_, "", ""},
    {"GET", "/api/v1/number", RouteFacts::Who::viewer, "", "", "", "application/json", true},
};

class NoPages final : public http::Origin {
 public:
  Task<Result<http::Reply>> send(const http::RequestHead&, http::Body&, http::Interim&,
                                 io::Nursery&) override {
    co_return fail(ErrorKind::unavailable, Side::ours, "nobody asks here");
  }
};

class NoInterim final : public http::Interim {
 public:
  Task<Result<void>> inform(const http::ReplyHead&) override { co_return Result<void>(); }
};

class ConsoleDoorTest : public ::testing::Test {
 protected:
  ConsoleDoorTest() {
    api_.ask(door_);
    api_.on("GET", "/api/v1/thing", done);
    api_.on("PUT", "/api/v1/thing", done);
    api_.on("GET", "/api/v1/number", done);
    EXPECT_TRUE(accounts_.load());
    const auto refusal = accounts_.add("ana", admin::Role::operator_, hash_, "root", clock_.now());
    EXPECT_FALSE(refusal);
    EXPECT_FALSE(accounts_.set_password("ana", hash_, false, "root", clock_.now()));
  }

  static Task<http::Reply> done(const admin::Call& call) {
    co_return admin::json_answer(call.caller.name);
  }

  static Task<http::Reply> let_in(ConsoleDoor& door, const admin::Call& call) {
    co_return door.let_in("openid/ana", {admin::Role::viewer, "Corp Login"}, call.visitor);
  }

  struct Answer {
    int status = 0;
    std::string text;
    std::string cookie;
  };
  Task<void> ask(const local::Visitor& visitor, http::RequestHead& head, std::string body,
                 Answer& out) {
    io::Nursery nursery(worker_.executor());
    NoInterim interim;
    http::TextBody text(std::move(body));
    Result<http::Reply> reply = co_await api_.serve(visitor, head, text, interim, nursery);
    co_await nursery.join();
    out.status = reply->head.status;
    out.cookie = reply->head.headers.find("Set-Cookie").value_or("");
    Result<http::Bytes> bytes = co_await reply->body->read(1 << 20);
    out.text.append(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  }

  // As a browser at the console's own page, with what it holds; `more`: fields beside or instead.
  Answer request(const std::string& method, const std::string& path, std::string body = {},
                 const std::vector<std::pair<std::string, std::string>>& more = {}) {
    http::RequestHead head;
    head.method = method;
    head.path = path;
    head.authority = *Authority::parse("localhost:3129", 80);
    head.headers.add("Sec-Fetch-Site", "same-origin");
    if (!cookie_.empty()) head.headers.add("Cookie", cookie_);
    if (!csrf_.empty() && method != "GET") head.headers.add("X-CSRF-Token", csrf_);
    for (const auto& [name, value] : more) {
      head.headers.remove(name);
      if (!value.empty()) head.headers.add(name, value);
    }
    Answer out;
    io::Nursery nursery(worker_.executor());
    nursery.start(ask(visitor_, head, std::move(body), out));
    while (!nursery.empty()) worker_.poll();
    return out;
  }

  Answer sign_in(const std::string& name, const std::string& password,
                 const std::string& code = {}) {
    cookie_.clear();
    csrf_.clear();
    Answer out = request("POST", "/api/v1/session",
                         R"({"name":")" + name + R"(","password":")" + password + '"' +
                             (code.empty() ? "" : R"(,"code":")" + code + '"') + "}");
    if (out.status == 200) {
      cookie_ = out.cookie.substr(0, out.cookie.find(';'));
      const std::size_t at = out.text.find("\"csrf\":\"") + 8;
      csrf_ = out.text.substr(at, out.text.find('"', at) - at);
    }
    return out;
  }

  static constexpr std::string_view kPassword = "correct horse battery";
  testkit::TemporaryFolder home_;
  std::unique_ptr<discovery::StateStore> store_ =
      std::move(*discovery::SqliteStateStore::open(hand_file(home_.path())));
  testkit::FakeClock clock_{*parse_rfc3339("2026-11-28T01:00:00Z")};
  io::Worker worker_{0, clock_};
  NoPages pages_;
  admin::Api api_{"secret", pages_, kFacts};
  AccountKeeper accounts_{home_.path(), *store_};
  const std::string hash_ = discovery::bcrypt_hash(std::string(kPassword), 4);
  local::Visitor visitor_{*IpAddress::parse("127.0.0.1"), false};
  ConsoleDoor door_{api_, accounts_, worker_, clock_, {}, {.failures = 3}};
  std::string cookie_, csrf_;
};

TEST_F(ConsoleDoorTest, ASessionIsItsAccountUntilItIsLeftAlone) {
  const Answer in = sign_in("Ana", std::string(kPassword));
  ASSERT_EQ(in.status, 200) << in.text;
  EXPECT_TRUE(in.cookie.starts_with("sallyport_session="));
  EXPECT_TRUE(in.cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict"));
  EXPECT_EQ(request("GET", "/api/v1/thing").text, "ana\n");
  clock_.pass(29min);
  EXPECT_EQ(request("GET", "/api/v1/thing").status, 200);
  clock_.pass(29min);
  EXPECT_EQ(request("GET", "/api/v1/thing").status, 200);
  clock_.pass(30min);
  EXPECT_EQ(request("GET", "/api/v1/thing").status, 401);
}

TEST_F(ConsoleDoorTest, WhatAPageAsksByItselfDoesNotKeepItAlive) {
  ASSERT_EQ(sign_in("ana", std::string(kPassword)).status, 200);
  for (int i = 0; i < 3; ++i) {
    clock_.pass(9min);
    EXPECT_EQ(request("GET", "/api/v1/number").status, 200);
    EXPECT_EQ(request("GET", "/api/v1/thing", {}, {{"X-Unattended", "1"}}).status, 200);
  }
  clock_.pass(3min);
  EXPECT_EQ(request("GET", "/api/v1/number").status, 401);
}

TEST_F(ConsoleDoorTest, ItEndsAfterTwelveHoursHoweverMuchItIsUsed) {
  ASSERT_EQ(sign_in("ana", std::string(kPassword)).status, 200);
  for (int i = 0; i < 35; ++i) {
    clock_.pass(20min);
    EXPECT_EQ(request("GET", "/api/v1/thing").status, 200) << i;
  }
  clock_.pass(20min);
  EXPECT_EQ(request("GET", "/api/v1/thing").status, 401);
}

TEST_F(ConsoleDoorTest, AChangeNeedsItsProofAndItsOwnSite) {
  ASSERT_EQ(sign_in("ana", std::string(kPassword)).status, 200);
  EXPECT_EQ(request("PUT", "/api/v1/thing").status, 200);
  EXPECT_EQ(request("PUT", "/api/v1/thing", {}, {{"X-CSRF-Token", ""}}).status, 403);
  EXPECT_EQ(request("PUT", "/api/v1/thing", {}, {{"X-CSRF-Token", std::string(64, '0')}}).status,
            403);
  EXPECT_EQ(request("GET", "/api/v1/thing", {}, {{"Sec-Fetch-Site", "cross-site"}}).status, 403);
  // Nor does signing in work from elsewhere.
  EXPECT_EQ(request("POST", "/api/v1/session", R"({"name":"ana","password":"x"})",
                    {{"Sec-Fetch-Site", "cross-site"}})
                .status,
            403);
}

TEST_F(ConsoleDoorTest, NobodyLearnsWhichNamesThereAreAndGuessesAreHeldUp) {
  const Answer known = sign_in("ana", "wrong");
  const Answer unknown = sign_in("nobody", "wrong");
  EXPECT_EQ(known.status, 401);
  EXPECT_EQ(known.text, unknown.text);
  sign_in("ana", "wrong too");
  sign_in("ana", "and again");
  EXPECT_EQ(sign_in("ana", std::string(kPassword)).status, 429);
  // Not somebody who stands elsewhere.
  visitor_.client = *IpAddress::parse("192.0.2.7");
  EXPECT_EQ(sign_in("ana", std::string(kPassword)).status, 200);
}

TEST_F(ConsoleDoorTest, ACodeIsGoodOnce) {
  const std::string secret = new_totp_secret();
  ASSERT_FALSE(accounts_.set_factor("ana", secret, "root", clock_.now()));
  const Answer without = sign_in("ana", std::string(kPassword));
  EXPECT_EQ(without.status, 401);
  EXPECT_NE(without.text.find("\"needs\":\"code\""), std::string::npos) << without.text;
  const std::string code = hotp(secret, totp_step(clock_.now()));
  EXPECT_EQ(sign_in("ana", std::string(kPassword), code == "000000" ? "111111" : "000000").status,
            401);
  EXPECT_EQ(sign_in("ana", std::string(kPassword), code).status, 200);
  EXPECT_EQ(sign_in("ana", std::string(kPassword), code).status, 401);
}

TEST_F(ConsoleDoorTest, ANewPasswordEndsTheOtherSessions) {
  ASSERT_EQ(sign_in("ana", std::string(kPassword)).status, 200);
  const std::string other = cookie_;
  ASSERT_EQ(sign_in("ana", std::string(kPassword)).status, 200);
  const auto change = [&](const std::string& old, const std::string& fresh) {
    return request("POST", "/api/v1/session/password",
                   R"({"password":")" + old + R"(","new":")" + fresh + R"("})");
  };
  EXPECT_EQ(change("wrong one", "some new long password").status, 403);
  EXPECT_EQ(change(std::string(kPassword), "short").status, 400);
  EXPECT_EQ(change(std::string(kPassword), std::string(kPassword)).status, 400);
  const Answer changed = change(std::string(kPassword), "some new long password");
  ASSERT_EQ(changed.status, 200) << changed.text;
  EXPECT_EQ(request("GET", "/api/v1/thing", {}, {{"Cookie", other}}).status, 401);
  EXPECT_EQ(request("GET", "/api/v1/thing", {},
                    {{"Cookie", changed.cookie.substr(0, changed.cookie.find(';'))}})
                .status,
            200);
}

TEST_F(ConsoleDoorTest, WhomTheProviderVouchesForHasARoleAndNoAccount) {
  api_.on("POST", "/api/v1/let-in",
          [this](const admin::Call& call) { return let_in(door_, call); });
  const Answer in = request("POST", "/api/v1/let-in", {}, {{"Authorization", "Bearer secret"}});
  ASSERT_EQ(in.status, 200) << in.text;
  EXPECT_NE(in.text.find(R"("name":"openid/ana","role":"viewer")"), std::string::npos) << in.text;
  EXPECT_NE(in.text.find(R"("provider":"Corp Login")"), std::string::npos) << in.text;
  cookie_ = in.cookie.substr(0, in.cookie.find(';'));
  const std::size_t at = in.text.find("\"csrf\":\"") + 8;
  csrf_ = in.text.substr(at, in.text.find('"', at) - at);
  EXPECT_EQ(request("GET", "/api/v1/thing").text, "openid/ana\n");
  EXPECT_EQ(request("PUT", "/api/v1/thing").status, 403);  // an operator's
  EXPECT_EQ(request("POST", "/api/v1/session/password",
                    R"({"password":"correct horse battery","new":"some new long password"})")
                .status,
            409);
  // Changes of the account that is called so here are none of theirs.
  EXPECT_EQ(door_.end_sessions_of("ana"), 0u);
  EXPECT_EQ(request("GET", "/api/v1/thing").status, 200);
  EXPECT_EQ(door_.end_sessions_of("openid/ana"), 1u);
  EXPECT_EQ(request("GET", "/api/v1/thing").status, 401);
}

TEST_F(ConsoleDoorTest, ABodyIsReadStrictly) {
  for (const char* body : {"", "[]", "{}x", R"({"name":"ana","name":"ben","password":"x"})",
                           R"({"name":"ana","password":"x","admin":"yes"})", R"({"name":1})"}) {
    EXPECT_EQ(request("POST", "/api/v1/session", body).status, 400) << body;
  }
}

}  // namespace
}  // namespace sallyport::app
