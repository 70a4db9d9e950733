#pragma once
// What both TLS legs are allowed to be, in two objects of which each worker has its own
// (OpenSSL 3.0's shared contexts cost locks).
//
// TLS 1.2 and 1.3, security level 2, X25519 then P-256 and P-384; forward secrecy and AEAD only; no
// compression, no renegotiation, no 0-RTT.
//
// Sessions are resumed on both legs, and nothing is skipped for it but the proof by signature: a
// client's ticket is good only for the same name, port and certificate of the origin (`binding`),
// after policy, origin and certificate were looked at as for any connection; an origin's chain is
// judged again (session_cache.h).

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/host.h"
#include "base/core/result.h"
#include "tls/cert/certificate.h"
#include "tls/cert/key.h"
#include "tls/cert/openssl.h"
#include "tls/stream/session_cache.h"
#include "tls/stream/ticket_keys.h"

namespace sallyport::tls {

// The leg to the client.
class ServerContext {
 public:
  // `tickets` outlive it; without, nothing is resumed.
  static Result<std::unique_ptr<ServerContext>> make(std::shared_ptr<TicketKeys> tickets = nullptr);

  // A connection that shows `certificate`. `alpn`: the one protocol to choose where the client
  // offers it, "" for none; a client that offers others only is refused (RFC 7301 section 3.2).
  // `binding`: what a resumed session must have in common with the one that it resumes; "" for no
  // resumption. `chain`: what is sent behind the certificate.
  Result<SslPtr> accept(const Certificate& certificate, const PrivateKey& key,
                        std::string_view alpn, std::string_view binding = {},
                        std::span<const Certificate> chain = {}) const;

  // The client is asked for a certificate of one of `authorities`; it may show none. Whether what
  // it shows is believed is decided after the handshake (tls/verify/client_authorities.h).
  // REQUIRES: `ssl` is of accept(), without a binding.
  static Result<void> ask_for_certificate(ssl_st* ssl, std::span<const Certificate> authorities);

 private:
  ServerContext(SslCtxPtr context, std::shared_ptr<TicketKeys> tickets)
      : tickets_(std::move(tickets)), context_(std::move(context)) {}
  std::shared_ptr<TicketKeys> tickets_;
  SslCtxPtr context_;
};

// The leg to the origin. Whether the chain is believed is decided after the handshake and before
// the first byte of a request, by Verifier: OpenSSL's own check is off, so that there is one judge.
class ClientContext {
 public:
  static Result<std::unique_ptr<ClientContext>> make();

  // SNI for names, none for addresses. `alpn`: what to offer, in order; none where empty.
  // `sessions` with its key: where sessions are taken from and kept.
  Result<SslPtr> connect(const Host& host, const std::vector<std::string>& alpn,
                         SessionCache* sessions = nullptr, const std::string& key = {}) const;

 private:
  explicit ClientContext(SslCtxPtr context) : context_(std::move(context)) {}
  SslCtxPtr context_;
};

}  // namespace sallyport::tls
