#include "proxy/admin/sign_in_attempts.h"

#include <charconv>

#include "base/core/text.h"
#include "base/crypto/base64.h"
#include "base/crypto/hmac.h"
#include "base/crypto/random.h"
#include "base/crypto/secret.h"

// A cookie: 32 hex digits at random, '.', the second of the steady clock in which it was made, '.',
// an HMAC-SHA-256 of what stands before it.

namespace sallyport::admin {

namespace {

constexpr std::size_t kLongestCookie = 128;  // bytes

std::int64_t second_of(SignInAttempts::Moment now) {
  return std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
}

}  // namespace

SignInAttempts::SignInAttempts() { random_bytes(key_); }

std::string SignInAttempts::derive(std::string_view purpose, std::string_view text) const {
  std::string bytes(purpose);
  bytes += '\0';  // no purpose has one, so no two pairs make the same bytes
  bytes += text;
  return base64url_encode(hmac_sha256(std::span<const std::uint8_t>(key_), bytes));
}

SignInAttempts::Secrets SignInAttempts::secrets_of(std::string_view cookie) const {
  return {derive("state", cookie), derive("nonce", cookie), derive("verifier", cookie)};
}

SignInAttempts::Begun SignInAttempts::begin(Moment now) {
  std::array<std::uint8_t, 16> bytes;
  random_bytes(bytes);
  std::string cookie =
      to_hex(bytes.data(), bytes.size()) + '.' + std::to_string(second_of(now)) + '.';
  cookie += derive("cookie", cookie);
  Secrets secrets = secrets_of(cookie);
  return {std::move(cookie), std::move(secrets)};
}

std::expected<SignInAttempts::Secrets, SignInAttempts::Fault> SignInAttempts::take(
    std::string_view cookie, std::string_view state, Moment now) {
  const std::size_t first = cookie.find('.');
  const std::size_t last = cookie.rfind('.');
  if (cookie.size() > kLongestCookie || first == cookie.npos || last == first) {
    return std::unexpected(Fault::none);
  }
  if (!constant_time_equal(cookie.substr(last + 1), derive("cookie", cookie.substr(0, last + 1)))) {
    return std::unexpected(Fault::none);
  }
  // Ours, as it was made.
  std::int64_t made = 0;
  std::from_chars(cookie.data() + first + 1, cookie.data() + last, made);
  if (std::chrono::seconds(second_of(now) - made) >= kLives) {
    return std::unexpected(Fault::too_old);
  }
  Secrets secrets = secrets_of(cookie);
  if (!constant_time_equal(state, secrets.state)) return std::unexpected(Fault::other_state);
  const Sha256Digest digest = sha256(cookie);
  if (used_.contains(digest)) return std::unexpected(Fault::used);
  if (used_.size() >= kMostUsed) {
    std::erase_if(used_, [now](const auto& one) { return one.second <= now; });
    if (used_.size() >= kMostUsed) return std::unexpected(Fault::crowded);
  }
  used_.emplace(digest, now + kLives);
  return secrets;
}

}  // namespace sallyport::admin
