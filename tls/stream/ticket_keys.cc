#include "tls/stream/ticket_keys.h"

#include <cstring>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/ssl.h>

#include "base/core/check.h"
#include "base/crypto/random.h"

namespace sallyport::tls {

namespace {

constexpr std::size_t kIv = 16;  // bytes, of AES-CBC

int keys_index() {
  static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

void fill(TicketKeys::Key& key) {
  random_bytes(key.name);
  random_bytes(key.cipher);
  random_bytes(key.mac);
}

// Fetched once: OpenSSL 3 otherwise looks the algorithm up, under a lock, for every ticket.
const EVP_CIPHER* algorithm() {
  static const EVP_CIPHER* const fetched = EVP_CIPHER_fetch(nullptr, "AES-256-CBC", nullptr);
  CHECK(fetched != nullptr);
  return fetched;
}

bool set_mac(EVP_MAC_CTX* context, TicketKeys::Key& key) {
  char digest[] = "SHA256";
  const OSSL_PARAM params[] = {
      OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key.mac.data(), key.mac.size()),
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
      OSSL_PARAM_construct_end()};
  return EVP_MAC_CTX_set_params(context, params) == 1;
}

// 1: made; 2: read, and a new one is due, because a client uses each once (RFC 8446 appendix C.4);
// 0: not ours any more, so a full handshake; -1: failed.
int handle(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
           EVP_MAC_CTX* mac, int encrypt) {
  auto* keys = static_cast<TicketKeys*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), keys_index()));
  TicketKeys::Key key;
  int result = -1;
  if (encrypt != 0) {
    key = keys->current();
    std::memcpy(name, key.name.data(), key.name.size());
    random_bytes({iv, kIv});
    if (EVP_EncryptInit_ex(cipher, algorithm(), nullptr, key.cipher.data(), iv) == 1 &&
        set_mac(mac, key)) {
      result = 1;
    }
  } else if (!keys->find(name, key)) {
    result = 0;
  } else if (EVP_DecryptInit_ex(cipher, algorithm(), nullptr, key.cipher.data(), iv) == 1 &&
             set_mac(mac, key)) {
    result = 2;
  }
  OPENSSL_cleanse(&key, sizeof key);
  return result;
}

}  // namespace

TicketKeys::TicketKeys(const Clock& clock) : clock_(clock), since_(clock.steady()) {
  fill(current_);
  fill(previous_);
}

TicketKeys::~TicketKeys() {
  OPENSSL_cleanse(&current_, sizeof current_);
  OPENSSL_cleanse(&previous_, sizeof previous_);
}

void TicketKeys::serve(ssl_ctx_st* context) {
  CHECK(SSL_CTX_set_ex_data(context, keys_index(), this) == 1);
  SSL_CTX_set_tlsext_ticket_key_evp_cb(context, handle);
}

void TicketKeys::turn() {
  const auto now = clock_.steady();
  if (now - since_ < kTurn) return;
  // After a long silence neither is fit to read with.
  if (now - since_ >= 2 * kTurn) fill(current_);
  previous_ = current_;
  fill(current_);
  since_ = now;
}

TicketKeys::Key TicketKeys::current() {
  const std::lock_guard lock(mutex_);
  turn();
  return current_;
}

bool TicketKeys::find(const std::uint8_t* name, Key& key) {
  const std::lock_guard lock(mutex_);
  turn();
  for (const Key* one : {&current_, &previous_}) {
    if (std::memcmp(one->name.data(), name, one->name.size()) != 0) continue;
    key = *one;
    return true;
  }
  return false;
}

}  // namespace sallyport::tls
