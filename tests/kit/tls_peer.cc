#include "tests/kit/tls_peer.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <utility>

namespace sallyport::testkit {

namespace {

// The first of ours that is offered; none of them is no answer.
int choose(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* offered,
           unsigned size, void* data) {
  for (const std::string& mine : *static_cast<const std::vector<std::string>*>(data)) {
    for (unsigned at = 0; at < size; at += offered[at] + 1u) {
      if (std::string_view(reinterpret_cast<const char*>(offered) + at + 1, offered[at]) == mine) {
        *out = offered + at + 1;
        *out_size = offered[at];
        return SSL_TLSEXT_ERR_OK;
      }
    }
  }
  return SSL_TLSEXT_ERR_NOACK;
}

}  // namespace

TlsPeer::TlsPeer(PeerPipes pipes, const Options& options) : pipes_(std::move(pipes)) {
  context_ = SSL_CTX_new(options.server ? TLS_server_method() : TLS_client_method());
  SSL_CTX_set_security_level(context_, 0);  // Bad certificates are the point of some tests.
  if (options.max_version != 0) SSL_CTX_set_max_proto_version(context_, options.max_version);
  if (!options.sigalgs.empty()) SSL_CTX_set1_sigalgs_list(context_, options.sigalgs.c_str());
  if (options.server) {
    SSL_CTX_set_num_tickets(context_, options.tickets ? 2 : 0);
    if (options.tickets) {
      unsigned char keys[80] = {1, 2, 3};
      SSL_CTX_set_tlsext_ticket_keys(context_, keys, sizeof keys);
    }
    chosen_ = options.alpn;
    SSL_CTX_set_alpn_select_cb(context_, choose, &chosen_);
    SSL_CTX_use_certificate(context_, options.chain.front().certificate.native());
    SSL_CTX_use_PrivateKey(context_, options.chain.front().key.native());
    for (std::size_t i = 1; i < options.chain.size(); ++i) {
      SSL_CTX_add1_chain_cert(context_, options.chain[i].certificate.native());
    }
  }
  ssl_ = SSL_new(context_);
  SSL_set_bio(ssl_, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  if (options.server) {
    if (!options.staple.empty()) {
      auto* copy =
          static_cast<unsigned char*>(OPENSSL_memdup(options.staple.data(), options.staple.size()));
      SSL_set_tlsext_status_ocsp_resp(ssl_, copy, static_cast<long>(options.staple.size()));
      SSL_CTX_set_tlsext_status_cb(
          context_, +[](SSL*, void*) { return SSL_TLSEXT_ERR_OK; });
    }
    SSL_set_accept_state(ssl_);
  } else {
    if (!options.server_name.empty()) SSL_set_tlsext_host_name(ssl_, options.server_name.c_str());
    std::string list;
    for (const std::string& protocol : options.alpn) {
      list += static_cast<char>(protocol.size());
      list += protocol;
    }
    if (!list.empty()) {
      SSL_set_alpn_protos(ssl_, reinterpret_cast<const unsigned char*>(list.data()),
                          static_cast<unsigned>(list.size()));
    }
    if (options.verify) SSL_set_verify(ssl_, SSL_VERIFY_PEER, nullptr);
    SSL_set_connect_state(ssl_);
    if (options.session) SSL_set_session(ssl_, options.session.get());
  }
}

TlsPeer::~TlsPeer() {
  SSL_set_shutdown(ssl_, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);  // Keeps its session.
  SSL_free(ssl_);
  SSL_CTX_free(context_);
}

bool TlsPeer::turn() {
  bool moved = false;
  std::string& in = pipes_.from_system->bytes;
  if (!in.empty()) {
    BIO_write(SSL_get_rbio(ssl_), in.data(), static_cast<int>(in.size()));
    in.clear();
    pipes_.from_system->wake();
    moved = true;
  }
  if (!established_ && !failed_) {
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl_);
    if (result == 1) {
      established_ = true;
      moved = true;
    } else if (SSL_get_error(ssl_, result) != SSL_ERROR_WANT_READ) {
      failed_ = true;
      moved = true;
    } else if (pipes_.from_system->broken || pipes_.from_system->ended) {
      if (!failed_) moved = true;
      failed_ = true;
    }
  }
  if (established_ && !waiting_.empty()) {
    ERR_clear_error();
    SSL_write(ssl_, waiting_.data(), static_cast<int>(waiting_.size()));
    waiting_.clear();
  }
  if (established_) {
    char block[16 * 1024];
    while (true) {
      ERR_clear_error();
      const int got = SSL_read(ssl_, block, sizeof block);
      if (got <= 0) {
        if (SSL_get_error(ssl_, got) == SSL_ERROR_ZERO_RETURN) peer_ended_ = true;
        break;
      }
      heard_.append(block, static_cast<std::size_t>(got));
      moved = true;
    }
    if (ended_ && !(SSL_get_shutdown(ssl_) & SSL_SENT_SHUTDOWN)) SSL_shutdown(ssl_);
  }
  if (pipes_.from_system->broken || pipes_.from_system->ended) peer_ended_ = true;
  char block[16 * 1024];
  int got = 0;
  while ((got = BIO_read(SSL_get_wbio(ssl_), block, sizeof block)) > 0) {
    pipes_.to_system->bytes.append(block, static_cast<std::size_t>(got));
    moved = true;
  }
  if (ended_ && established_ && !pipes_.to_system->ended) {
    pipes_.to_system->ended = true;
    moved = true;
  }
  if (moved) pipes_.to_system->wake();
  ERR_clear_error();
  return moved;
}

void TlsPeer::write(std::string_view text) { waiting_ += text; }

std::string TlsPeer::take() { return std::exchange(heard_, {}); }

void TlsPeer::end() { ended_ = true; }

tls::Certificate TlsPeer::peer_certificate() const {
  X509* certificate = SSL_get0_peer_certificate(ssl_);
  return certificate != nullptr ? tls::Certificate::share(certificate) : tls::Certificate();
}

bool TlsPeer::resumed() const { return SSL_session_reused(ssl_) == 1; }

std::shared_ptr<ssl_session_st> TlsPeer::session() const {
  return {SSL_get1_session(ssl_), SSL_SESSION_free};
}

std::string TlsPeer::alpn() const {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl_, &name, &size);
  return {reinterpret_cast<const char*>(name), size};
}

}  // namespace sallyport::testkit
