#include "proxy/intercept/interceptor.h"

#include <utility>

#include "base/core/log.h"
#include "base/io/deadline.h"
#include "proxy/intercept/exchange_loop.h"
#include "proxy/intercept/opening.h"
#include "proxy/intercept/stream_loop.h"
#include "proxy/origin/sender.h"
#include "proxy/portal/portal.h"
#include "proxy/session/rehearsal.h"
#include "proxy/session/tunnel.h"
#include "tls/hello/ja4.h"

namespace sallyport::intercept {

using discovery::Ending;
using discovery::EventKind;
using policy::Action;
using policy::Point;

std::unique_ptr<Interceptor::Opening> Interceptor::begin(
    session::ClientConnection& connection, const Authority& target,
    std::unique_ptr<io::ByteStream> stream) const {
  std::unique_ptr<Opening> opening(new Opening{connection,
                                               session::Session(services_, connection),
                                               target,
                                               target.host,
                                               std::move(stream),
                                               {},
                                               services_.snapshots.pin(),
                                               {},
                                               {},
                                               {},
                                               false,
                                               false,
                                               connection.exchanges,
                                               {},
                                               {}});
  opening->event = opening->session.begin_event();
  return opening;
}

Task<void> Interceptor::serve(session::ClientConnection& connection, Authority target,
                              std::unique_ptr<io::ByteStream> stream, std::string early) {
  std::unique_ptr<Opening> opening = begin(connection, target, std::move(stream));
  io::ByteStream* raw = opening->stream.get();
  connection.abort = [raw] { raw->reset(); };
  try {
    co_await read_hello(*opening, std::move(early));
    co_await open(*opening);
    if (opening->opened) co_await serve_exchanges(opening);
  } catch (const std::exception& exception) {
    log::error(std::string("a connection threw, which is a bug: ") + exception.what());
    if (opening && !opening->has_event()) {
      record(*opening, EventKind::connection, Ending::failed, exception.what());
    }
  }
  if (opening && opening->stream) opening->stream->close();
}

Task<void> Interceptor::read_hello(Opening& opening, std::string early) {
  io::ByteStream* raw = opening.stream.get();
  session::ClientConnection& connection = opening.connection;
  // With the name alone first: only a client that may have a raw tunnel is allowed to say
  // nothing.
  const policy::Activity first = opening.session.begin_activity(
      *opening.now, opening.target.host, opening.target.port, "https", opening.event.start);
  const policy::Decision early_decision =
      opening.now->policy->decide_connection(first, services_.snapshots.standing());
  const bool may_be_raw = early_decision.final && early_decision.action == Action::bypass;
  io::Deadline patience(services_.worker.deadlines(), [raw, may_be_raw] {
    if (may_be_raw) {
      raw->stop_reading();
    } else {
      raw->close();
    }
  });
  patience.set(may_be_raw ? timeouts_.silent_raw : timeouts_.hello);
  connection.drain = [raw] { raw->close(); };  // Nothing has begun yet.
  opening.peeked = co_await peek(*raw, std::move(early));
  connection.drain = nullptr;
  opening.late = patience.expired();
  raw->resume_reading();
}

Interceptor::Judged Interceptor::judge_names(const Opening& opening, Time at) const {
  const session::Snapshot& now = *opening.now;
  Judged judged;
  judged.activity =
      opening.session.begin_activity(now, opening.name, opening.target.port, "https", at);
  const policy::Standing& standing = services_.snapshots.standing();
  judged.verdict = policy::Verdict(now.policy->decide_connection(judged.activity, standing));
  judged.bypass = bypasses(judged.verdict);
  if (opening.name == opening.target.host) return judged;
  const policy::Activity other =
      opening.session.begin_activity(now, opening.target.host, opening.target.port, "https", at);
  policy::Verdict by_target(now.policy->decide_connection(other, standing));
  judged.bypass = judged.bypass && bypasses(by_target);
  if (by_target.stops() && !judged.verdict.stops()) std::swap(by_target, judged.verdict);
  session::keep_rehearsed(by_target, judged.verdict);
  return judged;
}

Task<void> Interceptor::open(Opening& opening) {
  using State = tls::PeekResult::State;
  session::ClientConnection& connection = opening.connection;
  const tls::ClientHello& hello = opening.peeked.hello;
  const bool is_tls = opening.peeked.state == State::complete;

  if (is_tls) {
    connection.tls.ja4 = tls::ja4(hello);
    opening.event.tls.ja4 = connection.tls.ja4;
    connection.offer = offer_for(hello);
    if (!hello.server_name.empty()) {
      if (const auto name = Host::parse(hello.server_name)) opening.name = *name;
    }
  }
  if (is_tls && services_.portal != nullptr && services_.portal->is_at(opening.target.host)) {
    // Our own pages: no origin stands behind them.
    session::Refusal nothing;
    nothing.kind = local::PageKind::not_allowed;
    nothing.status = 404;
    nothing.ending = Ending::refused;
    nothing.reason = local::Word("reason.nothing_here");
    co_return co_await refuse(opening, nothing);
  }
  Judged judged = judge_names(opening, opening.event.start);
  opening.activity = std::move(judged.activity);
  opening.verdict = std::move(judged.verdict);
  const bool bypass = judged.bypass;

  if (!is_tls && !bypass && begins_plain_http(opening)) co_return co_await serve_plain(opening);
  if (!is_tls) {
    // A raw tunnel only where a rule bypasses the name; everything else must begin as TLS does.
    if (bypass &&
        !(opening.peeked.ended && opening.peeked.bytes.empty() && !opening.stream->is_open())) {
      opening.activity.scheme = "tunnel";
      co_return co_await tunnel(opening);
    }
    MetricSet& metrics = services_.worker.metrics();
    metrics.add(Metric::requests_refused_total);
    const bool blocked = opening.verdict.stops();
    const bool gone = opening.peeked.ended && opening.peeked.bytes.empty();
    const bool dripped = opening.late && !gone;
    metrics.add(opening.late ? Metric::client_hellos_timed_out_total
                             : Metric::client_hellos_refused_total);
    record(opening, EventKind::connection,
           blocked   ? Ending::blocked
           : gone    ? Ending::client_closed
           : dripped ? Ending::timed_out
                     : Ending::refused,
           gone ? "the client sent nothing after CONNECT"
           : dripped
               ? "the ClientHello did not end in time"
               : "not TLS after CONNECT: " + std::string(tls::to_string(opening.peeked.state)));
    co_return;
  }
  if (hello.server_name_malformed) {
    services_.worker.metrics().add(Metric::requests_refused_total);
    services_.worker.metrics().add(Metric::client_hellos_refused_total);
    record(opening, EventKind::connection, Ending::refused, "SNI is no host name");
    co_return;
  }
  if (opening.verdict.stops()) {
    const session::Refusal refusal = session::blocked_by(opening.verdict);
    co_return co_await refuse(opening, refusal);
  }

  // Where it goes: the address that CONNECT named, believed only if it proves to be the name of
  // SNI.
  io::Nursery scope(services_.worker.executor());
  const session::ClientConnection::Waiting waiting(connection, opening.activity, opening.verdict,
                                                   [&scope] { scope.cancel(); });
  Result<origin::Route> route = co_await services_.router.find(
      opening.target.host, opening.target.port, true, scope, connection.peer.address);
  if (!route) {
    session::Refusal refusal = session::refusal_for(route.error(), nullptr);
    session::keep_rehearsed(opening.verdict, refusal.verdict);
    co_return co_await refuse(opening, refusal);
  }
  route->host = opening.name;
  connection.route = std::move(*route);
  policy::Verdict verdict = opening.session.decide_for_route(*opening.now, Point::connect,
                                                             opening.activity, *connection.route);
  if (verdict.stops()) {
    opening.verdict = verdict;
    const session::Refusal refusal = session::blocked_by(verdict);
    co_return co_await refuse(opening, refusal);
  }
  session::keep_rehearsed(verdict, opening.verdict);
  if (bypass && bypasses(verdict) && !opening.name_hidden()) co_return co_await tunnel(opening);
  if (bypasses(opening.verdict)) {  // What only one of them says is not done.
    policy::Verdict opened;
    session::keep_rehearsed(opening.verdict, opened);
    opening.verdict = std::move(opened);
  }

  // The origin first, then the client's handshake.
  origin::Sender sender(services_.pool, services_.dialer, *connection.route, connection.identity,
                        connection.offer);
  Result<void> reached = co_await sender.reach(scope);
  if (sender.facts()) session::fill_origin_tls(connection.tls, *sender.facts());
  if (!reached) {
    if (sender.facts() && reached.error().kind == ErrorKind::tls_verify) {
      co_return co_await serve_fault(opening, reached.error(), sender.facts()->report);
    }
    session::Refusal refusal = session::refusal_for(reached.error(), nullptr);
    session::keep_rehearsed(opening.verdict, refusal.verdict);
    co_return co_await refuse(opening, refusal);
  }
  Result<std::shared_ptr<const tls::Leaf>> leaf =
      co_await leaf_for(opening, &sender.facts()->certificate);
  if (!leaf) {
    record(opening, EventKind::connection,
           leaf.error().kind == ErrorKind::limit ? Ending::refused : Ending::failed,
           describe(leaf.error()));
    co_return;
  }
  Result<std::unique_ptr<tls::TlsStream>> opened = co_await shake_hands(
      opening, *leaf, protocol_for(hello, *sender.facts(), services_.settings.http2),
      opening.name.text() + ':' + std::to_string(opening.target.port) + ' ' +
          sender.facts()->fingerprint);
  if (!opened) {
    record(opening, EventKind::connection,
           opened.error().kind == ErrorKind::timed_out ? Ending::timed_out : Ending::client_closed,
           describe(opened.error()));
    co_return;
  }
  services_.worker.metrics().add(Metric::intercepted_total);
  opening.opened = std::move(*opened);
}

Task<void> Interceptor::tunnel(Opening& opening) {
  io::Nursery scope(services_.worker.executor());
  session::ClientConnection& connection = opening.connection;
  const session::ClientConnection::Waiting waiting(connection, opening.activity, opening.verdict,
                                                   [&scope] { scope.cancel(); });
  // Since it was decided: from here on whoever suspends finds it.
  if (const policy::Suspension* since =
          services_.snapshots.standing().find_suspension(opening.activity)) {
    connection.suspension = since->id.to_string();
    record(opening, EventKind::tunnel, Ending::client_closed, {});
    co_return;
  }
  for (const auto& [policy, grant] : opening.verdict.granted) {
    if (!services_.snapshots.standing().was_revoked(grant)) continue;
    connection.revoked = grant;
    record(opening, EventKind::tunnel, Ending::client_closed, {});
    co_return;
  }
  if (!connection.route) {
    Result<origin::Route> route = co_await services_.router.find(
        opening.target.host, opening.target.port, false, scope, connection.peer.address);
    if (!route) {
      record(opening, EventKind::tunnel, Ending::origin_failed, describe(route.error()));
      co_return;
    }
    connection.route = std::move(*route);
    // A rule on destinations may stop what the name alone was let through for.
    const policy::Verdict verdict = opening.session.decide_for_route(
        *opening.now, Point::connect, opening.activity, *connection.route);
    if (verdict.stops()) {
      opening.verdict = verdict;
      record(opening, EventKind::tunnel, Ending::blocked, {});
      co_return;
    }
  }
  origin::OriginFacts facts;
  Result<std::unique_ptr<io::ByteStream>> origin =
      co_await services_.dialer.connect(*connection.route, facts, scope);
  if (!origin) {
    record(opening, EventKind::tunnel, Ending::origin_failed, describe(origin.error()));
    co_return;
  }
  MetricSet& metrics = services_.worker.metrics();
  metrics.add(Metric::tunnels_total);
  metrics.add(Metric::tunnels_open);
  io::ByteStream& client_side = *opening.stream;
  io::ByteStream& origin_side = **origin;
  const io::Nursery::OnCancel on_cancel(scope, [&client_side, &origin_side] {
    client_side.close();
    origin_side.close();
  });
  const session::TunnelEnd end =
      co_await session::splice(services_.worker, *opening.stream, **origin, opening.peeked.bytes,
                               services_.settings.tunnel_idle);
  metrics.add(Metric::tunnels_open, -1);
  opening.event.bytes_in = end.to_origin;
  opening.event.bytes_out = end.to_client;
  record(opening, EventKind::tunnel,
         end.timed_out       ? Ending::timed_out
         : end.origin_failed ? Ending::origin_failed
         : end.client_failed ? Ending::client_closed
                             : Ending::completed,
         end.error);
}

Task<void> Interceptor::serve_exchanges(std::unique_ptr<Opening>& opening) {
  session::ClientConnection& connection = opening->connection;
  const std::unique_ptr<tls::TlsStream> stream = std::move(opening->opened);
  connection.decided = Authority{opening->name, opening->target.port};
  session::Session session(services_, connection);
  const Forget forget{connection};
  bool first = true;
  const auto serve_one = [&](http::Exchange& exchange) -> Task<void> {
    if (opening && opening->refusal) {
      return serve_refused(*opening, exchange, std::exchange(first, false));
    }
    opening.reset();
    return session.serve(exchange);
  };
  // Opened while the gateway began to drain, and idle like the others that were ended then: no
  // request is taken.
  if (!connection.draining) {
    if (stream->alpn() == "h2") {
      co_await serve_http2(connection, *stream, serve_one);
    } else {
      co_await serve_http1(connection, *stream, serve_one);
    }
  }
  if (!opening || opening->has_event()) co_return;
  if (opening->refusal) {
    // A client that asked nothing was refused all the same.
    record(*opening, EventKind::connection, opening->refusal->ending, opening->refusal->error);
  } else {
    // A name was looked up and its origin was reached: that is kept, also where nothing was asked
    // of it.
    record(*opening, EventKind::connection, Ending::client_closed, "no request came");
  }
}

Task<void> Interceptor::serve_http1(session::ClientConnection& connection, tls::TlsStream& stream,
                                    ServeOne serve_one) {
  http1::Server server(stream, http1::ServerOptions{"https", services_.settings.heads});
  ExchangeLoop loop(services_, timeouts_, connection, server);
  const auto serve_any = [&serve_one](http1::Server::Exchange& exchange) -> Task<void> {
    return serve_one(exchange);
  };
  // Also when something throws: nothing of this frame may be called after it.
  const Forget forget{connection};
  connection.drain = [&loop] { loop.drain(); };
  connection.end_if_idle = [&loop] { return loop.end_if_idle(); };
  co_await loop.run(serve_any);
}

Task<void> Interceptor::serve_http2(session::ClientConnection& connection, tls::TlsStream& stream,
                                    ServeOne serve_one) {
  StreamLoop loop(services_, timeouts_, connection, stream, std::move(serve_one));
  const Forget forget{connection};
  connection.drain = [&loop] { loop.drain(); };
  connection.end_if_idle = [&loop] { return loop.end_if_idle(); };
  co_await loop.run();
}

void Interceptor::record(Opening& opening, EventKind kind, Ending ending, std::string error) {
  opening.recorded = true;
  discovery::Event event = std::move(opening.event);
  event.kind = kind;
  event.ending = ending;
  event.error = std::move(error);
  event.snapshot = opening.now->id;
  event.activity = opening.activity;
  event.verdict = opening.verdict;
  event.tls = opening.connection.tls;
  if (!opening.activity.destination && opening.connection.route &&
      !opening.connection.route->endpoints.empty()) {
    event.activity.destination =
        opening.now->facts_of(opening.connection.route->endpoints.front().address);
  }
  session::Session::report(*opening.now, event);
  opening.session.record_without_exchange(std::move(event));
}

}  // namespace sallyport::intercept
