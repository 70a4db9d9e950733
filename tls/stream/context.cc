#include "tls/stream/context.h"

#include <cstring>
#include <openssl/ssl.h>

#include "base/crypto/sha256.h"

namespace sallyport::tls {

namespace {

// Forward secrecy and AEAD, what current browsers offer (safety.md B3 rows 3 and 31).
constexpr const char* kSuites12 =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr const char* kSuites13 =
    "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
constexpr const char* kGroups = "X25519:P-256:P-384";
// The origin may sign with these; SHA-1 is not among them.
constexpr const char* kSignatures =
    "ECDSA+SHA256:RSA-PSS+SHA256:RSA+SHA256:ECDSA+SHA384:RSA-PSS+SHA384:RSA+SHA384:RSA-PSS+SHA512:"
    "RSA+SHA512:ed25519";

int stored_protocol_index() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

// The protocols that accept() may choose; the ex_data of an SSL points into this list.
// Bytes of a peer's chain; real ones have a few thousand. Larger ends the handshake.
constexpr long kMostCertificates = 64 * 1024;
constexpr const char* kKnownProtocols[] = {"http/1.1", "h2"};

int choose_protocol(SSL* ssl, const unsigned char** out, unsigned char* out_size,
                    const unsigned char* offered, unsigned size, void*) {
  const auto* wanted = static_cast<const char*>(SSL_get_ex_data(ssl, stored_protocol_index()));
  if (wanted == nullptr) return SSL_TLSEXT_ERR_NOACK;
  const std::size_t length = std::strlen(wanted);
  for (unsigned at = 0; at < size; at += offered[at] + 1u) {
    if (offered[at] == length && at + 1 + length <= size &&
        std::memcmp(offered + at + 1, wanted, length) == 0) {
      *out = offered + at + 1;
      *out_size = offered[at];
      return SSL_TLSEXT_ERR_OK;
    }
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

// OpenSSL's own judgement of a client's certificate ends the handshake, and knows one store alone.
int believe_later(X509_STORE_CTX*, void*) { return 1; }

Result<SslCtxPtr> make_context(const SSL_METHOD* method) {
  SslCtxPtr context(SSL_CTX_new(method));
  if (!context) return fail(ErrorKind::unavailable, Side::ours, openssl_errors());
  SSL_CTX* raw = context.get();
  SSL_CTX_set_security_level(raw, 2);
  SSL_CTX_set_options(
      raw, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(raw, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                            SSL_MODE_AUTO_RETRY);  // buffers: TlsStream::release_idle_buffers()
  SSL_CTX_set_max_early_data(raw, 0);
  if (SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION) != 1 ||
      SSL_CTX_set_cipher_list(raw, kSuites12) != 1 ||
      SSL_CTX_set_ciphersuites(raw, kSuites13) != 1 ||
      SSL_CTX_set1_groups_list(raw, kGroups) != 1) {
    return fail(ErrorKind::unavailable, Side::ours, openssl_errors());
  }
  return context;
}

}  // namespace

Result<std::unique_ptr<ServerContext>> ServerContext::make(std::shared_ptr<TicketKeys> tickets) {
  Result<SslCtxPtr> context = make_context(TLS_server_method());
  if (!context) return pass_on(std::move(context));
  // The leaf alone is sent (its issuer is the root that clients trust, RFC 8446 section 4.4.2).
  // Otherwise OpenSSL would look for a chain in an empty store, by a whole verification for each
  // handshake.
  SSL_CTX_set_mode(context->get(), SSL_MODE_NO_AUTO_CHAIN);
  SSL_CTX* raw = context->get();
  if (tickets != nullptr) {
    tickets->serve(raw);
    SSL_CTX_set_num_tickets(raw, 1);
    SSL_CTX_set_timeout(raw, std::chrono::seconds(2 * TicketKeys::kTurn).count());
  } else {
    SSL_CTX_set_num_tickets(raw, 0);
    SSL_CTX_set_options(raw, SSL_OP_NO_TICKET);
  }
  SSL_CTX_set_alpn_select_cb(raw, choose_protocol, nullptr);
  SSL_CTX_set_cert_verify_callback(raw, believe_later, nullptr);
  return std::unique_ptr<ServerContext>(new ServerContext(std::move(*context), std::move(tickets)));
}

Result<SslPtr> ServerContext::accept(const Certificate& certificate, const PrivateKey& key,
                                     std::string_view alpn, std::string_view binding,
                                     std::span<const Certificate> chain) const {
  SslPtr ssl(SSL_new(context_.get()));
  if (!ssl || SSL_use_certificate(ssl.get(), certificate.native()) != 1 ||
      SSL_use_PrivateKey(ssl.get(), key.native()) != 1) {
    return fail(ErrorKind::unavailable, Side::ours, openssl_errors());
  }
  for (const Certificate& one : chain) {
    if (SSL_add1_chain_cert(ssl.get(), one.native()) != 1) {
      return fail(ErrorKind::unavailable, Side::ours, openssl_errors());
    }
  }
  if (binding.empty() || tickets_ == nullptr) {
    SSL_set_num_tickets(ssl.get(), 0);
    SSL_set_options(ssl.get(), SSL_OP_NO_TICKET);
  } else {
    static_assert(std::tuple_size_v<Sha256Digest> <= SSL_MAX_SID_CTX_LENGTH);
    const Sha256Digest digest = sha256(binding);
    SSL_set_session_id_context(ssl.get(), digest.data(), static_cast<unsigned>(digest.size()));
  }
  for (const char* known : kKnownProtocols) {
    if (alpn == known) {
      SSL_set_ex_data(ssl.get(), stored_protocol_index(), const_cast<char*>(known));
    }
  }
  SSL_set_accept_state(ssl.get());
  return ssl;
}

Result<void> ServerContext::ask_for_certificate(SSL* ssl,
                                                std::span<const Certificate> authorities) {
  for (const Certificate& authority : authorities) {
    if (SSL_add_client_CA(ssl, authority.native()) != 1) {
      return fail(ErrorKind::unavailable, Side::ours, openssl_errors());
    }
  }
  SSL_set_max_cert_list(ssl, kMostCertificates);
  SSL_set_verify(ssl, SSL_VERIFY_PEER, nullptr);  // judged by believe_later()
  return {};
}

Result<std::unique_ptr<ClientContext>> ClientContext::make() {
  Result<SslCtxPtr> context = make_context(TLS_client_method());
  if (!context) return pass_on(std::move(context));
  SSL_CTX* raw = context->get();
  SSL_CTX_set_verify(raw, SSL_VERIFY_NONE, nullptr);
  SessionCache::enable(raw);
  SSL_CTX_set_max_cert_list(raw, kMostCertificates);
  if (SSL_CTX_set1_sigalgs_list(raw, kSignatures) != 1 ||
      SSL_CTX_set_tlsext_status_type(raw, TLSEXT_STATUSTYPE_ocsp) != 1) {
    return fail(ErrorKind::unavailable, Side::ours, openssl_errors());
  }
  return std::unique_ptr<ClientContext>(new ClientContext(std::move(*context)));
}

Result<SslPtr> ClientContext::connect(const Host& host, const std::vector<std::string>& alpn,
                                      SessionCache* sessions, const std::string& key) const {
  SslPtr ssl(SSL_new(context_.get()));
  if (!ssl) return fail(ErrorKind::unavailable, Side::ours, openssl_errors());
  // RFC 6066 section 3: no literal addresses in server_name.
  if (!host.is_address() && SSL_set_tlsext_host_name(ssl.get(), host.text().c_str()) != 1) {
    return fail(ErrorKind::unavailable, Side::ours, openssl_errors());
  }
  if (!alpn.empty()) {
    std::string list;
    for (const std::string& protocol : alpn) {
      list += static_cast<char>(protocol.size());
      list += protocol;
    }
    if (SSL_set_alpn_protos(ssl.get(), reinterpret_cast<const unsigned char*>(list.data()),
                            static_cast<unsigned>(list.size())) != 0) {
      return fail(ErrorKind::unavailable, Side::ours, openssl_errors());
    }
  }
  SSL_set_connect_state(ssl.get());
  if (sessions != nullptr) sessions->serve(ssl.get(), key);
  return ssl;
}

}  // namespace sallyport::tls
