#include "proxy/session/session.h"

#include <algorithm>

#include "base/core/log.h"
#include "discovery/classify/classify.h"
#include "proxy/origin/sender.h"
#include "proxy/portal/refusal.h"
#include "proxy/session/counted_body.h"
#include "proxy/session/dropped_credentials.h"
#include "proxy/session/origin_fault.h"
#include "proxy/session/rehearsal.h"
#include "proxy/session/rewrite.h"
#include "proxy/session/walk.h"

namespace sallyport::session {

using discovery::Ending;
using discovery::Event;
using policy::Point;

namespace {
constexpr std::chrono::milliseconds kLookAfterClient{1'000};

// Interim replies lose what replies lose.
class CleanInterim final : public http::Interim {
 public:
  explicit CleanInterim(http::Interim& to) : to_(to) {}
  Task<Result<void>> inform(const http::ReplyHead& head) override {
    http::ReplyHead clean = head;
    clean_reply(clean);
    co_return co_await to_.inform(clean);
  }

 private:
  http::Interim& to_;
};

}  // namespace

void Session::finish(std::unique_ptr<Event> kept, Ending ending) {
  MetricSet& metrics = services_.worker.metrics();
  Event& event = *kept;
  if (!connection_.suspension.empty() && ending != Ending::blocked) {
    // Cut in the middle, because the user was suspended meanwhile.
    ending = Ending::blocked;
    event.error = "cut: the user was suspended";
    event.verdict = policy::Verdict();
    event.verdict.action = policy::Action::block;
    event.verdict.policy = policy::kSuspensionName;
    event.verdict.policy_id = policy::kSuspensionId;
    event.verdict.suspension = connection_.suspension;
    for (discovery::ActivityRecord& record : event.activities) record.verdict = event.verdict;
  }
  if (!connection_.revoked.empty() && ending != Ending::blocked) {
    const auto by = std::ranges::find(event.verdict.granted, connection_.revoked,
                                      &policy::Verdict::Granted::grant);
    if (by != event.verdict.granted.end()) {
      ending = Ending::blocked;
      event.error = "cut: the answer that let it pass was revoked";
      event.verdict.action = policy::Action::block;
      event.verdict.policy_id = by->policy_id;
      const SnapshotPin now = services_.snapshots.pin();
      const auto policies = now->policy->policies();
      const auto policy = std::ranges::find(policies, by->policy_id, &policy::CompiledPolicy::id);
      event.verdict.policy = policy != policies.end() ? policy->name : by->policy_id;
      for (discovery::ActivityRecord& record : event.activities) record.verdict = event.verdict;
    }
  }
  event.ending = ending;
  const Time end = services_.worker.clock().now();
  event.duration_us = std::max<std::int64_t>(0, (end - event.start).count());
  metrics.add(Metric::client_bytes_in_total, static_cast<std::int64_t>(event.bytes_in));
  metrics.add(Metric::client_bytes_out_total, static_cast<std::int64_t>(event.bytes_out));
  connection_.uploaded += event.bytes_in;
  connection_.downloaded += event.bytes_out;
  if (ending == Ending::blocked) metrics.add(Metric::exchanges_blocked_total);
  if (ending != Ending::blocked && ending != Ending::completed) {
    metrics.add(Metric::exchanges_failed_total);
  }
  services_.recorder.record(std::move(kept));
}

Task<void> Session::serve(http::Exchange& exchange) {
  if (is_for_portal(exchange.request())) co_return co_await serve_portal(exchange);
  services_.worker.metrics().add(Metric::exchanges_total);
  std::unique_ptr<Event> kept = services_.recorder.fresh();
  Event& event = *kept;
  Ending ending = Ending::failed;
  {
    const SnapshotPin now = services_.snapshots.pin();
    const bool known = knows(now, exchange.request());
    begin_event_in(event, *now, known);
    Walk walk_state(services_, connection_, exchange, event, now);
    walk_state.known = known;
    if (services_.waits != nullptr && services_.waits->begin()) {
      walk_state.clocked.wanted = true;
      walk_state.clocked.began = services_.worker.clock().steady();
    }
    walk_state.stall.set(walk_state.patience);
    // The one catch of a connection: a bug costs this exchange and leaves its event.
    try {
      ending = co_await walk(walk_state);
    } catch (const std::exception& exception) {
      event.error = std::string("exception: ") + exception.what();
      log::error("an exchange threw, which is a bug: " + event.error);
      exchange.abort();
    }
    // A block stays one, also where nobody took the page.
    if (walk_state.timed_out && ending != Ending::blocked && ending != Ending::refused) {
      ending = Ending::timed_out;
      if (!walk_state.too_slow.empty()) event.error = walk_state.too_slow;
    }
    walk_state.stall.clear();
    walk_state.pace.clear();
    // Whatever still sends: its connection to the origin is closed or done by now.
    if (!walk_state.nursery.empty()) {
      http::Body& body = walk_state.slow_upload ? static_cast<http::Body&>(*walk_state.slow_upload)
                         : walk_state.upload    ? static_cast<http::Body&>(*walk_state.upload)
                                                : exchange.body();
      body.stop();
    }
    if (!walk_state.nursery.empty()) co_await walk_state.nursery.join();
    conclude(walk_state);
    hide_sessions(event);
    // A transfer is one upload: that its steps go on is none.
    const bool step = walk_state.activities && walk_state.activities->transfer() != nullptr &&
                      event.activities.empty() && !event.verdict.stops();
    const auto done = event.activity.type;
    if (step) event.activity.type = policy::ActivityType::other;
    report(*walk_state.now, event, recall_for(walk_state));
    event.activity.type = done;
    if (walk_state.session) walk_state.session->add(event.bytes_in, event.bytes_out);
  }
  // Once, always and last: an exchange that leaves no event is one that nobody can audit.
  finish(std::move(kept), ending);
}

void Session::conclude(Walk& walk) const {
  if (walk.concluded) return;
  walk.concluded = true;
  if (walk.activities) walk.activities->finish(walk.event);
  if (walk.files) note_files(*walk.files, walk.talk, walk.event);
  settle_transfer(walk);
  tell_names(*walk.now, walk.event);
}

void Session::record_without_exchange(Event event) {
  std::unique_ptr<Event> kept = services_.recorder.fresh();
  *kept = std::move(event);
  const Ending ending = kept->ending;
  finish(std::move(kept), ending);
}

// Where no TLS of the client's told what it speaks, only a rule of ours offers more than HTTP/1.1.
origin::Offer Session::offer_for(const origin::Route& route) const {
  if (connection_.decided || !route.tls) return connection_.offer;
  return {true, services_.settings.http2 == Http2::prefer};
}

bool Session::edit_request_of(Walk& walk) {
  if (!walk.now->policy->has_edits()) return true;
  Event& event = walk.event;
  std::vector<const policy::CompiledPolicy*> enforced;
  walk.now->policy->edits(event.activity, [&](const policy::CompiledPolicy& policy) {
    event.edited_by.push_back({policy.id, policy.name, policy.rehearse});
    if (!policy.rehearse) enforced.push_back(&policy);
  });
  if (enforced.empty()) return true;
  for (const policy::CompiledPolicy* policy : enforced) {
    walk.slow_down(walk.upload_rate, *policy, policy->throttle.upload);
    walk.slow_down(walk.download_rate, *policy, policy->throttle.download);
  }
  const auto wanted = parameters_for(enforced, walk.request);
  // Which of the two an engine heeds we need not know.
  if (!wanted.empty() && walk.request.upgrade.empty() && may_be_form(walk.request.headers)) {
    walk.form = wanted;
  }
  return edit_request(enforced, event.activity.host, walk.request.headers) &&
         edit_query(wanted, walk.request);
}

Task<Result<bool>> Session::edit_form(Walk& walk) const {
  constexpr std::size_t kMostForm = 64 * 1024;  // bytes
  http::Body& body = walk.exchange.body();
  if (walk.form.empty() || body.none()) co_return true;
  // A file that says it is a form, or one that cannot be read.
  const bool file = (walk.files || walk.held) && !walk.talk;
  if (file || !is_plain_form(walk.request.headers)) co_return false;
  // Whoever waits to be invited need not send it first.
  if (walk.request.expects_continue && body.length().value_or(0) > kMostForm) co_return false;
  if (!walk.upload) walk.upload.emplace(body, walk.event.bytes_in, walk.stall, walk.patience);
  walk.upload_moving = true;
  if (walk.files) {  // It was looked into, and nothing in it is a file that policies know.
    walk.edited.emplace(*walk.files);
  } else if (!walk.peeked) {
    walk.peeked.emplace(*walk.upload);
  }
  PeekedBody& peeked = walk.edited ? *walk.edited : *walk.peeked;
  Result<void> read = co_await peeked.peek(kMostForm + 1);
  if (!read) co_return std::unexpected(std::move(read.error()));
  if (!peeked.whole()) co_return false;
  std::string form(peeked.prefix());
  for (const policy::ParameterOnHosts* one : walk.form) form = with_parameter(form, *one);
  peeked.replace(std::move(form));
  co_return true;
}

// What a download is, the reply tells: rates that wait for that begin here.
void Session::slow_by_reply(Walk& walk) const {
  if (!walk.now->policy->has_download_rates()) return;
  Event& event = walk.event;
  const auto each = [&](const policy::CompiledPolicy& policy) {
    if (policy.throttle.download == 0) return;
    const bool told = std::ranges::any_of(
        event.edited_by, [&](const auto& before) { return before.id == policy.id; });
    if (told) return;
    event.edited_by.push_back({policy.id, policy.name, policy.rehearse});
    if (!policy.rehearse) walk.slow_down(walk.download_rate, policy, policy.throttle.download);
  };
  walk.now->policy->edits(event.activity, each, Point::response);
}

void Session::know_session(Walk& walk) const {
  const policy::Program& program = *walk.now->policy;
  policy::Activity& activity = walk.event.activity;
  activity.session.reset();
  if (services_.settings.sessions == nullptr || !program.asks_session()) return;
  walk.session = services_.settings.sessions->of(activity, walk.event.start);
  activity.session = walk.session->facts(walk.event.start);
}

http::Body& Session::slowed(Walk& walk, http::Body& body, bool upload) const {
  const Walk::Rate& rate = upload ? walk.upload_rate : walk.download_rate;
  if (rate.bytes == 0 || body.none() || services_.settings.throttles == nullptr) return body;
  auto& slow = upload ? walk.slow_upload : walk.slow_download;
  // Whoever sends may close its half when it has sent all; whoever waits for a reply has no reason
  // to.
  const auto gone = [&walk, upload] {
    if (!walk.exchange.client_left(!upload)) return false;
    walk.client_gone = true;
    return true;
  };
  slow = std::make_unique<ThrottledBody>(
      body,
      services_.settings.throttles->lane(rate.policy, who(walk.event.activity),
                                         upload ? Throttles::Way::upload : Throttles::Way::download,
                                         services_.worker.clock().steady()),
      rate.bytes, services_.worker, walk.nursery, gone);
  services_.worker.metrics().add(Metric::bodies_throttled_total);
  return *slow;
}

Task<Ending> Session::refuse_untold(Walk& walk) {
  Refusal refusal;
  refusal.kind = local::PageKind::bad_request;
  refusal.status = 403;
  refusal.ending = Ending::refused;
  refusal.verdict = walk.event.verdict;
  refusal.reason = local::Word("reason.unordered");
  refusal.error = "a file in parts that do not tell what it is";
  co_return co_await answer_locally(walk, refusal);
}

Task<Ending> Session::refuse_unopened(Walk& walk) {
  Refusal refusal;
  refusal.kind = local::PageKind::bad_request;
  refusal.status = 415;  // RFC 9110 section 8.4
  refusal.ending = Ending::refused;
  refusal.verdict = walk.event.verdict;
  refusal.reason = local::Word("reason.unopened");
  refusal.error = "a Content-Encoding that cannot be opened";
  co_return co_await answer_locally(walk, refusal);
}

Task<Ending> Session::walk(Walk& walk) {
  http::Exchange& exchange = walk.exchange;
  Event& event = walk.event;
  const Snapshot& now = *walk.now;
  const http::RequestHead& asked = exchange.request();
  policy::Activity& activity = event.activity;

  // Identify and classify.
  if (!walk.known) {
    learn(walk.now, asked, event.start);
    activity = connection_.known->begun.activity;
  }
  activity.at = event.start;
  activity.connection_uploaded = connection_.uploaded;
  activity.connection_downloaded = connection_.downloaded;
  describe_request(now, exchange, event);

  // Inside an opened connection every request must repeat the name that was decided on (safety.md
  // C3, RFC 9110 section 15.5.20): policy, certificate and origin were chosen for that one.
  if (connection_.decided && (asked.scheme != (connection_.plain ? "http" : "https") ||
                              !(asked.authority == *connection_.decided))) {
    Refusal refusal;
    refusal.kind = local::PageKind::misdirected;
    refusal.ending = Ending::refused;
    refusal.reason = local::Word("reason.other_host");
    refusal.error = "Host " + asked.authority.to_string() + " inside a connection for " +
                    connection_.decided->to_string();
    co_return co_await answer_locally(walk, refusal);
  }
  if (has_looped(asked, services_.settings.pseudonym)) {
    Refusal refusal;
    refusal.kind = local::PageKind::bad_request;
    refusal.status = 508;
    refusal.ending = Ending::refused;
    refusal.reason = local::Word("reason.loop");
    refusal.error = "a loop: Via names us";
    co_return co_await answer_locally(walk, refusal);
  }

  // Decide with the name alone, before any look-up of it leaves. An opened connection was decided
  // so when it was opened; its rules may have changed since, so it is asked again all the same. The
  // app is still the host's: what is stopped at connect must not depend on who opened the TLS.
  activity.point = Point::connect;
  const policy::Decision named =
      connection_.decided && !connection_.plain
          ? decide_opened(walk.now, activity)
          : now.policy->decide(Point::connect, activity, services_.snapshots.standing(),
                               recall_for(walk));
  activity.point = Point::request;
  if (named.stops()) {
    const Refusal refusal = blocked_by(policy::Verdict(named));
    co_return co_await answer_locally(walk, refusal);
  }

  // From here on a path may belong to another app than its host.
  discovery::classify_path(activity, *now.catalog, *now.hand_tags, *now.noise);

  // Where it goes. An opened connection's way is pinned.
  std::optional<origin::Route> found;
  if (!connection_.route) {
    Result<origin::Route> route = co_await services_.router.find(
        asked.authority.host, asked.authority.port, asked.scheme == "https", walk.nursery,
        connection_.peer.address);
    if (!route) co_return co_await answer_failure(walk, route.error());
    found = std::move(*route);
  }
  const origin::Route& route = found ? *found : *connection_.route;

  // Decide at request.
  know_session(walk);
  Result<void> recognised = co_await recognise(walk);
  if (!recognised) co_return co_await answer_failure(walk, recognised.error());
  decide_at_request(walk, route);
  if (!named.rehearsed().empty()) keep_rehearsed(policy::Verdict(named), event.verdict);
  if (event.verdict.stops()) {
    co_await keep_copy(walk);
    const Refusal refusal = blocked_by(event.verdict);
    co_return co_await answer_locally(walk, refusal);
  }

  // It passes, but a person at a browser is told first.
  const bool told = named.shows_notice() || event.verdict.shows_notice();
  // What was posted would be lost, and a notice stops nothing: the next page is soon enough.
  if (told && asked.method == "GET" && services_.portal != nullptr && portal::navigates(asked)) {
    Refusal refusal =
        blocked_by(event.verdict.shows_notice() ? event.verdict : policy::Verdict(named));
    refusal.ending = Ending::refused;
    refusal.error = "a notice is shown first";
    co_return co_await answer_locally(walk, refusal);
  }
  if (std::optional<Refusal> question = find_question(walk)) {
    co_return co_await answer_locally(walk, *question);
  }
  if (walk.activities && walk.activities->closed() && judges_what_is_done(walk)) {
    co_return co_await refuse_unopened(walk);
  }
  if (walk.activities && walk.activities->hides() && judges_what_is_done(walk)) {
    Refusal refusal;
    refusal.kind = local::PageKind::bad_request;
    refusal.status = 413;
    refusal.ending = Ending::refused;
    refusal.reason = local::Word("reason.large_batch");
    refusal.error = "a batch that could not be read as a whole";
    co_return co_await answer_locally(walk, refusal);
  }
  Result<void> looked = co_await look_at_upload(walk);
  if (!looked) co_return co_await answer_failure(walk, looked.error());
  if (walk.untold && !event.verdict.stops()) co_return co_await refuse_untold(walk);
  if (walk.unopened && !event.verdict.stops()) co_return co_await refuse_unopened(walk);
  if (event.verdict.stops()) {
    co_await keep_copy(walk);
    const Refusal refusal = blocked_by(event.verdict);
    co_return co_await answer_locally(walk, refusal);
  }

  // Send. Both directions run at once: send() comes back at the reply's head.
  if (binds_connection(asked.headers, "Authorization")) {
    connection_.identity = "connection " + std::to_string(connection_.id);
  }
  copy_request(asked, walk.request);
  rewrite_request(walk.request, services_.settings.pseudonym);
  if (walk.activities && walk.activities->wants_reply()) {
    ActivityWatch::restrict_encodings(walk.request.headers);
  }
  if (services_.settings.dropped != nullptr && !services_.settings.dropped->empty()) {
    const auto ended =
        services_.settings.dropped->strip(who(activity), site_of(activity), walk.request,
                                          event.start, !event.verdict.granted.empty());
    if (ended != DroppedCredentials::Found::nothing) {
      services_.worker.metrics().add(Metric::credentials_dropped_total);
    }
    if (ended == DroppedCredentials::Found::in_target) {
      Refusal refusal;
      refusal.kind = local::PageKind::not_allowed;
      refusal.ending = Ending::refused;
      refusal.reason = local::Word("reason.ended_in_address");
      refusal.error = "a session that policy ended, in the address";
      co_return co_await answer_locally(walk, refusal);
    }
  }
  if (!edit_request_of(walk)) {
    Refusal refusal = refusal_of_request(
        Error{ErrorKind::http_head_too_large, Side::client, false, "no room for a policy's fields"},
        431);
    refusal.verdict = event.verdict;
    co_return co_await answer_locally(walk, refusal);
  }
  const Result<bool> safe = co_await edit_form(walk);
  if (!safe) co_return co_await answer_failure(walk, safe.error());
  if (!*safe) {
    Refusal refusal = refusal_of_request(
        Error{ErrorKind::limit, Side::client, false, "a form of a search that cannot be edited"},
        413);
    refusal.reason = local::Word("reason.large_search");
    refusal.verdict = event.verdict;
    co_return co_await answer_locally(walk, refusal);
  }
  origin::Sender sender(services_.pool, services_.dialer, route, connection_.identity,
                        offer_for(route));
  http::Body* from_client = &exchange.body();
  if (!asked.upgrade.empty()) {
    walk.websocket = std::make_unique<WebsocketWatch>(event, services_.worker.metrics(),
                                                      services_.settings.messages,
                                                      services_.settings.message_bounds);
    from_client = &walk.websocket->upload(*from_client);
  }
  // Where it was looked at, that was done through the counting already.
  if (!walk.upload) walk.upload.emplace(*from_client, event.bytes_in, walk.stall, walk.patience);
  CountedBody& upload = *walk.upload;
  http::Body& looked_at = walk.edited   ? static_cast<http::Body&>(*walk.edited)
                          : walk.files  ? static_cast<http::Body&>(*walk.files)
                          : walk.peeked ? static_cast<http::Body&>(*walk.peeked)
                                        : upload;
  http::Body& to_origin = slowed(walk, looked_at, true);
  // The client was told to go on.
  if (walk.peeked || walk.held) walk.request.expects_continue = false;
  walk.upload_moving = !upload.none() && asked.upgrade.empty();
  if (upload.none()) walk.look.set(kLookAfterClient);
  CleanInterim interim(exchange);
  if (walk.clocked.wanted) walk.clocked.asked = services_.worker.clock().steady();
  Result<http::Reply> reply = co_await sender.send(walk.request, to_origin, interim, walk.nursery);
  if (walk.clocked.wanted) walk.clocked.answered = services_.worker.clock().steady();
  walk.look.clear();
  exchange.stop_watching();
  if (sender.facts()) fill_from_origin(event, *sender.facts());
  if (walk.client_gone) {
    event.error = "the client went away before the reply";
    exchange.abort();
    co_return Ending::client_closed;
  }
  if (walk.cut_upload) {
    if (reply) reply->body.reset();
    if (event.verdict.stops()) {
      const Refusal refusal = blocked_by(event.verdict);
      co_return co_await answer_locally(walk, refusal);
    }
    if (walk.untold) co_return co_await refuse_untold(walk);
    if (walk.unopened) co_return co_await refuse_unopened(walk);
    // Named: g++ 12 destroys a temporary in such an expression twice.
    const Error unreadable{ErrorKind::http_syntax, Side::client, false,
                           "a form with files that cannot be read"};
    co_return co_await answer_failure(walk, unreadable);
  }
  if (!reply) {
    if (sender.facts() && reply.error().kind == ErrorKind::tls_verify) {
      const tls::Report& report = sender.facts()->report;
      const policy::Verdict verdict = judge_faults(*now.policy, report, activity);
      const Refusal refusal = refusal_for_fault(reply.error(), report, verdict, event.verdict);
      co_return co_await answer_locally(walk, refusal);
    }
    co_return co_await answer_failure(walk, reply.error());
  }
  if (binds_connection(reply->head.headers, "WWW-Authenticate")) {
    connection_.identity = "connection " + std::to_string(connection_.id);
  }

  // Decide at response.
  describe_reply(now, asked, *reply, event);
  if (walk.activities) {
    walk.activities->read_reply(reply->head, activity, reply->body->length());
  }
  policy::Verdict answered(now.policy->decide(Point::response, activity,
                                              services_.snapshots.standing(), recall_for(walk)));
  keep_rehearsed(event.verdict, answered);
  event.verdict = std::move(answered);
  if (event.verdict.stops()) {
    reply->body.reset();
    const Refusal refusal = blocked_by(event.verdict);
    co_return co_await answer_locally(walk, refusal);
  }
  slow_by_reply(walk);
  if (services_.settings.dropped != nullptr && !services_.settings.dropped->empty()) {
    services_.settings.dropped->renew(who(activity), site_of(activity), reply->head.headers,
                                      event.start);
  }

  // Respond.
  walk.patience = reply->head.upgraded ? services_.settings.tunnel_idle : services_.settings.stall;
  walk.stall.set(walk.patience);
  rewrite_reply(reply->head, services_.settings.pseudonym);
  http::Body* from_origin = reply->body.get();
  if (walk.activities && !reply->head.upgraded) from_origin = &walk.activities->tap(*from_origin);
  const bool step = walk.piece > 0 || (walk.activities && walk.activities->transfer() != nullptr);
  if (step && !reply->head.upgraded && (!walk.files || walk.files->files().whole())) {
    // The client may go on at once: by then this step must be told. Such replies are short.
    walk.answer.emplace(*from_origin);
    const Result<void> read = co_await walk.answer->peek(discovery::kMostReplyRead);
    if (read) conclude(walk);
    from_origin = &*walk.answer;
  }
  if (reply->head.upgraded) {
    walk.websocket->begin(walk.request, reply->head);
    from_origin = &walk.websocket->download(*from_origin);
  }
  from_origin = &slowed(walk, *from_origin, false);
  CountedBody download(*from_origin, event.bytes_out, walk.stall, walk.patience);
  walk.upgraded = reply->head.upgraded;
  if (walk.clocked.wanted) {
    const Waits::Moment now_is = services_.worker.clock().steady();
    Waits::Measured took{.origin = walk.clocked.answered - walk.clocked.asked};
    // A body comes as its client sends it, and where no connection was opened a name is looked up.
    if (upload.none() && connection_.route) {
      took.own = (walk.clocked.asked - walk.clocked.began) + (now_is - walk.clocked.answered);
    }
    services_.waits->add(took, now_is);
  }
  walk.download = &download;
  Result<void> sent = co_await exchange.respond(reply->head, download);
  walk.download = nullptr;
  reply->body.reset();
  if (!walk.concluded && activity.type && *activity.type != policy::ActivityType::other) {
    event.activities.push_back({*activity.type, event.verdict});
  }
  if (walk.websocket && walk.websocket->cut() != WebsocketWatch::Cut::no) {
    event.error = walk.websocket->why();
    co_return walk.websocket->cut() == WebsocketWatch::Cut::faulty ? Ending::refused
                                                                   : Ending::blocked;
  }
  if (walk.cut_upload) co_return Ending::blocked;
  if (sent) co_return Ending::completed;
  if (walk.client_gone) {  // What broke then is only what was given up.
    event.error = "the client went away before the reply ended";
    co_return Ending::client_closed;
  }
  event.error = describe(sent.error());
  if (sent.error().kind == ErrorKind::http_framing ||
      sent.error().kind == ErrorKind::http_head_too_large) {
    services_.worker.metrics().add(Metric::bodies_malformed_total);
  }
  if (sent.error().side == Side::client || upload.failed()) co_return Ending::client_closed;
  co_return download.failed() ? Ending::origin_failed : Ending::failed;
}

}  // namespace sallyport::session
