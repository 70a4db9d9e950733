// The way to the portal (proxy/portal) and from it: what a person is asked for before a request may
// pass, and the pages where they answer.

#include <algorithm>

#include "base/core/text.h"
#include "base/io/deadline.h"
#include "proxy/local/answer.h"
#include "proxy/local/replacement.h"
#include "proxy/portal/isolation.h"
#include "proxy/portal/portal.h"
#include "proxy/portal/refusal.h"
#include "proxy/session/dropped_credentials.h"
#include "proxy/session/session.h"
#include "proxy/session/walk.h"

namespace sallyport::session {
namespace {

constexpr std::chrono::seconds kPatience{30};      // for a form that a person sends
constexpr std::chrono::minutes kTimeToAnswer{30};  // how long a page may stay open
constexpr std::chrono::hours kTimeToAskForAccess{12};
constexpr std::size_t kLongestIsolated = 4'096;  // bytes of a URL; of longer ones the site alone

// What is asked, by what policy decided; nothing where nothing is.
std::optional<portal::TicketKind> asked_by(policy::Action action) {
  switch (action) {
    case policy::Action::coach:
      return portal::TicketKind::coach;
    case policy::Action::justify:
      return portal::TicketKind::justify;
    case policy::Action::step_up:
      return portal::TicketKind::step_up;
    case policy::Action::notice:
      return portal::TicketKind::notice;
    case policy::Action::sign_in_again:
      return portal::TicketKind::sign_in_again;
    case policy::Action::block:
      return portal::TicketKind::request_access;
    default:
      return std::nullopt;
  }
}

}  // namespace

bool Session::is_for_portal(const http::RequestHead& request) const {
  return services_.portal != nullptr && services_.portal->is_at(request.authority.host);
}

Task<void> Session::serve_portal(http::Exchange& exchange) {
  ++connection_.exchanges;  // So that the connection is not taken for one that led to nothing.
  io::Deadline patience(services_.worker.deadlines(), [&exchange] { exchange.abort(); });
  patience.set(kPatience);
  portal::Portal::Visitor visitor{"", connection_.peer.address};
  // By whichever of their names they have signed in: grants and tickets know one.
  if (connection_.user) {
    visitor.user = services_.snapshots.pin()->people().canonical(*connection_.user);
  }
  http::Reply reply =
      co_await services_.portal->answer(exchange.request(), exchange.body(), visitor);
  // A client that is gone needs none.
  const Result<void> sent = co_await exchange.respond(reply.head, *reply.body);
  static_cast<void>(sent);
  patience.clear();
}

std::optional<http::Reply> Session::render_instead(const Walk& walk, const Refusal& refusal,
                                                   const local::PageFacts& facts) const {
  if (refusal.kind != local::PageKind::blocked) return std::nullopt;
  const http::RequestHead& request = walk.exchange.request();
  const policy::Verdict& verdict = refusal.verdict;
  const policy::Activity& activity = walk.event.activity;
  MetricSet& metrics = services_.worker.metrics();
  const bool downloads = activity.type == policy::ActivityType::download;
  if (!verdict.replacement.empty() && downloads && local::takes_replacement(request)) {
    metrics.add(Metric::downloads_replaced_total);
    const std::string name = activity.file && !activity.file->name.empty()
                                 ? activity.file->name
                                 : std::string(request.path_only());
    return local::replacement(verdict.replacement, name, facts.event_id);
  }
  if (verdict.action != policy::Action::isolate) return std::nullopt;
  local::PageFacts told = facts;
  told.needs = "isolation";
  told.redirect.clear();
  // Nor from there to another: the two might send people to and fro.
  const bool there =
      std::ranges::any_of(walk.now->policy->policies(), [&](const policy::CompiledPolicy& one) {
        return one.action == policy::Action::isolate &&
               local::leads_to_host(one.redirect, facts.host);
      });
  if (!portal::navigates(request) || there || services_.portal_state == nullptr) {
    return local::render(refusal.kind, told, request);
  }
  metrics.add(Metric::exchanges_isolated_total);
  portal::IsolationContext context;
  context.gateway = services_.settings.gateway_name;
  context.user = activity.user.value_or("");
  context.url = portal::return_url_of(request);
  if (context.url.size() > kLongestIsolated) {
    context.url = context.url.substr(0, context.url.find('/', 8) + 1);
  }
  if (activity.app) context.app = activity.app->id;
  context.policy = verdict.policy_id;
  context.event = facts.event_id;
  context.now = services_.worker.clock().now();
  http::Headers extra;
  extra.add("Location",
            portal::isolation_url(verdict.redirect, context, *services_.portal_state->keys.load()));
  extra.add("Sallyport-Event", facts.event_id);
  // See Other: what was posted is not posted again there (RFC 9110 section 15.4.4).
  return local::make_answer(303, "", "", extra);
}

std::optional<Refusal> Session::find_question(const Walk& walk) const {
  const http::RequestHead& request = walk.exchange.request();
  // What was posted would be lost.
  const std::optional<std::string>& user = walk.event.activity.user;
  if (services_.portal == nullptr || !user || request.method != "GET" ||
      !portal::navigates(request)) {
    return std::nullopt;
  }
  const auto questions = services_.portal_state->questions.load();
  const portal::Question* question = questions->next_of(*user, services_.worker.clock().now());
  if (question == nullptr) return std::nullopt;
  Refusal refusal;
  refusal.verdict = walk.event.verdict;
  refusal.ending = discovery::Ending::refused;
  refusal.error = "a question is shown first";
  refusal.question = question->id;
  return refusal;
}

std::string Session::who(const policy::Activity& activity) const {
  return activity.user ? *activity.user : portal::client_class(connection_.peer.address);
}

const std::string& Session::site_of(const policy::Activity& activity) {
  return activity.domain.empty() ? activity.host : activity.domain;
}

void Session::drop_session(const Walk& walk, const policy::Verdict& verdict,
                           http::Reply& reply) const {
  const http::RequestHead& asked = walk.exchange.request();
  const policy::Activity& activity = walk.event.activity;
  // Else any page elsewhere could end a person's session, by a picture in it.
  const auto site = asked.headers.find("Sec-Fetch-Site");
  if (site && *site == "cross-site" && !portal::navigates(asked)) return;
  if (services_.settings.dropped != nullptr) {
    // As long as an answer may hold that is given at the last moment, and to the end of its minute.
    const Time now = services_.worker.clock().now();
    const Time until = now + kTimeToAnswer + verdict.grant_for + std::chrono::minutes(1);
    services_.settings.dropped->add(who(activity), site_of(activity), asked.headers, now, until);
  }
  clear_session(asked, activity.domain, reply.head.headers);
}

http::Reply Session::render(const Walk& walk, const Refusal& refusal,
                            const local::PageFacts& plain) const {
  const http::RequestHead& request = walk.exchange.request();
  const policy::Verdict& verdict = refusal.verdict;
  local::PageFacts facts = plain;
  const bool ours = refusal.kind == local::PageKind::blocked && services_.portal != nullptr;
  std::shared_ptr<const portal::Look> look;  // whose words `facts` borrows
  if (services_.portal_state != nullptr) {
    look = services_.portal_state->look.load();
    facts.organisation = look->organisation;
    facts.language = &look->languages.choose(request.headers.joined("Accept-Language"));
  }
  if (ours)
    facts.suspended = !verdict.suspension.empty() && verdict.action == policy::Action::block;
  if (refusal.question.empty()) {
    if (auto instead = render_instead(walk, refusal, facts)) return std::move(*instead);
  }
  if (!ours) return local::render(refusal.kind, facts, request);
  std::optional<portal::TicketKind> kind = asked_by(verdict.action);
  // A fault of the origin, and a suspension, are nobody's to answer.
  if (verdict.policy_id.empty() || facts.suspended) kind.reset();
  const bool questioned = !refusal.question.empty();
  if (questioned) kind = portal::TicketKind::ask_user;
  if (!kind) return local::render(refusal.kind, facts, request);
  const bool asks = *kind != portal::TicketKind::request_access;
  portal::Ticket ticket;
  ticket.kind = *kind;
  ticket.user = walk.event.activity.user.value_or("");
  ticket.client = portal::client_class(connection_.peer.address);
  if (walk.event.activity.app) ticket.app = walk.event.activity.app->id;
  if (!questioned) {
    ticket.policy = verdict.policy_id;
    ticket.rule = verdict.policy;
    ticket.event = facts.event_id;
    ticket.say = verdict.say;
  }
  ticket.host = request.authority.host.text();
  ticket.app_name = facts.app_name.empty() ? facts.host : facts.app_name;
  ticket.extra = refusal.question;
  ticket.return_url = portal::return_url_of(request);
  ticket.issued = services_.worker.clock().now();
  ticket.expires = ticket.issued + (asks ? std::chrono::minutes(kTimeToAnswer)
                                         : std::chrono::minutes(kTimeToAskForAccess));
  ticket.nonce = portal::fresh_nonce();
  const auto sealed = services_.portal_state->keys.load()->seal(ticket);
  if (!sealed) return local::render(refusal.kind, facts, request);
  // Not within the app's own origin: its scripts could answer for the person there.
  const std::string base = services_.portal->base();
  if (asks) {
    http::Reply reply = portal::interrupt(ticket, *sealed, base, facts, request);
    if (*kind == portal::TicketKind::sign_in_again) drop_session(walk, verdict, reply);
    return reply;
  }
  facts.portal = portal::page_url(base, *sealed);
  facts.portal_until = ticket.expires;
  return local::render(refusal.kind, facts, request);
}

}  // namespace sallyport::session
