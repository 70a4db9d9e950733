#include "tls/cert/key.h"

#include <array>
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "base/core/check.h"
#include "base/core/text.h"

namespace sallyport::tls {

namespace {

// OpenSSL's own callback would ask on the terminal.
int refuse_passphrase(char*, int, int, void*) { return -1; }

}  // namespace

std::string_view to_string(KeyKind kind) {
  switch (kind) {
    case KeyKind::ecdsa_p256:
      return "ecdsa_p256";
    case KeyKind::rsa_2048:
      return "rsa_2048";
    case KeyKind::other:
      return "other";
  }
  return "other";
}

PrivateKey::PrivateKey(const PrivateKey& other) : key_(other.key_.get()) {
  if (key_) EVP_PKEY_up_ref(key_.get());
}

PrivateKey& PrivateKey::operator=(const PrivateKey& other) {
  PrivateKey copy(other);
  key_.swap(copy.key_);
  return *this;
}

Result<PrivateKey> PrivateKey::generate(KeyKind kind) {
  CHECK(kind != KeyKind::other);
  KeyPtr key(kind == KeyKind::ecdsa_p256 ? EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")
                                         : EVP_RSA_gen(2048));
  if (!key) return fail(ErrorKind::unavailable, Side::ours, "no new key: " + openssl_errors());
  return adopt(std::move(key));
}

Result<PrivateKey> PrivateKey::from_pem(std::string_view pem) {
  if (pem.size() > kMaxPem) {
    return fail(ErrorKind::limit, Side::ours, "a private key of more than 64 KiB");
  }
  const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  if (!bio) return fail(ErrorKind::unavailable, Side::ours, openssl_errors());
  KeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, refuse_passphrase, nullptr));
  if (!key) {
    const std::string why = openssl_errors();
    return fail(ErrorKind::invalid, Side::ours, "no unencrypted private key in PEM: " + why);
  }
  openssl_errors();  // Decoders that were tried in vain leave entries.
  return adopt(std::move(key));
}

PrivateKey PrivateKey::adopt(KeyPtr key) {
  PrivateKey adopted;
  adopted.key_ = std::move(key);
  return adopted;
}

Result<std::string> PrivateKey::to_pem() const {
  CHECK(!empty());
  const BioPtr bio(BIO_new(BIO_s_mem()));  // Wipes its buffer when freed.
  if (!bio || PEM_write_bio_PKCS8PrivateKey(bio.get(), key_.get(), nullptr, nullptr, 0, nullptr,
                                            nullptr) != 1) {
    return fail(ErrorKind::unavailable, Side::ours, "cannot write a key: " + openssl_errors());
  }
  const char* text = nullptr;
  const auto size = BIO_get_mem_data(bio.get(), &text);
  return std::string(text, static_cast<std::size_t>(size));
}

KeyKind PrivateKey::kind() const {
  if (empty()) return KeyKind::other;
  const ErrorMark mark;
  if (EVP_PKEY_is_a(key_.get(), "RSA") && EVP_PKEY_get_bits(key_.get()) == 2048) {
    return KeyKind::rsa_2048;
  }
  std::array<char, 64> group{};
  std::size_t size = 0;
  if (EVP_PKEY_is_a(key_.get(), "EC") &&
      EVP_PKEY_get_group_name(key_.get(), group.data(), group.size(), &size) == 1 &&
      std::string_view(group.data(), size) == "prime256v1") {
    return KeyKind::ecdsa_p256;
  }
  return KeyKind::other;
}

std::string PrivateKey::public_key_sha256() const {
  if (empty()) return {};
  const ErrorMark mark;
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key_.get(), &der);
  if (size <= 0) return {};
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int digest_size = 0;
  const int ok = EVP_Digest(der, static_cast<std::size_t>(size), digest.data(), &digest_size,
                            EVP_sha256(), nullptr);
  OPENSSL_free(der);
  return ok == 1 ? to_hex(digest.data(), digest_size) : std::string();
}

bool PrivateKey::same_public_key(evp_pkey_st* other) const {
  const ErrorMark mark;
  return !empty() && other != nullptr && EVP_PKEY_eq(key_.get(), other) == 1;
}

void wipe(std::string& secret) {
  OPENSSL_cleanse(secret.data(), secret.size());
  secret.clear();
}

}  // namespace sallyport::tls
