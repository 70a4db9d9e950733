#include "proxy/intercept/proxy_tls.h"

#include <utility>

#include "base/io/deadline.h"
#include "tls/verify/client_authorities.h"

namespace sallyport::intercept {
namespace {

Result<std::shared_ptr<const tls::Leaf>> leaf_of(const session::Services& services,
                                                 const Keys& keys, const Host& name, bool ecdsa) {
  const tls::PrivateKey* key = ecdsa ? &keys.leaf_keys->ecdsa() : keys.leaf_keys->rsa();
  if (key == nullptr) {
    return fail(ErrorKind::unavailable, Side::ours, "the RSA key for leaves is not made yet");
  }
  const auto kind = ecdsa ? tls::KeyKind::ecdsa_p256 : tls::KeyKind::rsa_2048;
  const tls::LeafCacheKey at = tls::LeafCacheKey::own(name, kind);
  const Time now = services.worker.clock().now();
  if (auto known = keys.own_leaves.find(at, now)) return known;
  // No gate: of names there are our own and our addresses alone.
  Result<std::shared_ptr<const tls::Leaf>> minted =
      tls::mint(*keys.authority, tls::own_answer(name, now), *key, now, keys.crl_url);
  if (minted) keys.own_leaves.insert(at, *minted);
  return minted;
}

}  // namespace

Task<Result<std::unique_ptr<io::ByteStream>>> open_proxy_tls(
    const session::Services& services, const Keys& keys, const Timeouts& timeouts,
    session::ClientConnection& connection, std::unique_ptr<io::ByteStream> stream) {
  MetricSet& metrics = services.worker.metrics();
  io::ByteStream* below = stream.get();
  io::Deadline patience(services.worker.deadlines(), [below] { below->close(); });
  connection.drain = [below] { below->close(); };  // Nothing has begun yet.
  patience.set(timeouts.hello);
  Peeked peeked = co_await peek(*below, {});
  if (peeked.state != tls::PeekResult::State::complete) {
    connection.drain = nullptr;
    connection.abort = [] {};  // What it would end goes with us.
    metrics.add(Metric::client_tls_failures_total);
    if (patience.expired()) metrics.add(Metric::client_handshakes_timed_out_total);
    co_return fail(ErrorKind::invalid, Side::client, "no TLS, where the listener wants it");
  }
  std::optional<Host> name = Host::parse(services.settings.gateway_name);
  if (peeked.hello.server_name.empty() || !name)
    name = Host::from_address(connection.local.address);
  auto leaf = leaf_of(services, keys, *name, peeked.hello.offers_ecdsa());
  Result<tls::SslPtr> ssl =
      leaf ? keys.context.accept((*leaf)->certificate, (*leaf)->key, "http/1.1")
           : std::unexpected(leaf.error());
  const std::shared_ptr<const tls::ClientAuthorities> devices = services.snapshots.pin()->devices;
  if (ssl && devices != nullptr) {
    const Result<void> asked =
        tls::ServerContext::ask_for_certificate(ssl->get(), devices->authorities());
    if (!asked) ssl = std::unexpected(asked.error());
  }
  if (!ssl) {
    connection.drain = nullptr;
    connection.abort = [] {};  // What it would end goes with us.
    metrics.add(Metric::client_tls_failures_total);
    co_return pass_on(std::move(ssl));
  }
  auto opened = std::make_unique<tls::TlsStream>(std::move(stream), std::move(*ssl), peeked.bytes);
  tls::TlsStream& raw = *opened;
  connection.abort = [&raw] { raw.reset(); };
  patience.set(timeouts.handshake);
  const Result<void> shaken = co_await opened->handshake();
  connection.drain = nullptr;
  if (!shaken) {
    metrics.add(Metric::client_tls_failures_total);
    if (patience.expired()) metrics.add(Metric::client_handshakes_timed_out_total);
    connection.abort = [] {};
    co_return std::unexpected(shaken.error());
  }
  if (devices != nullptr) connection.device_chain = raw.peer_chain();
  co_return std::unique_ptr<io::ByteStream>(std::move(opened));
}

}  // namespace sallyport::intercept
