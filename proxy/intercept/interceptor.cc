#include "proxy/intercept/interceptor.h"

#include <utility>

#include "base/core/log.h"
#include "base/io/deadline.h"
#include "proxy/intercept/exchange_loop.h"
#include "proxy/origin/sender.h"
#include "proxy/session/tunnel.h"
#include "tls/hello/ja4.h"

namespace sallyport::intercept {

using discovery::Ending;
using discovery::EventKind;
using policy::Action;
using policy::Point;

namespace {

// Takes the ways into a frame back when it ends.
struct Forget {
  session::ClientConnection& connection;
  ~Forget() {
    connection.drain = nullptr;
    connection.cancel = nullptr;
    connection.end_if_idle = nullptr;
    connection.abort = [] {};
  }
};

}  // namespace

// A connection that is being opened, and what was learnt of it.
struct Interceptor::Opening {
  session::ClientConnection& connection;
  session::Session session;
  Authority target;  // of CONNECT
  Host name;         // what is decided on and shown: SNI, else the target's host
  std::unique_ptr<io::ByteStream> stream;
  Peeked peeked;
  session::SnapshotPin now;
  policy::Activity activity;
  policy::Verdict verdict;
  discovery::Event event;  // for what never becomes an exchange
  bool late = false;       // no whole ClientHello came in time
  bool recorded = false;
  std::uint32_t exchanges_before = 0;  // of this client, before CONNECT

  // Whether an exchange inside has left its event, or the connection has.
  bool has_event() const { return recorded || connection.exchanges != exchanges_before; }
};

Task<void> Interceptor::serve(session::ClientConnection& connection, Authority target,
                              std::unique_ptr<io::ByteStream> stream, std::string early) {
  Opening opening{connection,
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
                  connection.exchanges};
  opening.event = opening.session.begin_event();
  io::ByteStream* raw = opening.stream.get();
  connection.abort = [raw] { raw->reset(); };
  try {
    {
      // With the name alone first: only a client that may have a raw tunnel is allowed to say
      // nothing.
      const policy::Activity first =
          opening.session.begin_activity(*opening.now, target.host, target.port, "https");
      const policy::Decision early_decision = opening.now->policy->decide_connection(first);
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
    co_await open(opening);
  } catch (const std::exception& exception) {
    log::error(std::string("a connection threw, which is a bug: ") + exception.what());
    if (!opening.has_event()) {
      record(opening, EventKind::connection, Ending::failed, exception.what());
    }
  }
  connection.cancel = nullptr;
  if (opening.stream) opening.stream->close();
}

Task<void> Interceptor::open(Opening& opening) {
  using State = tls::PeekResult::State;
  session::ClientConnection& connection = opening.connection;
  const tls::ClientHello& hello = opening.peeked.hello;
  const bool is_tls = opening.peeked.state == State::complete;

  if (is_tls) {
    connection.tls.ja4 = tls::ja4(hello);
    opening.event.tls.ja4 = connection.tls.ja4;
    if (!hello.server_name.empty()) {
      if (const auto name = Host::parse(hello.server_name)) opening.name = *name;
    }
  }
  opening.activity =
      opening.session.begin_activity(*opening.now, opening.name, opening.target.port, "https");
  opening.verdict = policy::Verdict(opening.now->policy->decide_connection(opening.activity));

  // CONNECT and SNI are judged together: denied if either is, bypassed only if both are.
  policy::Verdict by_target = opening.verdict;
  if (!(opening.name == opening.target.host)) {
    policy::Activity other = opening.session.begin_activity(*opening.now, opening.target.host,
                                                            opening.target.port, "https");
    by_target = policy::Verdict(opening.now->policy->decide_connection(other));
    if (by_target.stops()) opening.verdict = by_target;
  }
  const auto bypasses = [](const policy::Verdict& verdict) {
    return verdict.final && verdict.action == Action::bypass;
  };
  const bool bypass = bypasses(opening.verdict) && bypasses(by_target);

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
    session::Refusal refusal;
    refusal.verdict = opening.verdict;
    co_return co_await refuse(opening, refusal);
  }

  // Where it goes: the address that CONNECT named, believed only if it proves to be the name of
  // SNI.
  io::Nursery scope(services_.worker.executor());
  connection.cancel = [&scope] { scope.cancel(); };
  Result<origin::Route> route = co_await services_.router.find(
      opening.target.host, opening.target.port, true, scope, connection.peer.address);
  if (!route) {
    const session::Refusal refusal = session::refusal_for(route.error(), nullptr);
    co_return co_await refuse(opening, refusal);
  }
  route->host = opening.name;
  connection.route = std::move(*route);
  policy::Verdict verdict = opening.session.decide_for_route(*opening.now, Point::connect,
                                                             opening.activity, *connection.route);
  if (verdict.stops()) {
    opening.verdict = verdict;
    session::Refusal refusal;
    refusal.verdict = std::move(verdict);
    co_return co_await refuse(opening, refusal);
  }
  // With encrypted ClientHello SNI is only the public name, so nothing is bypassed on its word
  // where it differs from CONNECT's (safety.md B3-22). Browsers put that extension into every
  // hello, real or not; where both names agree, the name is known.
  const bool name_hidden = hello.has_ech && !(opening.name == opening.target.host);
  if (bypass && bypasses(verdict) && !name_hidden) co_return co_await tunnel(opening);

  // The origin first, then the client's handshake.
  origin::Sender sender(services_.pool, services_.dialer, *connection.route, connection.identity);
  Result<void> reached = co_await sender.reach(scope);
  if (sender.facts()) session::fill_origin_tls(connection.tls, *sender.facts());
  if (!reached) {
    const tls::Report* report = sender.facts() ? &sender.facts()->report : nullptr;
    const session::Refusal refusal = session::refusal_for(reached.error(), report);
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
  Result<std::unique_ptr<tls::TlsStream>> opened = co_await shake_hands(opening, *leaf);
  if (!opened) {
    record(opening, EventKind::connection,
           opened.error().kind == ErrorKind::timed_out ? Ending::timed_out : Ending::client_closed,
           describe(opened.error()));
    co_return;
  }
  services_.worker.metrics().add(Metric::intercepted_total);
  co_await serve_exchanges(opening, std::move(*opened), nullptr);
  // A name was looked up and its origin was reached: that is kept, also where nothing was asked of
  // it.
  if (!opening.has_event()) {
    record(opening, EventKind::connection, Ending::client_closed, "no request came");
  }
}

Task<void> Interceptor::tunnel(Opening& opening) {
  io::Nursery scope(services_.worker.executor());
  session::ClientConnection& connection = opening.connection;
  connection.cancel = [&scope] { scope.cancel(); };
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

// The client is told why inside TLS, under a leaf of our own that speaks for the name alone.
Task<void> Interceptor::refuse(Opening& opening, const session::Refusal& refusal) {
  opening.verdict = refusal.verdict;
  Result<std::shared_ptr<const tls::Leaf>> leaf = co_await leaf_for(opening, nullptr);
  Result<std::unique_ptr<tls::TlsStream>> opened =
      fail(ErrorKind::unavailable, Side::ours, "no leaf");
  if (leaf) {
    opened = co_await shake_hands(opening, *leaf);
  } else {
    opened = pass_on(std::move(leaf));
  }
  if (opened) co_await serve_exchanges(opening, std::move(*opened), &refusal);
  // A client that does not know our authority, or asked nothing, was refused all the same.
  if (!opening.has_event()) {
    std::string error = refusal.error;
    if (!opened) error += (error.empty() ? "" : "; ") + describe(opened.error());
    record(opening, EventKind::connection, refusal.ending, std::move(error));
  }
}

Task<Result<std::shared_ptr<const tls::Leaf>>> Interceptor::leaf_for(
    Opening& opening, const tls::Certificate* origin) {
  const bool ecdsa = opening.peeked.hello.offers_ecdsa();
  const tls::PrivateKey* key = ecdsa ? &keys_.leaf_keys->ecdsa() : keys_.leaf_keys->rsa();
  if (key == nullptr) {
    co_return fail(ErrorKind::unavailable, Side::ours, "the RSA key for leaves is not made yet");
  }
  const tls::KeyKind kind = ecdsa ? tls::KeyKind::ecdsa_p256 : tls::KeyKind::rsa_2048;
  MetricSet& metrics = services_.worker.metrics();
  const tls::LeafCacheKey cache_key = origin != nullptr
                                          ? tls::LeafCacheKey::mirrored(*origin, opening.name, kind)
                                          : tls::LeafCacheKey::own(opening.name, kind);
  tls::LeafCache& cache = origin != nullptr ? keys_.leaves : keys_.own_leaves;
  std::shared_ptr<const tls::Leaf> leaf = cache.find(cache_key, services_.worker.clock().now());
  if (leaf == nullptr) {
    MintGate& gate = origin != nullptr ? keys_.mirrors : keys_.own_answers;
    // Waiting ends with the connection. What else could be given up has ended or begins later.
    io::Nursery scope(services_.worker.executor());
    auto cancel = std::exchange(opening.connection.cancel, [&scope] { scope.cancel(); });
    const bool entered = co_await gate.enter(timeouts_.leaves_per_second, scope);
    opening.connection.cancel = std::move(cancel);
    if (scope.cancelled()) {
      co_return fail(ErrorKind::cancelled, Side::ours, "given up while waiting for a certificate");
    }
    if (!entered) {
      co_return fail(ErrorKind::limit, Side::ours, "too many certificates wait to be issued");
    }
    // Another connection to the same origin may have been before us.
    leaf = cache.find(cache_key, services_.worker.clock().now());
  }
  if (leaf != nullptr) {
    metrics.add(Metric::leaf_cache_hits_total);
  } else {
    const Time now = services_.worker.clock().now();
    const tls::LeafSpec spec =
        origin != nullptr ? tls::mirror(*origin, opening.name) : tls::own_answer(opening.name, now);
    Result<std::shared_ptr<const tls::Leaf>> minted =
        tls::mint(*keys_.authority, spec, *key, now, keys_.crl_url);
    if (!minted) co_return pass_on(std::move(minted));
    leaf = std::move(*minted);
    const std::uint64_t evicted = cache.stats().evicted;
    cache.insert(cache_key, leaf);
    metrics.add(Metric::leaf_cache_evicted_total,
                static_cast<std::int64_t>(cache.stats().evicted - evicted));
    metrics.add(Metric::leaf_minted_total);
  }
  opening.connection.tls.leaf_serial = leaf->serial;
  opening.event.tls = opening.connection.tls;
  co_return leaf;
}

Task<Result<std::unique_ptr<tls::TlsStream>>> Interceptor::shake_hands(
    Opening& opening, std::shared_ptr<const tls::Leaf> leaf) {
  Result<tls::SslPtr> ssl = keys_.context.accept(leaf->certificate, leaf->key, "http/1.1");
  if (!ssl) co_return pass_on(std::move(ssl));
  auto stream = std::make_unique<tls::TlsStream>(std::move(opening.stream), std::move(*ssl),
                                                 opening.peeked.bytes);
  opening.peeked.bytes = std::string();
  tls::TlsStream& raw = *stream;
  opening.connection.abort = [&raw] { raw.reset(); };
  bool late = false;
  io::Deadline patience(services_.worker.deadlines(), [&raw, &late] {
    late = true;
    raw.close();
  });
  patience.set(timeouts_.handshake);
  Result<void> shaken = co_await stream->handshake();
  if (!shaken) {
    services_.worker.metrics().add(Metric::client_tls_failures_total);
    Error error = std::move(shaken.error());
    error.side = Side::client;
    if (late) {
      error.kind = ErrorKind::timed_out;
      services_.worker.metrics().add(Metric::client_handshakes_timed_out_total);
    } else if (raw.peer_alert() == 48 || raw.peer_alert() == 42 || raw.peer_alert() == 46 ||
               raw.peer_left_in_handshake()) {
      // RFC 8446 section 6: unknown_ca, bad_certificate, certificate_unknown. What an app does that
      // pins its certificate, or a client that does not know our authority.
      const tls::ClientRefusal refusal =
          raw.peer_alert() == 48   ? tls::ClientRefusal::unknown_ca
          : raw.peer_alert() == 42 ? tls::ClientRefusal::bad_certificate
          : raw.peer_alert() == 46 ? tls::ClientRefusal::certificate_unknown
                                   : tls::ClientRefusal::closed_after_certificate;
      keys_.pins.record(opening.name, refusal, opening.connection.peer.address.to_string(),
                        services_.worker.clock().now());
    }
    opening.connection.abort = [] {};
    co_return std::unexpected(std::move(error));
  }
  discovery::TlsFacts& facts = opening.connection.tls;
  facts.client_version = raw.version();
  facts.client_cipher = raw.cipher();
  facts.client_alpn = raw.alpn();
  co_return stream;
}

Task<void> Interceptor::serve_exchanges(Opening& opening, std::unique_ptr<tls::TlsStream> stream,
                                        const session::Refusal* refusal) {
  session::ClientConnection& connection = opening.connection;
  connection.decided = Authority{opening.name, opening.target.port};
  http1::Server server(*stream, http1::ServerOptions{"https", services_.settings.heads});
  ExchangeLoop loop(services_, timeouts_, connection, server);
  bool first = true;
  const auto serve_one = [&](http1::Server::Exchange& exchange) -> Task<void> {
    if (refusal == nullptr) return opening.session.serve(exchange);
    return serve_refused(opening, server, exchange, *refusal, std::exchange(first, false));
  };
  // Opened while the gateway began to drain, and idle like the others that were ended then.
  if (connection.draining) co_return;
  connection.drain = [&loop] { loop.drain(); };
  connection.end_if_idle = [&loop] { return loop.end_if_idle(); };
  // Also when something throws: nothing of this frame may be called after it.
  const Forget forget{connection};
  co_await loop.run(serve_one);
}

// A refusal holds for as long as its reason does. Rules are asked again once there are others, and
// an origin that failed is tried again at the client's next request: people press reload.
Task<void> Interceptor::serve_refused(Opening& opening, http1::Server& server,
                                      http::Exchange& exchange, const session::Refusal& refusal,
                                      bool first) {
  const bool same_rules = services_.snapshots.is_current(opening.now);
  if (same_rules && (first || refusal.ending == Ending::blocked)) {
    co_return co_await opening.session.answer(exchange, refusal, opening.now);
  }
  // The walk asks about one name. Where CONNECT said another, both must be asked: by a new
  // connection.
  if (opening.target.host == opening.name) co_return co_await opening.session.serve(exchange);
  server.drain();
  co_await opening.session.answer(exchange, refusal, opening.now);
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
