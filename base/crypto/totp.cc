#include "base/crypto/totp.h"

#include <array>
#include <climits>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/core/check.h"
#include "base/core/text.h"
#include "base/crypto/base32.h"
#include "base/crypto/random.h"
#include "base/crypto/secret.h"

namespace sallyport {
namespace {

const EVP_MD* digest_of(OtpHash hash) {
  switch (hash) {
    case OtpHash::sha1:
      return EVP_sha1();
    case OtpHash::sha256:
      return EVP_sha256();
    case OtpHash::sha512:
      return EVP_sha512();
  }
  return EVP_sha1();
}

std::string_view name_of(OtpHash hash) {
  switch (hash) {
    case OtpHash::sha1:
      return "SHA1";
    case OtpHash::sha256:
      return "SHA256";
    case OtpHash::sha512:
      return "SHA512";
  }
  return "SHA1";
}

// RFC 3986 section 2.3: everything but unreserved characters.
void append_encoded(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~') {
      out += c;
    } else if (c != ':') {
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
}

}  // namespace

std::string hotp(std::string_view secret, std::uint64_t counter, const TotpSettings& settings) {
  CHECK(settings.digits >= 6 && settings.digits <= 8);
  CHECK(secret.size() <= INT_MAX);
  std::array<unsigned char, 8> message{};
  for (std::size_t i = 0; i < 8; ++i) {
    message[i] = static_cast<unsigned char>(counter >> (56 - 8 * i));
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned size = 0;
  CHECK(HMAC(digest_of(settings.hash), secret.data(), static_cast<int>(secret.size()),
             message.data(), message.size(), mac.data(), &size) != nullptr);
  // Dynamic truncation (RFC 4226 section 5.3); the longer digests are cut the same way.
  const unsigned at = mac[size - 1] & 15;
  std::uint32_t number = (mac[at] & 0x7fU) << 24 | std::uint32_t{mac[at + 1]} << 16 |
                         std::uint32_t{mac[at + 2]} << 8 | mac[at + 3];
  std::string code(static_cast<std::size_t>(settings.digits), '0');
  for (auto digit = code.rbegin(); digit != code.rend(); ++digit, number /= 10) {
    *digit = static_cast<char>('0' + number % 10);
  }
  secure_wipe(mac.data(), mac.size());
  return code;
}

std::uint64_t totp_step(Time now, const TotpSettings& settings) {
  CHECK(settings.step.count() >= 1);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
  return seconds <= 0 ? 0 : static_cast<std::uint64_t>(seconds / settings.step.count());
}

std::optional<std::uint64_t> check_totp(std::string_view secret, std::string_view code, Time now,
                                        std::uint64_t last_step, const TotpSettings& settings) {
  std::string typed;
  for (const char c : code) {
    if (c == ' ') continue;
    if (!is_digit(c) || typed.size() == 8) return std::nullopt;
    typed += c;
  }
  const std::uint64_t present = totp_step(now, settings);
  std::optional<std::uint64_t> found;
  // All three, whichever is right, so that the time tells nothing.
  for (std::uint64_t step = present == 0 ? 0 : present - 1; step <= present + 1; ++step) {
    std::string right = hotp(secret, step, settings);
    const bool same = constant_time_equal(typed, right);
    secure_wipe(right);
    if (same && step > last_step) found = step;
  }
  secure_wipe(typed);
  return found;
}

std::string new_totp_secret() {
  std::array<std::uint8_t, kTotpSecretBytes> bytes{};
  random_bytes(bytes);
  std::string secret(bytes.begin(), bytes.end());
  secure_wipe(bytes.data(), bytes.size());
  return secret;
}

std::string otpauth_uri(std::string_view issuer, std::string_view account, std::string_view secret,
                        const TotpSettings& settings) {
  std::string uri = "otpauth://totp/";
  if (!issuer.empty()) {
    append_encoded(uri, issuer);
    uri += ':';
  }
  append_encoded(uri, account);
  uri += "?secret=" + base32_encode(secret);
  if (!issuer.empty()) {
    uri += "&issuer=";
    append_encoded(uri, issuer);
  }
  // What is the default anyway stays out: it makes the picture finer, and some readers stumble.
  const TotpSettings common;
  if (settings.hash != common.hash) uri += "&algorithm=" + std::string(name_of(settings.hash));
  if (settings.digits != common.digits) uri += "&digits=" + std::to_string(settings.digits);
  if (settings.step != common.step) uri += "&period=" + std::to_string(settings.step.count());
  return uri;
}

}  // namespace sallyport
