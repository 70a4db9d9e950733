#include "proxy/session/session.h"

#include "base/core/log.h"
#include "discovery/classify/classify.h"
#include "proxy/http1/server.h"
#include "proxy/http1/target.h"
#include "proxy/origin/sender.h"
#include "proxy/session/agent_claims.h"
#include "proxy/session/counted_body.h"
#include "proxy/session/rewrite.h"

namespace sallyport::session {

using discovery::Ending;
using discovery::Event;
using policy::Point;

namespace {
constexpr std::chrono::milliseconds kLookAfterClient{1'000};
}

// One exchange on its way, and everything that lives as long as it.
struct Session::Walk {
  Walk(const Services& services, ClientConnection& connection, http::Exchange& the_exchange,
       Event& the_event, const SnapshotPin& snapshot)
      : exchange(the_exchange),
        event(the_event),
        now(snapshot),
        nursery(services.worker.executor()),
        stall(services.worker.deadlines(),
              [this, &connection] {
                timed_out = true;
                nursery.cancel();
                // Before a reply has begun there is something to tell the client; after it, or when
                // the client itself stalls, the connection ends.
                if (exchange.responded() || (upload_moving && !upload->ended())) connection.abort();
              }),
        patience(services.settings.reply_head),
        look(services.worker.deadlines(), [this] { nursery.start(watch(*this)); }),
        pace(services.worker.deadlines(), [this] { look_at_pace(); }),
        services_(services),
        connection_(connection),
        pace_rule_(services.settings.pace),
        upload_pace_(pace_rule_),
        download_pace_(pace_rule_) {
    connection.cancel = [this] { nursery.cancel(); };
    if (pace_rule_.holds()) pace.set(pace_rule_.between_looks());
  }
  ~Walk() { connection_.cancel = nullptr; }

  // A client that has gone away while its request waits for a reply needs none.
  static Task<void> watch(Walk& walk) {
    const bool gone = co_await walk.exchange.client_gone();
    if (!gone) co_return;
    walk.client_gone = true;
    walk.nursery.cancel();
  }

  // Whether the client is slower than it may be: see pace.h. Upgraded connections are not looked
  // at.
  void look_at_pace() {
    const std::chrono::milliseconds since = pace_rule_.between_looks();
    const bool owes_body = upload_moving && upload->reading();
    const bool owes_taking = download != nullptr && !upgraded && !download->reading();
    const bool body_in_time = upload_pace_.look(owes_body, event.bytes_in, since);
    const bool taken_in_time = download_pace_.look(owes_taking, exchange.delivered(), since);
    if (body_in_time && taken_in_time) {
      pace.set(since);
      return;
    }
    services_.worker.metrics().add(taken_in_time ? Metric::request_bodies_too_slow_total
                                                 : Metric::replies_read_too_slowly_total);
    too_slow = taken_in_time ? "the client sent its body below limits.body_rate"
                             : "the client took the reply below limits.body_rate";
    timed_out = true;
    nursery.cancel();
    connection_.abort();
  }

  http::Exchange& exchange;
  Event& event;
  // Pinned for the whole exchange, so that a reload never pairs new rules with an old catalog.
  SnapshotPin now;
  // What a task of the nursery may still be looking at: these outlive its join (http/exchange.h).
  http::RequestHead request;
  std::optional<CountedBody> upload;
  io::Nursery nursery;
  io::Deadline stall;
  std::chrono::milliseconds patience;
  bool upload_moving = false;
  io::Deadline look;  // not at once: most replies come sooner than the look would pay
  io::Deadline pace;
  const CountedBody* download = nullptr;  // while a reply is written
  bool upgraded = false;
  std::string_view too_slow;
  bool client_gone = false;
  bool timed_out = false;

 private:
  const Services& services_;
  ClientConnection& connection_;
  const PaceRule pace_rule_;  // of when it began
  Pace upload_pace_;
  Pace download_pace_;
};

namespace {

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

Event Session::begin_event() const {
  Event event;
  event.start = services_.worker.clock().now();
  event.id = services_.ids.make(event.start);
  event.connection_id = connection_.id;
  event.client_port = connection_.peer.port;
  event.worker = static_cast<std::uint16_t>(services_.worker.index());
  event.user_source = connection_.user_source;
  event.intercepted = connection_.decided.has_value();
  event.tls = connection_.tls;
  return event;
}

void Session::finish(Event& event, Ending ending) {
  MetricSet& metrics = services_.worker.metrics();
  event.ending = ending;
  const Time end = services_.worker.clock().now();
  event.duration_us = std::max<std::int64_t>(0, (end - event.start).count());
  metrics.add(Metric::client_bytes_in_total, static_cast<std::int64_t>(event.bytes_in));
  metrics.add(Metric::client_bytes_out_total, static_cast<std::int64_t>(event.bytes_out));
  if (ending == Ending::blocked) metrics.add(Metric::exchanges_blocked_total);
  if (ending != Ending::blocked && ending != Ending::completed) {
    metrics.add(Metric::exchanges_failed_total);
  }
  services_.recorder.record(std::move(event));
}

const std::string& Session::domain_of(const Snapshot& now, const std::string& host) const {
  auto& last = connection_.last_domain;
  if (last.host != host || last.suffixes != now.suffixes) {
    last.host = host;
    last.suffixes = now.suffixes;
    last.domain = now.suffixes->registrable(host);
  }
  return last.domain;
}

policy::Activity Session::begin_activity(const Snapshot& now, const Host& host, std::uint16_t port,
                                         std::string scheme) const {
  policy::Activity activity;
  activity.at = services_.worker.clock().now();
  if (connection_.user) now.users->describe(*connection_.user, activity);
  activity.client = now.facts_of(connection_.peer.address);
  activity.host = host.text();
  activity.domain = domain_of(now, host.text());
  now.tags->describe_host(activity.host, activity.host_tags);
  activity.port = port;
  activity.scheme = std::move(scheme);
  discovery::classify_host(activity, *now.catalog, *now.hand_tags, *now.noise);
  activity.ja4 = connection_.tls.ja4;
  activity.client_tls_version = connection_.tls.client_version;
  return activity;
}

policy::Verdict Session::decide_for_route(const Snapshot& now, Point point,
                                          policy::Activity& activity,
                                          const origin::Route& route) const {
  const auto decide = [&] {
    return point == Point::connect ? now.policy->decide_connection(activity)
                                   : now.policy->decide(point, activity);
  };
  std::optional<policy::AddressFacts> first;
  for (const IpEndpoint& endpoint : route.endpoints) {
    policy::AddressFacts facts = now.facts_of(endpoint.address);
    activity.destination = facts;
    const policy::Decision decision = decide();
    if (decision.stops()) return policy::Verdict(decision);
    if (!first) first = std::move(facts);
  }
  activity.destination = std::move(first);
  return policy::Verdict(decide());
}

Task<void> Session::serve(http::Exchange& exchange) {
  services_.worker.metrics().add(Metric::exchanges_total);
  Event event = begin_event();
  event.stream_id = ++connection_.exchanges;
  Ending ending = Ending::failed;
  {
    Walk walk_state(services_, connection_, exchange, event, services_.snapshots.pin());
    event.snapshot = walk_state.now->id;
    walk_state.stall.set(walk_state.patience);
    // The one catch of a connection: a bug costs this exchange and leaves its event.
    try {
      ending = co_await walk(walk_state);
    } catch (const std::exception& exception) {
      event.error = std::string("exception: ") + exception.what();
      log::error("an exchange threw, which is a bug: " + event.error);
      connection_.abort();
    }
    // A block stays one, also where nobody took the page.
    if (walk_state.timed_out && ending != Ending::blocked && ending != Ending::refused) {
      ending = Ending::timed_out;
      if (!walk_state.too_slow.empty()) event.error = walk_state.too_slow;
    }
    walk_state.stall.clear();
    walk_state.pace.clear();
    // Whatever still sends: its connection to the origin is closed or done by now.
    if (!walk_state.nursery.empty()) exchange.body().stop();
    co_await walk_state.nursery.join();
    report(*walk_state.now, event);
  }
  // Once, always and last: an exchange that leaves no event is one that nobody can audit.
  finish(event, ending);
}

Task<void> Session::answer(http::Exchange& exchange, const Refusal& refusal) {
  const SnapshotPin now = services_.snapshots.pin();
  co_await answer(exchange, refusal, now);
}

Task<void> Session::answer(http::Exchange& exchange, const Refusal& refusal,
                           const SnapshotPin& judged_by) {
  services_.worker.metrics().add(Metric::exchanges_total);
  Event event = begin_event();
  event.stream_id = ++connection_.exchanges;
  Ending ending = Ending::failed;
  {
    Walk walk_state(services_, connection_, exchange, event, judged_by);
    event.snapshot = walk_state.now->id;
    walk_state.stall.set(walk_state.patience);
    const http::RequestHead& request = exchange.request();
    event.activity = begin_activity(*walk_state.now, request.authority.host, request.authority.port,
                                    request.scheme);
    event.activity.point = Point::request;
    event.activity.method = request.method;
    event.activity.path = http1::normal_path(request.path_only());
    discovery::classify_path(event.activity, *walk_state.now->catalog, *walk_state.now->hand_tags,
                             *walk_state.now->noise);
    if (connection_.route && !connection_.route->endpoints.empty()) {
      event.activity.destination =
          walk_state.now->facts_of(connection_.route->endpoints.front().address);
    }
    describe_agent(*walk_state.now, request, event);
    discovery::classify_request(event.activity, request);
    try {
      ending = co_await answer_locally(walk_state, refusal);
    } catch (const std::exception& exception) {
      event.error = std::string("exception: ") + exception.what();
      log::error("an answer threw, which is a bug: " + event.error);
      connection_.abort();
    }
    if (!walk_state.too_slow.empty() && event.error.empty()) event.error = walk_state.too_slow;
    walk_state.stall.clear();
    walk_state.pace.clear();
    co_await walk_state.nursery.join();
    report(*walk_state.now, event);
  }
  finish(event, ending);
}

void Session::report(const Snapshot& now, Event& event) {
  if (!now.policy->has_reports()) return;
  now.policy->report(event.activity, [&](const policy::CompiledPolicy& policy) {
    event.matched.push_back({policy.id, policy.name, policy.rehearse});
  });
}

void Session::record_without_exchange(Event event) { finish(event, event.ending); }

Task<Ending> Session::walk(Walk& walk) {
  http::Exchange& exchange = walk.exchange;
  Event& event = walk.event;
  const Snapshot& now = *walk.now;
  const http::RequestHead& asked = exchange.request();
  policy::Activity& activity = event.activity;

  // Identify and classify.
  activity = begin_activity(now, asked.authority.host, asked.authority.port, asked.scheme);
  activity.point = Point::request;
  activity.method = asked.method;
  activity.path = http1::normal_path(asked.path_only());
  if (services_.settings.record_queries) event.query = asked.query();
  describe_agent(now, asked, event);
  discovery::classify_request(activity, asked);

  // Inside an opened connection every request must repeat the name that was decided on (safety.md
  // C3, RFC 9110 section 15.5.20): policy, certificate and origin were chosen for that one.
  if (connection_.decided &&
      (asked.scheme != "https" || !(asked.authority == *connection_.decided))) {
    Refusal refusal;
    refusal.kind = local::PageKind::misdirected;
    refusal.ending = Ending::refused;
    refusal.reason = "The request names another host than the connection was opened for.";
    refusal.error = "Host " + asked.authority.to_string() + " inside a connection for " +
                    connection_.decided->to_string();
    co_return co_await answer_locally(walk, refusal);
  }
  if (has_looped(asked, services_.settings.pseudonym)) {
    Refusal refusal;
    refusal.kind = local::PageKind::bad_request;
    refusal.status = 508;
    refusal.ending = Ending::refused;
    refusal.reason = "The request came back to the gateway that sent it.";
    refusal.error = "a loop: Via names us";
    co_return co_await answer_locally(walk, refusal);
  }

  // Decide with the name alone, before any look-up of it leaves. An opened connection was decided
  // so when it was opened; its rules may have changed since, so it is asked again all the same. The
  // app is still the host's: what is stopped at connect must not depend on who opened the TLS.
  activity.point = Point::connect;
  const policy::Decision named = connection_.decided ? now.policy->decide_connection(activity)
                                                     : now.policy->decide(Point::connect, activity);
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
  event.verdict = decide_for_route(now, Point::request, activity, route);
  if (event.verdict.stops()) {
    const Refusal refusal = blocked_by(event.verdict);
    co_return co_await answer_locally(walk, refusal);
  }

  // Send. Both directions run at once: send() comes back at the reply's head.
  if (binds_connection(asked.headers, "Authorization")) {
    connection_.identity = "connection " + std::to_string(connection_.id);
  }
  walk.request = asked;
  rewrite_request(walk.request, services_.settings.pseudonym);
  origin::Sender sender(services_.pool, services_.dialer, route, connection_.identity);
  CountedBody& upload =
      walk.upload.emplace(exchange.body(), event.bytes_in, walk.stall, walk.patience);
  walk.upload_moving = !upload.none() && asked.upgrade.empty();
  if (upload.none()) walk.look.set(kLookAfterClient);
  CleanInterim interim(exchange);
  Result<http::Reply> reply = co_await sender.send(walk.request, upload, interim, walk.nursery);
  walk.look.clear();
  exchange.stop_watching();
  if (sender.facts()) fill_from_origin(event, *sender.facts());
  if (walk.client_gone) {
    event.error = "the client went away before the reply";
    connection_.abort();
    co_return Ending::client_closed;
  }
  if (!reply) {
    if (sender.facts() && reply.error().kind == ErrorKind::tls_verify) {
      const Refusal refusal = refusal_for(reply.error(), &sender.facts()->report);
      co_return co_await answer_locally(walk, refusal);
    }
    co_return co_await answer_failure(walk, reply.error());
  }
  if (binds_connection(reply->head.headers, "WWW-Authenticate")) {
    connection_.identity = "connection " + std::to_string(connection_.id);
  }

  // Decide at response.
  activity.point = Point::response;
  activity.status = reply->head.status;
  event.media_type = http::media_type(reply->head.headers.find("Content-Type").value_or(""));
  discovery::classify_reply(activity, asked, reply->head);
  event.verdict = policy::Verdict(now.policy->decide(Point::response, activity));
  if (event.verdict.stops()) {
    reply->body.reset();
    const Refusal refusal = blocked_by(event.verdict);
    co_return co_await answer_locally(walk, refusal);
  }

  // Respond.
  walk.patience = reply->head.upgraded ? services_.settings.tunnel_idle : services_.settings.stall;
  walk.stall.set(walk.patience);
  rewrite_reply(reply->head, services_.settings.pseudonym);
  CountedBody download(*reply->body, event.bytes_out, walk.stall, walk.patience);
  walk.upgraded = reply->head.upgraded;
  walk.download = &download;
  Result<void> sent = co_await exchange.respond(reply->head, download);
  walk.download = nullptr;
  reply->body.reset();
  if (activity.type && *activity.type != policy::ActivityType::other) {
    event.activities.push_back({*activity.type, event.verdict});
  }
  if (sent) co_return Ending::completed;
  event.error = describe(sent.error());
  if (sent.error().kind == ErrorKind::http_framing ||
      sent.error().kind == ErrorKind::http_head_too_large) {
    services_.worker.metrics().add(Metric::bodies_malformed_total);
  }
  if (sent.error().side == Side::client || upload.failed()) co_return Ending::client_closed;
  co_return download.failed() ? Ending::origin_failed : Ending::failed;
}

Task<Ending> Session::answer_locally(Walk& walk, const Refusal& refusal) {
  Event& event = walk.event;
  event.verdict = refusal.verdict;
  event.error = refusal.error;
  if (refusal.ending == Ending::blocked && event.activity.type) {
    event.activities.push_back({*event.activity.type, refusal.verdict});
  }
  local::PageFacts facts;
  facts.gateway_name = services_.settings.gateway_name;
  facts.contact = services_.settings.contact;
  if (event.activity.app) facts.app_name = event.activity.app->name;
  facts.host = event.activity.host;
  facts.policy = refusal.verdict.policy;
  facts.say = refusal.verdict.say;
  facts.reason = refusal.reason;
  facts.faults = refusal.faults;
  facts.event_id = event.id.to_string();
  facts.time = event.start;
  facts.status = refusal.status;
  http::Reply reply = local::render(refusal.kind, facts, walk.exchange.request());
  if (!refusal.challenge.empty()) reply.head.headers.set("Proxy-Authenticate", refusal.challenge);
  if (refusal.retry_after.count() > 0) {
    reply.head.headers.set("Retry-After", std::to_string(refusal.retry_after.count()));
  }
  event.activity.status = reply.head.status;
  event.media_type = http::media_type(reply.head.headers.find("Content-Type").value_or(""));
  CountedBody page(*reply.body, event.bytes_out, walk.stall, walk.patience);
  walk.upload_moving = false;
  // Whatever still moves for this exchange is told to end before the answer is written.
  walk.nursery.cancel();
  walk.download = &page;
  Result<void> sent = co_await walk.exchange.respond(reply.head, page);
  walk.download = nullptr;
  if (!sent && event.error.empty()) event.error = describe(sent.error());
  co_return refusal.ending;
}

Task<Ending> Session::answer_failure(Walk& walk, const Error& error) {
  if (!walk.too_slow.empty()) co_return Ending::timed_out;  // Nobody who takes an answer.
  // A body that is no body is told so, where no reply has begun (safety.md C1).
  const bool faulty = error.side == Side::client && (error.kind == ErrorKind::http_framing ||
                                                     error.kind == ErrorKind::http_syntax ||
                                                     error.kind == ErrorKind::http_head_too_large);
  if (faulty) services_.worker.metrics().add(Metric::bodies_malformed_total);
  if (faulty && !walk.exchange.responded()) {
    Refusal refusal = refusal_of_request(error, http1::status_for(error));
    refusal.verdict = walk.event.verdict;
    co_return co_await answer_locally(walk, refusal);
  }
  // The client broke its own upload, or is gone: nobody to tell.
  if (error.side == Side::client && error.kind != ErrorKind::address_refused) {
    walk.event.error = describe(error);
    connection_.abort();
    co_return error.kind == ErrorKind::closed || error.kind == ErrorKind::reset
        ? Ending::client_closed
        : Ending::refused;
  }
  Refusal refusal = refusal_for(error, nullptr);
  refusal.verdict = walk.event.verdict;
  if (walk.timed_out) {
    refusal.status = 504;
    refusal.reason = "The server did not answer in time.";
  }
  co_return co_await answer_locally(walk, refusal);
}

void Session::describe_agent(const Snapshot& now, const http::RequestHead& asked,
                             Event& event) const {
  const discovery::AgentClaims claims = agent_claims(asked.headers);
  if (claims.user_agent.empty()) return;
  event.activity.user_agent = claims.user_agent;
  const policy::AgentFacts* facts = services_.agents.find(now.agents, claims, event.start);
  if (facts != nullptr) event.activity.agent = *facts;
}

void Session::fill_from_origin(Event& event, const origin::OriginFacts& facts) const {
  fill_origin_tls(event.tls, facts);
  if (facts.connected && event.activity.destination &&
      !(event.activity.destination->address == facts.endpoint.address)) {
    event.activity.destination = services_.snapshots.pin()->facts_of(facts.endpoint.address);
  }
}

void fill_origin_tls(discovery::TlsFacts& tls, const origin::OriginFacts& facts) {
  if (facts.tls_version.empty()) return;
  tls.origin_version = facts.tls_version;
  tls.origin_cipher = facts.tls_cipher;
  tls.origin_alpn = facts.alpn;
  tls.origin_fingerprint = facts.fingerprint;
  tls.verify = facts.report.accepted ? "ok" : facts.report.summary;
}

}  // namespace sallyport::session
