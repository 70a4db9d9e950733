// The client's leg: a leaf for the name, and the handshake under it.

#include <utility>

#include "base/io/deadline.h"
#include "proxy/intercept/opening.h"

namespace sallyport::intercept {

// What the origin is offered: what the client offers us, as far as we speak it.
origin::Offer Interceptor::offer_for(const tls::ClientHello& hello) const {
  const bool http2 = hello.offers("h2");
  switch (services_.settings.http2) {
    case session::Http2::never:
      return {true, false};
    case session::Http2::prefer:
      return {true, true};
    case session::Http2::match:
      break;
  }
  return {!http2 || hello.offers("http/1.1"), http2};
}

// What the client is answered: what the origin chose of the same offer. Where the origin was never
// asked, because a connection was there that somebody else had opened, the client has its way.
std::string_view protocol_for(const tls::ClientHello& hello, const origin::OriginFacts& origin,
                              session::Http2 mode) {
  if (!hello.offers("h2")) return "http/1.1";
  if (!hello.offers("http/1.1") || origin.alpn == "h2") return "h2";
  return origin.offered_http2 || mode == session::Http2::never ? "http/1.1" : "h2";
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
                                          ? keys_.mirrored.of(*origin, opening.name, kind)
                                          : tls::LeafCacheKey::own(opening.name, kind);
  tls::LeafCache& cache = origin != nullptr ? keys_.leaves : keys_.own_leaves;
  std::shared_ptr<const tls::Leaf> leaf = cache.find(cache_key, services_.worker.clock().now());
  if (leaf == nullptr) {
    MintGate& gate = origin != nullptr ? keys_.mirrors : keys_.own_answers;
    // Waiting ends with the connection. What else could be given up has ended or begins later.
    io::Nursery scope(services_.worker.executor());
    const session::ClientConnection::Waiting waiting(opening.connection, opening.activity,
                                                     opening.verdict, [&scope] { scope.cancel(); });
    const bool entered = co_await gate.enter(timeouts_.leaves_per_second, scope);
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
    Opening& opening, std::shared_ptr<const tls::Leaf> leaf, std::string_view protocol,
    std::string binding) {
  Result<tls::SslPtr> ssl = keys_.context.accept(leaf->certificate, leaf->key, protocol, binding);
  if (!ssl) co_return pass_on(std::move(ssl));
  auto stream = std::make_unique<tls::TlsStream>(std::move(opening.stream), std::move(*ssl),
                                                 opening.peeked.bytes);
  std::string().swap(opening.peeked.bytes);  // Assigning an empty one would keep the memory.
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
      static_assert(static_cast<int>(tls::ClientRefusal::closed_after_certificate) ==
                    static_cast<int>(policy::ClientRefusal::closed_after_certificate));
      opening.activity.client_refusal = static_cast<policy::ClientRefusal>(refusal);
      keys_.pins.record(opening.name, refusal, opening.connection.peer.address.to_string(),
                        services_.worker.clock().now());
    }
    opening.connection.abort = [] {};
    co_return std::unexpected(std::move(error));
  }
  if (raw.resumed()) services_.worker.metrics().add(Metric::client_tls_resumed_total);
  discovery::TlsFacts& facts = opening.connection.tls;
  facts.client_version = raw.version();
  facts.client_cipher = raw.cipher();
  facts.client_alpn = raw.alpn();
  co_return stream;
}

}  // namespace sallyport::intercept
