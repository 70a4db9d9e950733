#include "proxy/portal/portal.h"

#include "base/core/text.h"
#include "base/core/utf8.h"
#include "proxy/local/answer.h"
#include "proxy/portal/form.h"
#include "proxy/portal/isolation.h"
#include "proxy/portal/visit.h"

namespace sallyport::portal {
namespace {

using std::chrono::minutes;

// Characters, as the field's maxlength counts them, but never less strict than it: browsers count
// UTF-16 units.
std::size_t characters(std::string_view text) {
  std::size_t count = 0;
  while (!text.empty()) {
    text.remove_prefix(decode_utf8(text).size);
    ++count;
  }
  return count;
}

// What somebody typed, as it is kept: no line ends of Windows, nothing that steers, no blanks
// around.
std::string tidy(std::string_view typed) {
  std::string out;
  while (!typed.empty()) {
    const Utf8Char next = decode_utf8(typed);
    if (next.code == '\n' || next.code == '\t') {
      out += ' ';
    } else if (!is_steering(next.code) && next.code != kNotUtf8) {
      out += typed.substr(0, next.size);
    }
    typed.remove_prefix(next.size);
  }
  return std::string(trim(out));
}

Task<std::optional<std::string>> read_body(http::Body& body) {
  std::string text;
  while (true) {
    const Result<http::Bytes> bytes = co_await body.read(8192);
    if (!bytes) co_return std::nullopt;
    if (bytes->empty()) co_return text;
    if (text.size() + bytes->size() > FormFields::kMostBytes) co_return std::nullopt;
    text.append(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  }
}

}  // namespace

std::string_view to_string(Said said) {
  switch (said) {
    case Said::went_back:
      return "went_back";
    case Said::yes:
      return "yes";
    case Said::mistake:
      return "mistake";
    case Said::no:
      return "not_me";
  }
  return "";
}

bool from_own_page(const http::RequestHead& request) {
  const http::Headers& headers = request.headers;
  const auto is = [&](std::string_view name, std::string_view value) {
    // A field that comes twice says nothing.
    return headers.count(name) == 1 && *headers.find(name) == value;
  };
  if (headers.has("Sec-Fetch-Site") && !is("Sec-Fetch-Site", "same-origin")) return false;
  // A script that fetches is no person that presses a button.
  if (headers.has("Sec-Fetch-Mode") && !is("Sec-Fetch-Mode", "navigate")) return false;
  if (headers.has("Sec-Fetch-Dest") && !is("Sec-Fetch-Dest", "document")) return false;
  if (!headers.has("Origin")) return true;
  return is("Origin", "https://" + request.authority.to_string(443));
}

PortalState::PortalState(const PortalOptions& options, TicketKeys first, Look first_look,
                         const Clock& clock)
    : used(clock.now()),
      answers(options.answers, minutes(1), clock.steady()),
      requests(options.requests, minutes(60), clock.steady()) {
  keys.store(std::make_shared<const TicketKeys>(std::move(first)));
  look.store(std::make_shared<const Look>(std::move(first_look)));
  questions.store(std::make_shared<const Questions>());
}

Portal::Portal(PortalOptions options, PortalState& state, const Clock& clock, Grants& grants,
               SecondFactors* factors, SignIn* sign_in)
    : options_(std::move(options)),
      state_(state),
      clock_(clock),
      grants_(grants),
      factors_(factors),
      sign_in_(sign_in) {}

Task<http::Reply> Portal::answer(const http::RequestHead& request, http::Body& body,
                                 const Visitor& visitor) {
  const std::string client = client_class(visitor.address);
  const std::shared_ptr<const Look> look = state_.look.load();
  const Visit visit{request,
                    visitor,
                    client,
                    look,
                    look->languages.choose(request.headers.joined("Accept-Language")),
                    clock_.now()};
  std::string_view path = request.path_only();
  const bool reads = request.method == "GET" || request.method == "HEAD";

  if (request.scheme != "https") {
    // On the way a ticket could be read, and what is sent could be another's.
    if (!reads) co_return note(visit, Note::form);
    http::Headers extra;
    extra.add("Location", base() + std::string(request.path));
    co_return local::make_answer(308, "", "", extra);
  }
  if (path == kAnswerPath) {
    if (request.method != "POST") co_return note(visit, Note::method);
    co_return co_await take(visit, body);
  }
  for (const std::string_view folder : {kAskPath, kSignInPath, kAgainPath}) {
    if (!path.starts_with(folder)) continue;
    if (!reads) co_return note(visit, Note::method);
    path.remove_prefix(folder.size());
    if (folder == kAskPath) co_return co_await show(visit, path);
    if (folder == kSignInPath) co_return co_await begin_sign_in(visit, path);
    const std::expected<Ticket, TicketFault> ticket = open(visit, path);
    co_return note(visit, ticket ? Note::sign_in_again : Note::ticket, ticket ? &*ticket : nullptr);
  }
  if (path == "/signed-in" && sign_in_ != nullptr) {
    if (request.method != "GET") co_return note(visit, Note::method);
    co_return co_await finish_sign_in(visit);
  }
  if (path == "/isolation/keys") {
    if (!reads) co_return note(visit, Note::method);
    co_return local::make_answer(200, "application/jwk-set+json",
                                 isolation_keys(*state_.keys.load()));
  }
  co_return note(visit, Note::missing);
}

std::expected<Ticket, TicketFault> Portal::open(const Visit& visit, std::string_view sealed) const {
  const std::shared_ptr<const TicketKeys> keys = state_.keys.load();
  return keys->open(sealed, {visit.visitor.user, visit.client}, visit.now);
}

http::Reply Portal::note(const Visit& visit, Note said, const Ticket* ticket) const {
  http::Reply reply = note_page(said, ticket, *visit.look, visit.words);
  if (said == Note::method) reply.head.headers.add("Allow", "GET, HEAD, POST");
  if (said == Note::busy || said == Note::full) reply.head.headers.add("Retry-After", "60");
  return reply;
}

http::Reply Portal::form(const Visit& visit, const Form& form) const {
  return form_page(form, *visit.look, visit.words);
}

Task<http::Reply> Portal::show(const Visit& visit, std::string_view sealed) {
  const std::expected<Ticket, TicketFault> ticket = open(visit, sealed);
  if (!ticket || ticket->kind == TicketKind::sign_in || ticket->kind == TicketKind::enrol) {
    co_return note(visit, Note::ticket);
  }
  if (ticket->kind == TicketKind::step_up) {
    co_return co_await show_step_up(visit, *ticket, sealed);
  }
  if (ticket->kind == TicketKind::ask_user) {
    co_return question(visit, *ticket, sealed, FormFault::none);
  }
  if (ticket->kind == TicketKind::request_access) {
    if (std::optional<http::Reply> known = co_await answered(visit, *ticket)) {
      co_return std::move(*known);
    }
  }
  co_return form(visit, {.ticket = *ticket, .sealed = sealed, .action = kAnswerPath});
}

std::optional<http::Reply> Portal::spend(const Visit& visit, const Ticket& ticket) {
  switch (state_.used.spend(ticket, visit.now)) {
    case Spent::first:
      return std::nullopt;
    case Spent::full:
      return note(visit, Note::full, &ticket);
    case Spent::again:
    case Spent::before_start:
      break;
  }
  return note(visit, Note::ticket, &ticket);
}

Task<http::Reply> Portal::take(const Visit& visit, http::Body& body) {
  if (!from_own_page(visit.request)) co_return note(visit, Note::form);
  const std::string type =
      http::media_type(visit.request.headers.find("Content-Type").value_or(""));
  if (type != "application/x-www-form-urlencoded") co_return note(visit, Note::form);
  const std::string who = visit.client + ' ' + visit.visitor.user;
  if (!state_.answers.take(who, clock_.steady())) co_return note(visit, Note::busy);
  const std::optional<std::string> text = co_await read_body(body);
  const std::optional<FormFields> fields =
      text ? FormFields::parse(*text) : std::optional<FormFields>();
  if (!fields) co_return note(visit, Note::form);

  const std::string sealed(fields->get("ticket"));
  const std::expected<Ticket, TicketFault> opened = open(visit, sealed);
  if (!opened || opened->kind == TicketKind::sign_in) co_return note(visit, Note::ticket);
  const Ticket& ticket = *opened;
  const std::string_view answer = fields->get("answer");

  switch (ticket.kind) {
    case TicketKind::coach:
      if (answer == "back") co_return co_await keep(visit, ticket, Said::went_back);
      if (answer != "continue") co_return note(visit, Note::form, &ticket);
      co_return co_await grant(visit, ticket, "", "");
    case TicketKind::notice:
      if (answer != "continue") co_return note(visit, Note::form, &ticket);
      co_return co_await grant(visit, ticket, "", "");
    case TicketKind::justify:
    case TicketKind::request_access: {
      const std::string reason = tidy(fields->get("reason"));
      FormFault fault = FormFault::none;
      if (reason.empty()) fault = FormFault::reason_missing;
      if (characters(reason) > kLongestReason) fault = FormFault::reason_too_long;
      if (fault != FormFault::none) {
        co_return form(visit, {.ticket = ticket,
                               .sealed = sealed,
                               .action = kAnswerPath,
                               .fault = fault,
                               .typed = fields->get("reason")});
      }
      if (ticket.kind == TicketKind::justify) co_return co_await grant(visit, ticket, reason, "");
      co_return co_await request_access(visit, ticket, reason);
    }
    case TicketKind::ask_user:
      if (answer == "yes") co_return co_await keep(visit, ticket, Said::yes);
      if (answer == "mistake") co_return co_await keep(visit, ticket, Said::mistake);
      if (answer == "no") co_return co_await keep(visit, ticket, Said::no);
      co_return question(visit, ticket, sealed, FormFault::choice_missing);
    case TicketKind::step_up:
    case TicketKind::enrol:
      co_return co_await take_code(visit, ticket, sealed, fields->get("code"));
    case TicketKind::sign_in:
      break;
  }
  co_return note(visit, Note::ticket);
}

Task<http::Reply> Portal::grant(const Visit& visit, const Ticket& ticket, std::string_view reason,
                                std::string_view factor) {
  if (std::optional<http::Reply> spent = spend(visit, ticket)) co_return std::move(*spent);
  Grant grant;
  grant.kind = ticket.kind == TicketKind::enrol ? TicketKind::step_up : ticket.kind;
  grant.user = visit.visitor.user;
  grant.client = visit.client;
  grant.address = visit.visitor.address;
  grant.app = ticket.app;
  grant.host = ticket.host;
  grant.policy = ticket.policy;
  grant.event = ticket.event;
  grant.reason = reason;
  grant.factor = factor;
  grant.at = visit.now;
  const Result<void> granted = co_await grants_.grant(grant);
  if (!granted) co_return note(visit, Note::ours, &ticket);
  http::Reply reply = note(visit, Note::continued, &ticket);
  // Not a redirect: browsers hold all that follows a form, the app's own redirects too, against the
  // page's form-action, and apps send people on to hosts of their own (HTML standard, Refresh).
  if (!ticket.return_url.empty()) {
    reply.head.headers.add("Refresh", "0; url=" + ticket.return_url);
  }
  co_return reply;
}

AccessRequest Portal::access_request(const Visit& visit, const Ticket& ticket) const {
  AccessRequest asked;
  asked.user = visit.visitor.user;
  asked.client = visit.client;
  asked.address = visit.visitor.address;
  asked.app = ticket.app;
  asked.host = ticket.host;
  asked.policy = ticket.policy;
  asked.event = ticket.event;
  return asked;
}

Task<std::optional<http::Reply>> Portal::answered(const Visit& visit, const Ticket& ticket) {
  AccessRequest asked = access_request(visit, ticket);
  asked.at = ticket.issued;
  const Result<AccessAnswer> found = co_await grants_.find_access(asked);
  if (!found) co_return note(visit, Note::ours, &ticket);
  if (found->state == AccessAnswer::State::none) co_return std::nullopt;
  co_return access_page(*found, ticket, *visit.look, visit.words);
}

Task<http::Reply> Portal::request_access(const Visit& visit, const Ticket& ticket,
                                         std::string_view reason) {
  if (std::optional<http::Reply> known = co_await answered(visit, ticket)) {
    co_return std::move(*known);
  }
  // Of the user wherever they are, and of the client whoever it says it is.
  const std::string user = "user " + visit.visitor.user;
  const std::string client = "client " + visit.client;
  const bool known = !visit.visitor.user.empty();
  if ((known && !state_.requests.take(user, clock_.steady())) ||
      !state_.requests.take(client, clock_.steady())) {
    co_return note(visit, Note::busy, &ticket);
  }
  if (std::optional<http::Reply> spent = spend(visit, ticket)) co_return std::move(*spent);
  AccessRequest asked = access_request(visit, ticket);
  asked.reason = reason;
  asked.at = visit.now;
  const Result<void> queued = co_await grants_.request_access(asked);
  if (queued) co_return note(visit, Note::requested, &ticket);
  co_return note(visit, queued.error().kind == ErrorKind::limit ? Note::full : Note::ours, &ticket);
}

Task<http::Reply> Portal::keep(const Visit& visit, const Ticket& ticket, Said said) {
  if (std::optional<http::Reply> spent = spend(visit, ticket)) co_return std::move(*spent);
  Answer answer;
  answer.kind = ticket.kind;
  answer.said = said;
  answer.user = visit.visitor.user;
  answer.client = visit.client;
  answer.app = ticket.app;
  answer.host = ticket.host;
  answer.policy = ticket.policy;
  answer.event = ticket.event;
  if (ticket.kind == TicketKind::ask_user) answer.question = ticket.extra;
  answer.at = visit.now;
  const Result<void> kept = co_await grants_.keep(answer);
  if (!kept && kept.error().kind == ErrorKind::not_found) {
    co_return note(visit, Note::not_asked, &ticket);
  }
  if (!kept) co_return note(visit, Note::ours, &ticket);
  if (said == Said::went_back) co_return note(visit, Note::stopped, &ticket);
  co_return note(visit, said == Said::no ? Note::not_me : Note::answered, &ticket);
}

http::Reply Portal::question(const Visit& visit, const Ticket& ticket, std::string_view sealed,
                             FormFault fault) const {
  const std::shared_ptr<const Questions> all = state_.questions.load();
  const Question* question = all->find(ticket.extra, visit.visitor.user, visit.now);
  if (question == nullptr) return note(visit, Note::not_asked, &ticket);
  // The page speaks of what is asked about, not of where the person was going.
  Ticket shown = ticket;
  shown.app_name = question->app;
  shown.say = question->say;
  shown.event = question->event;
  return form(visit, {.ticket = shown,
                      .sealed = sealed,
                      .action = kAnswerPath,
                      .question = question,
                      .fault = fault});
}

}  // namespace sallyport::portal
