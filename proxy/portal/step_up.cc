// The second factor of the portal: codes, enrolment, and the way to the provider and back.

#include "base/core/log.h"
#include "base/core/text.h"
#include "base/crypto/base32.h"
#include "base/crypto/totp.h"
#include "proxy/local/answer.h"
#include "proxy/portal/form.h"
#include "proxy/portal/visit.h"

namespace sallyport::portal {
namespace {

using std::chrono::minutes;

// To the provider, from a link. RFC 9110 section 15.4.4.
http::Reply see_other(std::string_view url) {
  http::Headers extra;
  extra.add("Location", url);
  return local::make_answer(303, "", "", extra);
}

}  // namespace

std::string Portal::otpauth(const Ticket& ticket) const {
  const std::string secret = base32_decode(ticket.extra, kLongestId).value_or("");
  return otpauth_uri(options_.issuer.empty() ? options_.host : options_.issuer, ticket.user,
                     secret);
}

Task<http::Reply> Portal::show_step_up(const Visit& visit, const Ticket& ticket,
                                       std::string_view sealed) {
  SecondFactors::State state;
  if (factors_ != nullptr && !visit.visitor.user.empty()) {
    const Result<SecondFactors::State> found = co_await factors_->find(visit.visitor.user);
    if (!found) co_return note(visit, Note::ours, &ticket);
    state = *found;
  }
  if (!state.enrolled && state.may_enrol && sign_in_ == nullptr) {
    // The secret travels in the form, signed: nothing is kept until the app has proven to have it.
    Ticket enrolment = ticket;
    enrolment.kind = TicketKind::enrol;
    enrolment.extra = base32_encode(new_totp_secret());
    enrolment.issued = visit.now;
    enrolment.expires = std::min<Time>(ticket.expires, visit.now + minutes(10));
    const std::optional<std::string> text = state_.keys.load()->seal(enrolment);
    if (!text) co_return note(visit, Note::ours, &ticket);
    const std::string uri = otpauth(enrolment);
    co_return form(visit,
                   {.ticket = enrolment, .sealed = *text, .action = kAnswerPath, .otpauth = uri});
  }
  const std::string sign_in =
      sign_in_ == nullptr ? "" : std::string(kSignInPath) + std::string(sealed);
  co_return form(visit, {.ticket = ticket,
                         .sealed = sealed,
                         .action = kAnswerPath,
                         .takes_code = state.enrolled,
                         .sign_in = sign_in});
}

Task<http::Reply> Portal::take_code(const Visit& visit, const Ticket& ticket,
                                    std::string_view sealed, std::string_view code) {
  if (factors_ == nullptr || visit.visitor.user.empty()) co_return note(visit, Note::ticket);
  FormFault fault = FormFault::none;
  if (trim(code).empty()) {
    fault = FormFault::code_missing;
  } else {
    Result<CodeCheck> checked = CodeCheck::wrong;
    if (ticket.kind == TicketKind::enrol) {
      const std::string secret = base32_decode(ticket.extra, kLongestId).value_or("");
      checked = co_await factors_->enrol(visit.visitor.user, secret, code, visit.now);
    } else {
      checked = co_await factors_->check(visit.visitor.user, code, visit.now);
    }
    if (!checked) co_return note(visit, Note::ours, &ticket);
    switch (*checked) {
      case CodeCheck::right:
        co_return co_await grant(visit, ticket, "", "totp");
      case CodeCheck::wrong:
        fault = FormFault::code_wrong;
        break;
      case CodeCheck::used:
        fault = FormFault::code_used;
        break;
      case CodeCheck::held_up:
        fault = FormFault::codes_held_up;
        break;
      case CodeCheck::not_enrolled:
        co_return note(visit, Note::ticket, &ticket);
    }
  }
  const std::string uri = ticket.kind == TicketKind::enrol ? otpauth(ticket) : "";
  const std::string sign_in = sign_in_ == nullptr || ticket.kind == TicketKind::enrol
                                  ? ""
                                  : std::string(kSignInPath) + std::string(sealed);
  co_return form(visit, {.ticket = ticket,
                         .sealed = sealed,
                         .action = kAnswerPath,
                         .sign_in = sign_in,
                         .otpauth = uri,
                         .fault = fault});
}

Task<http::Reply> Portal::begin_sign_in(const Visit& visit, std::string_view sealed) {
  const std::expected<Ticket, TicketFault> opened = open(visit, sealed);
  if (!opened || opened->kind != TicketKind::step_up || sign_in_ == nullptr) {
    co_return note(visit, Note::ticket);
  }
  const std::string who = visit.client + ' ' + visit.visitor.user;
  if (!state_.answers.take(who, clock_.steady())) co_return note(visit, Note::busy);
  // Another nonce, so that a way that was begun and left does not spend the ticket.
  Ticket ticket = *opened;
  ticket.kind = TicketKind::sign_in;
  ticket.say.clear();
  ticket.issued = visit.now;
  ticket.expires = std::min<Time>(opened->expires, visit.now + minutes(10));
  ticket.nonce = fresh_nonce();
  const std::optional<std::string> state = state_.keys.load()->seal(ticket);
  if (!state) co_return note(visit, Note::ours, &*opened);
  const Result<std::string> url = co_await sign_in_->begin(*state);
  if (!url) co_return note(visit, Note::provider, &*opened);
  co_return see_other(*url);
}

// RFC 6749 section 4.1.2; the provider's page may be another site, so this is a GET from elsewhere.
// What binds it to the person is the state, which is a ticket.
Task<http::Reply> Portal::finish_sign_in(const Visit& visit) {
  const std::optional<FormFields> fields = FormFields::parse(visit.request.query());
  if (!fields) co_return note(visit, Note::ticket);
  const std::string state(fields->get("state"));
  const std::expected<Ticket, TicketFault> opened = open(visit, state);
  if (!opened || opened->kind != TicketKind::sign_in) co_return note(visit, Note::ticket);
  const std::string who = visit.client + ' ' + visit.visitor.user;
  if (!state_.answers.take(who, clock_.steady())) co_return note(visit, Note::busy);
  // RFC 9207: a provider that names itself must be ours.
  const std::string_view issuer = fields->get("iss");
  const std::string code(fields->get("code"));
  if (code.empty() || (!issuer.empty() && issuer != sign_in_->issuer())) {
    co_return note(visit, Note::provider, &*opened);
  }
  // Before the code is shown to the provider: a second try with the same state is none.
  if (std::optional<http::Reply> spent = spend(visit, *opened)) co_return std::move(*spent);
  const Result<std::string> user = co_await sign_in_->finish(state, code, visit.now);
  if (!user || visit.visitor.user.empty()) co_return note(visit, Note::provider, &*opened);
  // The provider may know the person by another of their names.
  if (grants_.person(*user) != visit.visitor.user) {
    log::warning("a second factor is refused: somebody at " + visit.client +
                 " signed in as somebody else at " + sign_in_->issuer());
    co_return somebody_else_page(*user, *opened, *visit.look, visit.words);
  }
  Ticket granted = *opened;
  granted.kind = TicketKind::step_up;
  granted.nonce = fresh_nonce();
  const std::string factor = sign_in_->issuer();
  co_return co_await grant(visit, granted, "", factor);
}

}  // namespace sallyport::portal
