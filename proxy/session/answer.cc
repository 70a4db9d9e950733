// What a session says in an origin's place.

#include "base/core/log.h"
#include "discovery/classify/classify.h"
#include "proxy/http1/server.h"
#include "proxy/session/counted_body.h"
#include "proxy/session/walk.h"

namespace sallyport::session {

using discovery::Ending;
using discovery::Event;

Task<void> Session::answer(http::Exchange& exchange, const Refusal& refusal) {
  const SnapshotPin now = services_.snapshots.pin();
  co_await answer(exchange, refusal, now);
}

Task<void> Session::answer(http::Exchange& exchange, const Refusal& refusal,
                           const SnapshotPin& judged_by) {
  services_.worker.metrics().add(Metric::exchanges_total);
  std::unique_ptr<Event> kept = services_.recorder.fresh();
  Event& event = *kept;
  begin_event_in(event, *judged_by, false);
  Ending ending = Ending::failed;
  {
    Walk walk_state(services_, connection_, exchange, event, judged_by);
    walk_state.stall.set(walk_state.patience);
    const http::RequestHead& request = exchange.request();
    event.activity = begin_activity(*walk_state.now, request.authority.host, request.authority.port,
                                    request.scheme, event.start);
    describe_request(*walk_state.now, exchange, event);
    // What is known of the request is told, but policies were asked about the connection alone.
    event.activity.point = policy::Point::connect;
    discovery::classify_path(event.activity, *walk_state.now->catalog, *walk_state.now->hand_tags,
                             *walk_state.now->noise);
    if (connection_.route && !connection_.route->endpoints.empty()) {
      event.activity.destination =
          walk_state.now->facts_of(connection_.route->endpoints.front().address);
    }
    try {
      ending = co_await answer_locally(walk_state, refusal);
    } catch (const std::exception& exception) {
      event.error = std::string("exception: ") + exception.what();
      log::error("an answer threw, which is a bug: " + event.error);
      exchange.abort();
    }
    if (!walk_state.too_slow.empty() && event.error.empty()) event.error = walk_state.too_slow;
    walk_state.stall.clear();
    walk_state.pace.clear();
    co_await walk_state.nursery.join();
    report(*walk_state.now, event);
  }
  finish(std::move(kept), ending);
}

Task<Ending> Session::answer_locally(Walk& walk, const Refusal& refusal) {
  Event& event = walk.event;
  event.verdict = refusal.verdict;
  if (!refusal.fault_words.empty()) event.activity.certificate_faults = refusal.fault_words;
  event.error = refusal.error;
  if (refusal.ending == Ending::blocked && event.activity.type) {
    event.activities.push_back({*event.activity.type, refusal.verdict});
  }
  local::PageFacts facts;
  facts.gateway_name = services_.settings.gateway_name;
  facts.contact = services_.settings.contact;
  if (event.activity.app) facts.app_name = event.activity.app->name;
  facts.host = event.activity.host;
  // Another ending has a policy too, which let it pass and is none of the person's business.
  if (refusal.ending == Ending::blocked) {
    facts.policy = refusal.verdict.policy;
    facts.say = refusal.verdict.say;
    facts.redirect = refusal.verdict.redirect;
  }
  facts.reason = refusal.reason;
  facts.number = refusal.number;
  facts.faults = refusal.faults;
  facts.event_id = event.id.to_string();
  facts.time = event.start;
  facts.status = refusal.status;
  http::Reply reply = render(walk, refusal, facts);
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
  if (error.unprocessed && walk.exchange.hand_back()) {
    walk.event.error = describe(error);
    co_return Ending::origin_failed;
  }
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
    walk.exchange.abort();
    co_return error.kind == ErrorKind::closed || error.kind == ErrorKind::reset
        ? Ending::client_closed
        : Ending::refused;
  }
  Refusal refusal = refusal_for(error, nullptr);
  refusal.verdict = walk.event.verdict;
  if (walk.timed_out) {
    refusal.status = 504;
    refusal.reason = local::Word("reason.no_answer");
  }
  co_return co_await answer_locally(walk, refusal);
}

}  // namespace sallyport::session
