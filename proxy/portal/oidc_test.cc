// Against a provider that is played here; tests/e2e has a real one.

#include "proxy/portal/oidc.h"

#include <gtest/gtest.h>

#include "base/crypto/sha256.h"
#include "proxy/local/replies_for_tests.h"
#include "proxy/portal/form.h"
#include "tests/kit/fake_clock.h"
#include "tests/kit/id_provider.h"

namespace sallyport::portal {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

const Time kStart = *parse_rfc3339("2026-11-26T20:00:00Z");
constexpr std::string_view kIssuer = "https://login.corp.example";

// A provider as its three addresses show it. What it is asked is written down.
class PlayedProvider final : public Fetcher {
 public:
  Task<Result<Fetched>> fetch(const Asked& asked) override {
    const std::string at = asked.address.to_string();
    seen += asked.method + ' ' + at + '\n';
    if (fails) co_return fail(ErrorKind::timed_out, Side::origin, "away");
    if (at == std::string(kIssuer) + "/.well-known/openid-configuration") co_return json(document);
    if (at == std::string(kIssuer) + "/jwks") co_return json(keys.jwks());
    if (at != std::string(kIssuer) + "/token") co_return Fetched{404, "text/html", "no"};
    const auto form = FormFields::parse(asked.body);
    authorization = asked.headers.find("Authorization").value_or("");
    // RFC 7636 section 4.6.
    const std::string challenge = base64url_encode(sha256(form->get("code_verifier")));
    if (form->get("code") != "CODE" || challenge != expected_challenge ||
        form->get("redirect_uri") != "https://sallyport.internal/signed-in") {
      co_return Fetched{400, "application/json", R"({"error":"invalid_grant"})"};
    }
    co_return json(R"({"token_type":"Bearer","id_token":")" + keys.token(header, claims) + "\"}");
  }

  // What the browser would show to the provider.
  void sign_in(const std::string& url, std::string_view name, Time now) {
    const auto query = FormFields::parse(std::string_view(url).substr(url.find('?') + 1));
    expected_challenge = query->get("code_challenge");
    const std::string time =
        std::to_string(std::chrono::floor<seconds>(now.time_since_epoch()).count());
    claims = R"({"iss":"https://login.corp.example","sub":"1","aud":"sallyport","exp":99999999999,)"
             R"("iat":)" +
             time + R"(,"auth_time":)" + time + R"(,"nonce":")" + std::string(query->get("nonce")) +
             R"(","preferred_username":")" + std::string(name) + "\"}";
  }

  testkit::IdProvider keys;
  std::string document =
      R"({"issuer":"https://login.corp.example","authorization_endpoint":"https://login.corp.example/auth",)"
      R"("token_endpoint":"https://login.corp.example/token","jwks_uri":"https://login.corp.example/jwks"})";
  std::string header = R"({"alg":"RS256","kid":"r1"})";
  std::string claims;
  std::string expected_challenge;
  std::string authorization;
  std::string seen;
  bool fails = false;

 private:
  static Fetched json(std::string text) {
    return Fetched{200, "application/json", std::move(text)};
  }
};

class OidcTest : public ::testing::Test {
 protected:
  OidcTest() {
    keys_.store(std::make_shared<const TicketKeys>(TicketKeys::make(kStart)));
    Ticket ticket;
    ticket.kind = TicketKind::sign_in;
    ticket.issued = kStart;
    ticket.expires = kStart + minutes(10);
    state_ = *keys_.load()->seal(ticket);
    ticket.nonce = fresh_nonce();
    other_state_ = *keys_.load()->seal(ticket);
  }

  static ProviderOptions options() {
    ProviderOptions options;
    options.issuer = kIssuer;
    options.client_id = "sallyport";
    options.client_secret = "se:cret+";
    options.redirect_uri = "https://sallyport.internal/signed-in";
    return options;
  }

  template <class T>
  static Task<void> keep(Task<Result<T>> task, std::optional<Result<T>>& out) {
    Result<T> result = co_await std::move(task);
    out.emplace(std::move(result));
  }
  static std::string run(Task<Result<std::string>> task) {
    std::optional<Result<std::string>> out;
    io::Worker worker(0);
    io::Nursery nursery(worker.executor());
    nursery.start(keep(std::move(task), out));
    local::run(worker, nursery);
    return *out ? **out : "refused: " + out->error().detail;
  }

  std::string begin() { return run(oidc_.begin(state_)); }
  std::string finish(std::string_view state) {
    return run(oidc_.finish(state, "CODE", clock_.now()));
  }
  std::string finish() { return finish(state_); }

  testkit::FakeClock clock_{kStart};
  io::Published<TicketKeys> keys_;
  PlayedProvider provider_;
  std::string state_;
  std::string other_state_;
  Oidc oidc_{options(), provider_, keys_, clock_};
};

TEST_F(OidcTest, NamesTheUserWhoSignedIn) {
  const std::string url = begin();
  EXPECT_TRUE(
      url.starts_with("https://login.corp.example/auth?response_type=code&client_id=sallyport"));
  provider_.sign_in(url, "ana", clock_.now());
  EXPECT_EQ(finish(), "ana");
  EXPECT_EQ(provider_.authorization, "Basic " + base64_encode("sallyport:se%3Acret%2B"));
  // The verifier and the secret stand in no address.
  EXPECT_EQ(url.find("secret"), std::string::npos);
}

TEST_F(OidcTest, AsksForDocumentAndKeysOnce) {
  for (int i = 0; i < 3; ++i) {
    provider_.sign_in(begin(), "ana", clock_.now());
    EXPECT_EQ(finish(), "ana");
  }
  EXPECT_EQ(provider_.seen,
            "GET https://login.corp.example/.well-known/openid-configuration\n"
            "POST https://login.corp.example/token\n"
            "GET https://login.corp.example/jwks\n"
            "POST https://login.corp.example/token\n"
            "POST https://login.corp.example/token\n");
  clock_.pass(minutes(61));
  provider_.seen.clear();
  begin();
  EXPECT_EQ(provider_.seen, "GET https://login.corp.example/.well-known/openid-configuration\n");
}

TEST_F(OidcTest, FetchesNewerKeysForAnIdThatItDoesNotKnowButNotAllTheTime) {
  provider_.sign_in(begin(), "ana", clock_.now());
  finish();
  provider_.header = R"({"alg":"RS256","kid":"r2"})";
  provider_.seen.clear();
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(finish().starts_with("refused: "));
  EXPECT_EQ(provider_.seen.find("jwks"), std::string::npos);
  clock_.pass(seconds(61));
  for (int i = 0; i < 5; ++i) finish();
  EXPECT_NE(provider_.seen.find("jwks"), std::string::npos);
  EXPECT_EQ(provider_.seen.find("jwks"), provider_.seen.rfind("jwks"));
}

TEST_F(OidcTest, AttackWithTheCodeOfAnotherStateFails) {
  provider_.sign_in(begin(), "ana", clock_.now());
  EXPECT_EQ(finish(other_state_), "refused: login.corp.example:443 answered 400");
}

TEST_F(OidcTest, AttackWithATokenForAnotherStateFails) {
  provider_.sign_in(run(oidc_.begin(other_state_)), "ana", clock_.now());
  const std::string claims = provider_.claims;
  provider_.sign_in(begin(), "ana", clock_.now());
  provider_.claims = claims;
  EXPECT_EQ(finish(),
            "refused: the ID token of https://login.corp.example: it answers another request");
}

TEST_F(OidcTest, AttackByAProviderThatPosesAsAnotherFails) {
  provider_.document.replace(11, kIssuer.size(), "https://evil1.corp.example");
  EXPECT_EQ(begin(), "refused: the document of https://login.corp.example is not one to follow");
}

TEST_F(OidcTest, AttackByAnUnsignedTokenFails) {
  provider_.sign_in(begin(), "ana", clock_.now());
  provider_.header = R"({"alg":"none"})";
  EXPECT_EQ(finish(),
            "refused: the ID token of https://login.corp.example: its algorithm is neither RS256 "
            "nor ES256");
}

TEST_F(OidcTest, SaysWhoIsAway) {
  provider_.fails = true;
  EXPECT_EQ(begin(), "refused: away");
  provider_.fails = false;
  provider_.document = "<html>";
  EXPECT_TRUE(begin().starts_with("refused: the document"));
}

TEST_F(OidcTest, DoesNothingForAStateWhoseKeyIsGone) {
  keys_.store(std::make_shared<const TicketKeys>(TicketKeys::make(kStart)));
  EXPECT_EQ(begin(), "refused: the state's key is gone");
  EXPECT_EQ(finish(), "refused: the state's key is gone");
}

}  // namespace
}  // namespace sallyport::portal
