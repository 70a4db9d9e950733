// The portal as a person and as an attacker meet it: requests in, replies and what was granted out.

#include "proxy/portal/portal.h"

#include <gtest/gtest.h>

#include "base/crypto/base32.h"
#include "proxy/local/replies_for_tests.h"
#include "proxy/portal/factor_book.h"
#include "proxy/portal/form.h"
#include "tests/kit/fake_clock.h"

namespace sallyport::portal {
namespace {

using local::body_of;
using local::field_of;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const Time kStart = *parse_rfc3339("2026-11-26T19:00:00Z");
const std::string kSecret = "12345678901234567890";

// Writes down what it is asked, one line each.
class Ledger final : public Grants, public SecondFactors, public SignIn {
 public:
  std::string person(std::string_view name) const override {
    return name == "CORP\\ana" || name == "ana@corp.example" ? "ana" : std::string(name);
  }
  Task<Result<void>> grant(const Grant& grant) override {
    lines += "grant " + std::string(kinds[static_cast<int>(grant.kind)]) + ' ' + grant.user + '@' +
             grant.client + ' ' + grant.app + " '" + grant.policy + "' " + grant.reason +
             grant.factor + '\n';
    co_return answer();
  }
  Task<Result<void>> request_access(const AccessRequest& request) override {
    lines += "request " + request.user + '@' + request.client + ' ' + request.app + ' ' +
             request.reason + '\n';
    co_return answer();
  }
  Task<Result<AccessAnswer>> find_access(const AccessRequest&) override { co_return access; }
  Task<Result<void>> keep(const Answer& said) override {
    lines += "said " + std::string(to_string(said.said)) + ' ' + said.user + ' ' + said.app;
    lines += (said.question.empty() ? "" : " " + said.question) + '\n';
    co_return answer();
  }
  Task<Result<State>> find(std::string_view user) override {
    co_return State{book.find(user) != nullptr, may_enrol};
  }
  Task<Result<CodeCheck>> check(std::string_view user, std::string_view code, Time now) override {
    co_return book.check(user, code, now);
  }
  Task<Result<CodeCheck>> enrol(std::string_view user, std::string_view secret,
                                std::string_view code, Time now) override {
    co_return book.enrol(user, secret, code, now);
  }
  Task<Result<std::string>> begin(std::string_view sealed) override {
    co_return "https://login.corp.example/authorize?state=" + std::string(sealed);
  }
  Task<Result<std::string>> finish(std::string_view, std::string_view code, Time) override {
    lines += "finish " + std::string(code) + '\n';
    if (code == "bad") co_return fail(ErrorKind::invalid, Side::origin, "no such code");
    co_return std::string(code);  // The code is the name, here.
  }
  std::string issuer() const override { return "https://login.corp.example"; }

  std::string lines;
  FactorBook book;
  AccessAnswer access;
  bool may_enrol = false;
  std::optional<ErrorKind> fails;

 private:
  Result<void> answer() const {
    if (fails) return fail(*fails, Side::ours, "not now");
    return {};
  }
  static constexpr std::string_view kinds[] = {"", "coach", "justify", "step_up", "notice",
                                               "", "",      "",        "",        "sign_in_again"};
};

class PortalTest : public ::testing::Test {
 protected:
  PortalTest() {
    clock_.pass(hours(1));
    Factor factor;
    factor.secret = kSecret;
    ledger_.book.put("ana", factor);
  }

  std::string sealed(TicketKind kind, std::string_view user = "ana",
                     std::string_view client = "192.0.2.7") {
    Ticket ticket;
    ticket.kind = kind;
    ticket.user = user;
    ticket.client = client;
    ticket.app = "mega";
    ticket.app_name = "MEGA";
    ticket.host = "mega.nz";
    ticket.policy = "p1";
    ticket.return_url = "https://mega.nz/folder?x=1";
    ticket.issued = clock_.now();
    ticket.expires = clock_.now() + minutes(10);
    ticket.nonce = fresh_nonce();
    if (kind == TicketKind::ask_user) ticket.extra = "q1";
    return *state_.keys.load()->seal(ticket);
  }

  http::RequestHead request(std::string_view text, std::string_view host = "sallyport.internal") {
    http::RequestHead head = local::request_of(text);
    head.scheme = "https";
    head.authority = *Authority::parse(host, 443);
    return head;
  }

  http::Reply ask(const http::RequestHead& head, std::string body = "",
                  std::string_view user = "ana", std::string_view address = "192.0.2.7") {
    const Portal::Visitor visitor{std::string(user), *IpAddress::parse(address)};
    std::optional<http::Reply> reply;
    io::Worker worker(0);
    io::Nursery nursery(worker.executor());
    http::TextBody text(std::move(body));
    nursery.start(run_one(head, text, visitor, reply));
    local::run(worker, nursery);
    return std::move(*reply);
  }

  http::Reply get(const std::string& path, std::string_view user = "ana",
                  std::string_view address = "192.0.2.7") {
    return ask(request("GET " + path), "", user, address);
  }

  // As a browser sends the form of a page at the reserved name.
  http::Reply post(const std::string& body, std::string_view user = "ana",
                   std::string_view address = "192.0.2.7") {
    return ask(request("POST /answer\nContent-Type: application/x-www-form-urlencoded\n"
                       "Origin: https://sallyport.internal\nSec-Fetch-Site: same-origin\n"
                       "Sec-Fetch-Mode: navigate\nSec-Fetch-Dest: document"),
               body, user, address);
  }

  // The operators' question q1 waits for `user`.
  void ask_ana(std::string user = "ana") {
    Question question;
    question.id = "q1";
    question.user = std::move(user);
    question.say = "Tell us <please>.";
    question.event = "01JDCZ3Y6V8Q2W9K7M4T5XN0RB";
    question.app = "Box";
    question.what = "upload a.pdf";
    question.when = kStart;
    question.expires = clock_.now() + hours(1);
    state_.questions.store(std::make_shared<const Questions>(std::vector{std::move(question)}));
  }

  std::string granted() { return std::exchange(ledger_.lines, ""); }
  std::string code() { return hotp(kSecret, totp_step(clock_.now())); }

  void expect_refused(const http::Reply& reply, int status, std::string_view words) {
    EXPECT_EQ(reply.head.status, status);
    EXPECT_FALSE(reply.head.headers.has("Location"));
    EXPECT_FALSE(reply.head.headers.has("Refresh"));
    EXPECT_NE(body_of(reply).find(words), std::string::npos) << body_of(reply);
    EXPECT_EQ(granted(), "");
  }

  testkit::FakeClock clock_{kStart};
  Ledger ledger_;
  PortalState state_{{}, TicketKeys::make(kStart), {}, clock_};
  Portal portal_{{}, state_, clock_, ledger_, &ledger_, nullptr};
  Portal provided_{{}, state_, clock_, ledger_, &ledger_, &ledger_};
  Portal* used_ = &portal_;

 private:
  Task<void> run_one(const http::RequestHead& head, http::Body& body,
                     const Portal::Visitor& visitor, std::optional<http::Reply>& reply) {
    http::Reply answered = co_await used_->answer(head, body, visitor);
    reply.emplace(std::move(answered));
  }
};

constexpr std::string_view kBack = "0; url=https://mega.nz/folder?x=1";
constexpr std::string_view kNotGood = "This page is not good any more";
constexpr std::string_view kNotOurs = "It was not sent from the gateway&#39;s own page.";

TEST_F(PortalTest, LetsWhoWasCoachedContinueAndSendsThemBack) {
  const std::string ticket = sealed(TicketKind::coach);
  const http::Reply page = get("/ask/" + ticket);
  EXPECT_EQ(page.head.status, 200);
  const std::string html = body_of(page);
  EXPECT_NE(html.find("value=\"" + ticket + "\""), std::string::npos);
  EXPECT_NE(html.find("action=\"/answer\""), std::string::npos);
  const http::Reply reply = post("ticket=" + ticket + "&answer=continue");
  EXPECT_EQ(reply.head.status, 200);
  EXPECT_EQ(field_of(reply, "Refresh"), "0; url=https://mega.nz/folder?x=1");
  EXPECT_FALSE(reply.head.headers.has("Location"));
  EXPECT_EQ(field_of(reply, "Cache-Control"), "no-store");
  EXPECT_NE(body_of(reply).find("<a href=\"https://mega.nz/folder?x=1\" class=\"button\">"),
            std::string::npos);
  EXPECT_EQ(granted(), "grant coach ana@192.0.2.7 mega 'p1' \n");
}

TEST_F(PortalTest, KeepsThatSomebodyWentBackAndGrantsNothing) {
  const http::Reply reply = post("ticket=" + sealed(TicketKind::coach) + "&answer=back");
  EXPECT_EQ(reply.head.status, 200);
  EXPECT_EQ(granted(), "said went_back ana mega\n");
}

TEST_F(PortalTest, TakesNothingButTheAnswersOfThePage) {
  for (const std::string_view answer : {"", "yes", "Continue", "continue2"}) {
    const http::Reply reply =
        post("ticket=" + sealed(TicketKind::coach) + "&answer=" + std::string(answer));
    expect_refused(reply, 403, kNotOurs);
  }
  expect_refused(post("ticket=" + sealed(TicketKind::notice) + "&answer=back"), 403, kNotOurs);
}

TEST_F(PortalTest, WantsAReasonAndKeepsItTidy) {
  const std::string ticket = sealed(TicketKind::justify);
  expect_refused(post("ticket=" + ticket + "&reason=+%09%0D%0A+"), 422,
                 "Please write a reason first.");
  expect_refused(post("ticket=" + ticket + "&reason=" + std::string(501, 'x')), 422,
                 "Please use at most 500 characters.");
  // The ticket is not spent by a slip.
  const http::Reply reply =
      post("ticket=" + ticket + "&reason=+Audit%0D%0A2026+%E2%80%AE%1B%5B31mred+");
  EXPECT_EQ(field_of(reply, "Refresh"), kBack);
  EXPECT_EQ(granted(), "grant justify ana@192.0.2.7 mega 'p1' Audit 2026 [31mred\n");
}

TEST_F(PortalTest, CountsCharactersAndNotBytesOfAReason) {
  std::string reason;
  for (int i = 0; i < 500; ++i) reason += "%C3%A4";
  EXPECT_EQ(
      field_of(post("ticket=" + sealed(TicketKind::justify) + "&reason=" + reason), "Refresh"),
      kBack);
}

TEST_F(PortalTest, StepsUpWithACodeOnce) {
  const std::string ticket = sealed(TicketKind::step_up);
  EXPECT_NE(body_of(get("/ask/" + ticket)).find("one-time-code"), std::string::npos);
  expect_refused(post("ticket=" + ticket + "&code="), 422, "Please enter the code");
  expect_refused(post("ticket=" + ticket + "&code=abcdef"), 422, "This code is not right.");
  EXPECT_EQ(field_of(post("ticket=" + ticket + "&code=" + code()), "Refresh"), kBack);
  EXPECT_EQ(granted(), "grant step_up ana@192.0.2.7 mega 'p1' totp\n");
  const http::Reply again = post("ticket=" + sealed(TicketKind::step_up) + "&code=" + code());
  expect_refused(again, 422, "This code was used already.");
}

TEST_F(PortalTest, HoldsUpWhoGuessesCodes) {
  const std::string ticket = sealed(TicketKind::step_up);
  for (int i = 0; i < 5; ++i) post("ticket=" + ticket + "&code=12345" + std::to_string(i));
  expect_refused(post("ticket=" + ticket + "&code=" + code()), 429, "Too many codes were wrong.");
}

TEST_F(PortalTest, EnrolsWhoMayAndHasNoFactorYet) {
  expect_refused(get("/ask/" + sealed(TicketKind::step_up, "ben"), "ben"), 200,
                 "No second factor is set up for you.");
  ledger_.may_enrol = true;
  const std::string page = body_of(get("/ask/" + sealed(TicketKind::step_up, "ben"), "ben"));
  EXPECT_NE(page.find("<svg class=\"qr\""), std::string::npos);
  std::size_t at = page.find("name=\"ticket\" value=\"") + 21;
  const std::string ticket = page.substr(at, page.find('"', at) - at);
  at = page.find("<pre>") + 5;
  const std::string key = page.substr(at, page.find("</pre>") - at);
  const std::string secret = *base32_decode(key, 100);
  EXPECT_EQ(secret.size(), kTotpSecretBytes);
  const http::Reply wrong = post("ticket=" + ticket + "&code=000000", "ben");
  EXPECT_EQ(wrong.head.status, 422);
  EXPECT_NE(body_of(wrong).find(key), std::string::npos);
  const http::Reply reply =
      post("ticket=" + ticket + "&code=" + hotp(secret, totp_step(clock_.now())), "ben");
  EXPECT_EQ(field_of(reply, "Refresh"), kBack);
  EXPECT_EQ(granted(), "grant step_up ben@192.0.2.7 mega 'p1' totp\n");
}

TEST_F(PortalTest, AsksWhetherItWasThePersonAndKeepsWhatTheySay) {
  ask_ana();
  const std::string page = body_of(get("/ask/" + sealed(TicketKind::ask_user)));
  for (const std::string_view text : {"Was this you?", "Tell us &lt;please&gt;.", "upload a.pdf",
                                      "2026-11-26 19:00 UTC", "Box"}) {
    EXPECT_NE(page.find(text), std::string::npos) << text << " in " << page;
  }
  EXPECT_EQ(page.find("mega"), std::string::npos) << "where she was going is not what it is about";
  for (const auto& [answer, said] :
       {std::pair{"yes", "yes"}, {"mistake", "mistake"}, {"no", "not_me"}}) {
    const http::Reply reply =
        post("ticket=" + sealed(TicketKind::ask_user) + "&answer=" + std::string(answer));
    EXPECT_EQ(reply.head.status, 200);
    EXPECT_EQ(granted(), "said " + std::string(said) + " ana mega q1\n");
  }
  expect_refused(post("ticket=" + sealed(TicketKind::ask_user)), 422,
                 "Please choose one of the answers.");
}

TEST_F(PortalTest, AQuestionThatWaitsNoMoreIsNotShown) {
  const std::string ticket = sealed(TicketKind::ask_user);
  EXPECT_NE(body_of(get("/ask/" + ticket)).find("nothing to answer any more"), std::string::npos);
  ask_ana("ben");
  EXPECT_NE(body_of(get("/ask/" + ticket)).find("nothing to answer any more"), std::string::npos);
  ledger_.fails = ErrorKind::not_found;
  const http::Reply late = post("ticket=" + ticket + "&answer=no");
  EXPECT_NE(body_of(late).find("nothing to answer any more"), std::string::npos);
}

TEST_F(PortalTest, QueuesARequestForAccess) {
  const http::Reply reply = post("ticket=" + sealed(TicketKind::request_access) + "&reason=Audit");
  EXPECT_EQ(reply.head.status, 200);
  EXPECT_NE(body_of(reply).find("Your request was sent"), std::string::npos);
  EXPECT_EQ(granted(), "request ana@192.0.2.7 mega Audit\n");
}

TEST_F(PortalTest, WhoHasSeenThatASessionEndedMaySignInAgain) {
  const std::string ticket = sealed(TicketKind::sign_in_again);
  EXPECT_NE(body_of(get("/ask/" + ticket)).find("Please sign in to"), std::string::npos);
  const http::Reply reply = post("ticket=" + ticket + "&answer=continue");
  EXPECT_EQ(reply.head.status, 200);
  EXPECT_EQ(granted(), "grant sign_in_again ana@192.0.2.7 mega 'p1' \n");
}

TEST_F(PortalTest, SaysSoWhereAnAnswerCouldNotBeKept) {
  ledger_.fails = ErrorKind::storage;
  const http::Reply reply = post("ticket=" + sealed(TicketKind::coach) + "&answer=continue");
  EXPECT_EQ(reply.head.status, 503);
  EXPECT_FALSE(reply.head.headers.has("Location"));
  ledger_.fails = ErrorKind::limit;
  const http::Reply full = post("ticket=" + sealed(TicketKind::request_access) + "&reason=x");
  EXPECT_EQ(full.head.status, 503);
  EXPECT_NE(body_of(full).find("Too many requests are waiting."), std::string::npos);
}

TEST_F(PortalTest, WhoAsksForAccessAgainIsToldWhatCameOfIt) {
  const auto told = [&](AccessAnswer::State state, std::string_view words) {
    ledger_.access.state = state;
    const http::Reply shown = get("/ask/" + sealed(TicketKind::request_access));
    EXPECT_NE(body_of(shown).find(words), std::string::npos) << body_of(shown);
    const http::Reply sent = post("ticket=" + sealed(TicketKind::request_access) + "&reason=x");
    EXPECT_NE(body_of(sent).find(words), std::string::npos) << body_of(sent);
    EXPECT_EQ(ledger_.lines, "");
  };
  ledger_.access.say = "Use <Box> instead.";
  ledger_.access.at = kStart;
  ledger_.access.until = kStart + hours(24);
  told(AccessAnswer::State::waiting, "2026-11-26 19:00 UTC");
  told(AccessAnswer::State::granted, "2026-11-27 19:00 UTC");
  told(AccessAnswer::State::refused, "Use &lt;Box&gt; instead.");
  ledger_.access.state = AccessAnswer::State::none;
  post("ticket=" + sealed(TicketKind::request_access) + "&reason=x");
  EXPECT_EQ(ledger_.lines, "request ana@192.0.2.7 mega x\n");
}

TEST_F(PortalTest, IsReachedUnderItsNameAlone) {
  EXPECT_TRUE(portal_.is_at(*Host::parse("sallyport.internal")));
  EXPECT_FALSE(portal_.is_at(*Host::parse("mega.nz")));
  EXPECT_FALSE(portal_.is_at(*Host::parse("x.sallyport.internal")));
}

TEST_F(PortalTest, WhatIsAskedWithoutTlsIsLedToTlsAndTakesNothing) {
  const std::string ticket = sealed(TicketKind::coach);
  http::RequestHead plain = request("GET /ask/" + ticket);
  plain.scheme = "http";
  const http::Reply led = ask(plain);
  EXPECT_EQ(led.head.status, 308);
  EXPECT_EQ(field_of(led, "Location"), "https://sallyport.internal/ask/" + ticket);
  http::RequestHead sent = request(
      "POST /answer\nOrigin: http://sallyport.internal\n"
      "Content-Type: application/x-www-form-urlencoded");
  sent.scheme = "http";
  expect_refused(ask(sent, "ticket=" + ticket + "&answer=continue"), 403, kNotOurs);
}

TEST_F(PortalTest, HasNothingElse) {
  expect_refused(get("/"), 404, "There is nothing here");
  expect_refused(get("/signed-in?state=x&code=y"), 404, "There is nothing here");
  expect_refused(ask(request("DELETE /ask/x")), 405, "This cannot be done here");
  expect_refused(ask(request("GET /answer")), 405, "This cannot be done here");
}

TEST_F(PortalTest, SpeaksTheLanguageThatIsAskedFor) {
  Diagnostics warnings;
  Look look;
  look.languages = *Languages::load(std::string(SALLYPORT_SOURCE_DIR) + "/conf/pages", warnings);
  state_.look.store(std::make_shared<const Look>(look));
  const std::string page = body_of(
      ask(request("GET /ask/" + sealed(TicketKind::coach) + "\nAccept-Language: de-AT, en;q=0.5")));
  EXPECT_NE(page.find("MEGA ist hier nicht freigegeben"), std::string::npos);
}

// Attacks.

TEST_F(PortalTest, AttackWithTheTicketOfAnotherUserFails) {
  const std::string ticket = sealed(TicketKind::coach, "ana");
  expect_refused(get("/ask/" + ticket, "mallory"), 403, kNotGood);
  expect_refused(post("ticket=" + ticket + "&answer=continue", "mallory"), 403, kNotGood);
  expect_refused(post("ticket=" + ticket + "&answer=continue", ""), 403, kNotGood);
  EXPECT_EQ(field_of(post("ticket=" + ticket + "&answer=continue"), "Refresh"), kBack);
}

TEST_F(PortalTest, AttackFromAnotherClientFailsWhereNobodyIsKnown) {
  const std::string ticket = sealed(TicketKind::coach, "");
  expect_refused(post("ticket=" + ticket + "&answer=continue", "", "192.0.2.8"), 403, kNotGood);
}

// A proxy's name may have addresses of both families, and a browser takes either.
TEST_F(PortalTest, WhoIsKnownAnswersFromWhereverTheyAre) {
  const std::string ticket = sealed(TicketKind::coach);
  EXPECT_EQ(
      field_of(post("ticket=" + ticket + "&answer=continue", "ana", "2001:db8::7"), "Refresh"),
      kBack);
  granted();
}

TEST_F(PortalTest, AttackByReplayFails) {
  const std::string ticket = sealed(TicketKind::coach);
  EXPECT_EQ(field_of(post("ticket=" + ticket + "&answer=continue"), "Refresh"), kBack);
  granted();
  expect_refused(post("ticket=" + ticket + "&answer=continue"), 403, kNotGood);
}

TEST_F(PortalTest, AttackWithAnExpiredTicketFails) {
  const std::string ticket = sealed(TicketKind::coach);
  clock_.pass(minutes(10));
  expect_refused(get("/ask/" + ticket), 403, kNotGood);
  expect_refused(post("ticket=" + ticket + "&answer=continue"), 403, kNotGood);
}

TEST_F(PortalTest, AttackWithAForgedTicketFails) {
  std::string ticket = sealed(TicketKind::coach);
  ticket[40] = ticket[40] == 'A' ? 'B' : 'A';
  expect_refused(get("/ask/" + ticket), 403, kNotGood);
  expect_refused(post("ticket=" + ticket + "&answer=continue"), 403, kNotGood);
  expect_refused(post("answer=continue"), 403, kNotGood);
  expect_refused(post("ticket=&answer=continue"), 403, kNotGood);
}

TEST_F(PortalTest, AttackByAnotherKindOfTicketFails) {
  // A notice lets through what a notice is for; the code of a step-up is asked for all the same.
  expect_refused(post("ticket=" + sealed(TicketKind::step_up) + "&answer=continue"), 422,
                 "Please enter the code");
  expect_refused(post("ticket=" + sealed(TicketKind::justify) + "&answer=continue"), 422,
                 "Please write a reason first.");
  expect_refused(post("ticket=" + sealed(TicketKind::sign_in) + "&answer=continue"), 403, kNotGood);
  expect_refused(get("/ask/" + sealed(TicketKind::sign_in)), 403, kNotGood);
  expect_refused(get("/ask/" + sealed(TicketKind::enrol)), 403, kNotGood);
}

TEST_F(PortalTest, AttackByCsrfFails) {
  const std::string form = "Content-Type: application/x-www-form-urlencoded\n";
  for (const std::string_view from :
       {"Origin: https://evil.example", "Origin: null", "Origin: https://mega.nz",
        "Origin: http://sallyport.internal", "Origin: https://sallyport.internal:8443",
        "Origin: https://sallyport.internal.evil.example",
        "Origin: https://sallyport.internal\n"
        "Origin: https://evil.example",
        "Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site", "Sec-Fetch-Site: none",
        "Sec-Fetch-Site: cross-site\nOrigin: https://sallyport.internal",
        "Sec-Fetch-Site: same-origin\nSec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-origin\nSec-Fetch-Mode: cors",
        "Sec-Fetch-Site: same-origin\nSec-Fetch-Mode: no-cors\nSec-Fetch-Dest: empty",
        "Sec-Fetch-Site: same-origin\nSec-Fetch-Mode: navigate\nSec-Fetch-Dest: iframe"}) {
    const http::Reply reply = ask(request("POST /answer\n" + form + std::string(from)),
                                  "ticket=" + sealed(TicketKind::coach) + "&answer=continue");
    SCOPED_TRACE(from);
    expect_refused(reply, 403, kNotOurs);
  }
}

TEST_F(PortalTest, AttackByAFormOfAnotherTypeFails) {
  for (const std::string_view type :
       {"text/plain", "multipart/form-data; boundary=x", "application/json"}) {
    const http::Reply reply = ask(request("POST /answer\nContent-Type: " + std::string(type)),
                                  "ticket=" + sealed(TicketKind::coach) + "&answer=continue");
    expect_refused(reply, 403, kNotOurs);
  }
}

TEST_F(PortalTest, AttackByGetGrantsNothing) {
  const std::string ticket = sealed(TicketKind::coach);
  expect_refused(get("/answer?ticket=" + ticket + "&answer=continue"), 405, "");
  EXPECT_EQ(get("/ask/" + ticket).head.status, 200);
  EXPECT_EQ(granted(), "");
}

TEST_F(PortalTest, AttackByTheAppsOwnFetchFails) {
  const http::Reply reply =
      ask(request("POST /answer\nOrigin: https://mega.nz\n"
                  "Sec-Fetch-Site: cross-site\nSec-Fetch-Mode: no-cors\nSec-Fetch-Dest: empty\n"
                  "Content-Type: application/x-www-form-urlencoded"),
          "ticket=" + sealed(TicketKind::coach) + "&answer=continue");
  expect_refused(reply, 403, kNotOurs);
}

TEST_F(PortalTest, AttackByOpenRedirectLeadsNowhere) {
  for (const std::string_view field :
       {"return_url", "return", "url", "next", "redirect", "redirect_uri", "host"}) {
    const http::Reply reply = post("ticket=" + sealed(TicketKind::coach) + "&answer=continue&" +
                                   std::string(field) + "=https%3A%2F%2Fevil.example%2F");
    EXPECT_EQ(field_of(reply, "Refresh"), kBack);
    EXPECT_EQ(body_of(reply).find("evil"), std::string::npos);
  }
}

TEST_F(PortalTest, AttackByXssThroughTheReasonStaysText) {
  const http::Reply reply =
      post("ticket=" + sealed(TicketKind::justify) +
           "&reason=" + url_encode("</textarea><script>alert(1)</script>" + std::string(500, 'x')));
  EXPECT_EQ(reply.head.status, 422);
  EXPECT_EQ(body_of(reply).find("<script"), std::string::npos);
}

TEST_F(PortalTest, AttackByXssThroughTheAddressStaysText) {
  for (const std::string_view path :
       {"/<script>alert(1)</script>", "/ask/<script>alert(1)</script>", "/ask/\"><script>"}) {
    EXPECT_EQ(body_of(get(std::string(path))).find("<script"), std::string::npos);
  }
}

TEST_F(PortalTest, AttackByAFloodOfAnswersIsHeldUp) {
  int busy = 0;
  for (int i = 0; i < 100; ++i) busy += post("ticket=x&answer=continue").head.status == 429 ? 1 : 0;
  EXPECT_EQ(busy, 70);
  // Of one user at one client; others go on.
  EXPECT_EQ(field_of(post("ticket=" + sealed(TicketKind::coach, "ben") + "&answer=continue", "ben"),
                     "Refresh"),
            kBack);
  clock_.pass(minutes(1));
  EXPECT_EQ(field_of(post("ticket=" + sealed(TicketKind::coach) + "&answer=continue"), "Refresh"),
            kBack);
}

TEST_F(PortalTest, AttackByAFloodOfRequestsForAccessIsHeldUp) {
  int queued = 0;
  for (int i = 0; i < 60; ++i, clock_.pass(seconds(10))) {
    const http::Reply reply =
        post("ticket=" + sealed(TicketKind::request_access) + "&reason=" + std::to_string(i));
    queued += reply.head.status == 200 ? 1 : 0;
  }
  EXPECT_LE(queued, 12);
  EXPECT_GE(queued, 10);
  granted();
  // Another name at the same client is no fresh start.
  const http::Reply other =
      post("ticket=" + sealed(TicketKind::request_access, "ben") + "&reason=x", "ben");
  expect_refused(other, 429, "Please wait a moment");
}

TEST_F(PortalTest, AttackByABodyWithoutEndIsCutOff) {
  const http::Reply reply = post("ticket=" + std::string(FormFields::kMostBytes, 'x'));
  expect_refused(reply, 403, kNotOurs);
}

// The organisation's provider.

TEST_F(PortalTest, StepsUpByTheProvider) {
  used_ = &provided_;
  const std::string ticket = sealed(TicketKind::step_up);
  EXPECT_NE(body_of(get("/ask/" + ticket)).find("href=\"/sign-in/" + ticket), std::string::npos);
  const http::Reply away = get("/sign-in/" + ticket);
  EXPECT_EQ(away.head.status, 303);
  const std::string url = field_of(away, "Location");
  ASSERT_TRUE(url.starts_with("https://login.corp.example/authorize?state="));
  const std::string state = url.substr(url.find('=') + 1);
  EXPECT_NE(state, ticket);
  const http::Reply back = get("/signed-in?state=" + state + "&code=ana");
  EXPECT_EQ(back.head.status, 200);
  EXPECT_EQ(field_of(back, "Refresh"), kBack);
  EXPECT_EQ(granted(),
            "finish ana\ngrant step_up ana@192.0.2.7 mega 'p1' https://login.corp.example\n");
}

TEST_F(PortalTest, KnowsThePersonByWhicheverNameTheProviderHas) {
  used_ = &provided_;
  for (const std::string_view name : {"CORP%5Cana", "ana@corp.example"}) {
    const std::string url = field_of(get("/sign-in/" + sealed(TicketKind::step_up)), "Location");
    const std::string state = url.substr(url.find('=') + 1);
    const http::Reply back = get("/signed-in?state=" + state + "&code=" + std::string(name));
    EXPECT_EQ(back.head.status, 200) << name;
    EXPECT_NE(granted().find("grant step_up ana@"), std::string::npos) << name;
  }
}

TEST_F(PortalTest, AttackBySigningInAsSomebodyElseFails) {
  used_ = &provided_;
  const std::string url = field_of(get("/sign-in/" + sealed(TicketKind::step_up)), "Location");
  const std::string state = url.substr(url.find('=') + 1);
  // The provider says that it was ben; the session is ana's.
  const http::Reply back = get("/signed-in?state=" + state + "&code=ben%3Cb%3E");
  EXPECT_EQ(back.head.status, 403);
  const std::string page = body_of(back);
  for (const std::string_view text :
       {"You signed in as somebody else", "Here you are known as ana.", "ben&lt;b&gt;"}) {
    EXPECT_NE(page.find(text), std::string::npos) << text;
  }
  EXPECT_EQ(granted(), "finish ben<b>\n");
}

TEST_F(PortalTest, AttackByTheStateOfSomebodyElseFails) {
  used_ = &provided_;
  const std::string url = field_of(get("/sign-in/" + sealed(TicketKind::step_up)), "Location");
  const std::string state = url.substr(url.find('=') + 1);
  expect_refused(get("/signed-in?state=" + state + "&code=mallory", "mallory"), 403, kNotGood);
  expect_refused(get("/signed-in?code=ana"), 403, kNotGood);
  expect_refused(get("/signed-in?state=" + sealed(TicketKind::step_up) + "&code=ana"), 403,
                 kNotGood);
  expect_refused(get("/signed-in?state=" + state + "&code=ana&iss=https%3A%2F%2Fevil.example"), 502,
                 "Signing in did not work");
  expect_refused(get("/signed-in?state=" + state + "&error=access_denied"), 502,
                 "Signing in did not work");
}

TEST_F(PortalTest, AttackByASecondCallWithTheSameStateFails) {
  used_ = &provided_;
  const std::string url = field_of(get("/sign-in/" + sealed(TicketKind::step_up)), "Location");
  const std::string state = url.substr(url.find('=') + 1);
  EXPECT_EQ(get("/signed-in?state=" + state + "&code=bad").head.status, 502);
  EXPECT_EQ(granted(), "finish bad\n");
  expect_refused(get("/signed-in?state=" + state + "&code=ana"), 403, kNotGood);
}

TEST_F(PortalTest, BeginsNoSignInButForAStepUp) {
  used_ = &provided_;
  expect_refused(get("/sign-in/" + sealed(TicketKind::coach)), 403, kNotGood);
  used_ = &portal_;
  expect_refused(get("/sign-in/" + sealed(TicketKind::step_up)), 403, kNotGood);
}

}  // namespace
}  // namespace sallyport::portal
