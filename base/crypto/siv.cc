#include "base/crypto/siv.h"

#include <algorithm>
#include <array>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "base/core/check.h"

namespace sallyport {
namespace {

using Cipher = std::unique_ptr<EVP_CIPHER, decltype(&EVP_CIPHER_free)>;
using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

struct SivKey::Parts {
  std::array<unsigned char, kSize> key{};
  Cipher cipher{EVP_CIPHER_fetch(nullptr, "AES-256-SIV", nullptr), EVP_CIPHER_free};

  explicit Parts(std::string_view bytes) {
    CHECK(bytes.size() == kSize);
    CHECK(cipher != nullptr);
    std::copy_n(bytes_of(bytes), kSize, key.begin());
  }
  ~Parts() { OPENSSL_cleanse(key.data(), key.size()); }
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;
};

SivKey::SivKey(std::string_view key) : parts_(std::make_unique<const Parts>(key)) {}

SivKey::~SivKey() = default;

std::string SivKey::seal(std::string_view context, std::string_view text) const {
  CHECK(!context.empty() && !text.empty() && text.size() <= 1U << 30);
  const Context state(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  CHECK(state != nullptr);
  CHECK(EVP_EncryptInit_ex2(state.get(), parts_->cipher.get(), parts_->key.data(), nullptr,
                            nullptr) == 1);
  int size = 0;
  CHECK(EVP_EncryptUpdate(state.get(), nullptr, &size, bytes_of(context),
                          static_cast<int>(context.size())) == 1);
  std::string sealed(kTag + text.size(), '\0');
  auto* const out = reinterpret_cast<unsigned char*>(sealed.data());
  CHECK(EVP_EncryptUpdate(state.get(), out + kTag, &size, bytes_of(text),
                          static_cast<int>(text.size())) == 1);
  CHECK(static_cast<std::size_t>(size) == text.size());
  CHECK(EVP_EncryptFinal_ex(state.get(), out + kTag + size, &size) == 1);
  CHECK(EVP_CIPHER_CTX_ctrl(state.get(), EVP_CTRL_AEAD_GET_TAG, kTag, out) == 1);
  return sealed;
}

std::optional<std::string> SivKey::open(std::string_view context, std::string_view sealed) const {
  if (context.empty() || sealed.size() <= kTag || sealed.size() > 1U << 30) return std::nullopt;
  const Context state(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  CHECK(state != nullptr);
  CHECK(EVP_DecryptInit_ex2(state.get(), parts_->cipher.get(), parts_->key.data(), nullptr,
                            nullptr) == 1);
  std::array<unsigned char, kTag> tag;
  std::copy_n(bytes_of(sealed), kTag, tag.begin());
  CHECK(EVP_CIPHER_CTX_ctrl(state.get(), EVP_CTRL_AEAD_SET_TAG, kTag, tag.data()) == 1);
  int size = 0;
  CHECK(EVP_DecryptUpdate(state.get(), nullptr, &size, bytes_of(context),
                          static_cast<int>(context.size())) == 1);
  std::string text(sealed.size() - kTag, '\0');
  auto* const out = reinterpret_cast<unsigned char*>(text.data());
  // The tag is looked at here already.
  const bool right = EVP_DecryptUpdate(state.get(), out, &size, bytes_of(sealed.substr(kTag)),
                                       static_cast<int>(text.size())) == 1 &&
                     static_cast<std::size_t>(size) == text.size() &&
                     EVP_DecryptFinal_ex(state.get(), out + size, &size) == 1;
  if (!right) return std::nullopt;
  return text;
}

}  // namespace sallyport
