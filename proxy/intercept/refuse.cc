// Connections that are opened only to say why they lead nowhere; and the one way around it, the
// bypass of a faulty certificate.

#include <utility>

#include "proxy/intercept/opening.h"
#include "proxy/session/origin_fault.h"
#include "proxy/session/rehearsal.h"

namespace sallyport::intercept {

using discovery::Ending;
using discovery::EventKind;
using policy::Point;

// The client is told why inside TLS, under a leaf of our own that speaks for the name alone.
Task<void> Interceptor::refuse(Opening& opening, const session::Refusal& refusal) {
  opening.verdict = refusal.verdict;
  Result<std::shared_ptr<const tls::Leaf>> leaf = co_await leaf_for(opening, nullptr);
  Result<std::unique_ptr<tls::TlsStream>> opened =
      fail(ErrorKind::unavailable, Side::ours, "no leaf");
  if (leaf) {
    // No origin has chosen: the client is answered in what it likes best.
    const std::string_view protocol =
        protocol_for(opening.peeked.hello, origin::OriginFacts{}, services_.settings.http2);
    opened = co_await shake_hands(opening, *leaf, protocol, "");
  } else {
    opened = pass_on(std::move(leaf));
  }
  if (opened) {
    opening.opened = std::move(*opened);
    opening.refusal = refusal;
    co_return;
  }
  // A client that does not know our authority was refused all the same.
  std::string error = refusal.error;
  error += (error.empty() ? "" : "; ") + describe(opened.error());
  record(opening, EventKind::connection, refusal.ending, std::move(error));
}

// A chain that is not believed. As with every bypass both names must be bypassed, and known.
Task<void> Interceptor::serve_fault(Opening& opening, const Error& error,
                                    const tls::Report& report) {
  const policy::Program& program = *opening.now->policy;
  policy::Verdict verdict = session::judge_faults(program, report, opening.activity);
  if (bypasses(verdict) && !(opening.name == opening.target.host)) {
    policy::Activity other = opening.session.begin_activity(
        *opening.now, opening.target.host, opening.target.port, "https", opening.event.start);
    other.destination = opening.activity.destination;
    const policy::Verdict by_target = session::judge_faults(program, report, other);
    if (!bypasses(by_target)) verdict = by_target;
  }
  if (bypasses(verdict) && !opening.name_hidden()) {
    session::keep_rehearsed(opening.verdict, verdict);
    opening.verdict = std::move(verdict);
    co_return co_await tunnel(opening);
  }
  const session::Refusal refusal =
      session::refusal_for_fault(error, report, verdict, opening.verdict);
  co_await refuse(opening, refusal);
}

// What still stops the connection, by the policies that are in force and at this moment.
policy::Verdict Interceptor::judge_again(Opening& opening) const {
  Judged judged = judge_names(opening, services_.worker.clock().now());
  if (judged.verdict.stops() || !opening.connection.route) return judged.verdict;
  return opening.session.decide_for_route(*opening.now, Point::connect, judged.activity,
                                          *opening.connection.route);
}

// A refusal holds for as long as its reason does. Policies are asked again, because time passes and
// there may be others; and an origin that failed is tried again at the client's next request:
// people press reload.
Task<void> Interceptor::serve_refused(Opening& opening, http::Exchange& exchange, bool first) {
  if (opening.session.is_for_portal(exchange.request())) {
    co_return co_await opening.session.serve_portal(exchange);
  }
  const session::Refusal& refusal = *opening.refusal;
  const bool by_name = refusal.kind == local::PageKind::blocked;
  if (services_.snapshots.is_current(opening.now)) {
    if (!by_name && first) {
      co_return co_await opening.session.answer(exchange, refusal, opening.now);
    }
    if (by_name) {
      const policy::Verdict verdict = judge_again(opening);
      if (verdict.stops()) {
        const session::Refusal still = session::blocked_by(verdict);
        co_return co_await opening.session.answer(exchange, still, opening.now);
      }
    }
  }
  // The walk asks about one name. Where CONNECT said another, both must be asked: by a new
  // connection.
  if (opening.target.host == opening.name) co_return co_await opening.session.serve(exchange);
  opening.connection.drain();
  co_await opening.session.answer(exchange, refusal, opening.now);
}

}  // namespace sallyport::intercept
