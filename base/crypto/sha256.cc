#include "base/crypto/sha256.h"

#include <openssl/evp.h>

#include "base/core/check.h"

namespace sallyport {
namespace {

// Fetched once: OpenSSL 3 otherwise looks the algorithm up, under a lock, for every digest.
const EVP_MD* algorithm() {
  static const EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  CHECK(fetched != nullptr);
  return fetched;
}

Sha256Digest digest(const void* bytes, std::size_t size) {
  Sha256Digest out{};
  unsigned out_size = 0;
  CHECK(EVP_Digest(bytes, size, out.data(), &out_size, algorithm(), nullptr) == 1);
  CHECK(out_size == out.size());
  return out;
}

}  // namespace

Sha256Digest sha256(std::span<const std::uint8_t> bytes) {
  return digest(bytes.data(), bytes.size());
}
Sha256Digest sha256(std::string_view bytes) { return digest(bytes.data(), bytes.size()); }

struct Sha256::State {
  EVP_MD_CTX* running = EVP_MD_CTX_new();

  State() { begin(); }
  ~State() { EVP_MD_CTX_free(running); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  void begin() {
    CHECK(running != nullptr);
    CHECK(EVP_DigestInit_ex(running, algorithm(), nullptr) == 1);
  }
};

Sha256::Sha256() : state_(std::make_unique<State>()) {}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::span<const std::uint8_t> bytes) {
  CHECK(EVP_DigestUpdate(state_->running, bytes.data(), bytes.size()) == 1);
}

void Sha256::update(std::string_view bytes) {
  CHECK(EVP_DigestUpdate(state_->running, bytes.data(), bytes.size()) == 1);
}

Sha256Digest Sha256::finish() {
  Sha256Digest out{};
  unsigned size = 0;
  CHECK(EVP_DigestFinal_ex(state_->running, out.data(), &size) == 1);
  CHECK(size == out.size());
  state_->begin();
  return out;
}

Sha256 Sha256::copy() const {
  Sha256 out;
  CHECK(EVP_MD_CTX_copy_ex(out.state_->running, state_->running) == 1);
  return out;
}

}  // namespace sallyport
