#pragma once
// Sign-ins at the organisation's provider that have begun and not come back yet.
//
// What one is known by is in the browser that began it alone: a cookie, of which state, nonce and
// verifier (RFC 6749 section 10.12, OpenID Connect Core 3.1.2.1, RFC 7636) are derived with a key
// that only this process has. So beginning one costs no memory, and a state is worth nothing in
// another browser, nor after a restart.
//
// INVARIANT: take() answers once for a cookie, and only with the state that belongs to it.
// Limits: 10 minutes; 4,096 that came back within those, one more is refused (`crowded`).
// Thread rule: the desk's.

#include <array>
#include <chrono>
#include <cstdint>
#include <expected>
#include <map>
#include <string>
#include <string_view>

#include "base/crypto/sha256.h"

namespace sallyport::admin {

class SignInAttempts {
 public:
  using Moment = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::minutes kLives{10};
  static constexpr std::size_t kMostUsed = 4'096;

  SignInAttempts();

  struct Secrets {
    std::string state, nonce, verifier;  // A-Z a-z 0-9 - _, of 256 bits each
  };
  struct Begun {
    std::string cookie;
    Secrets secrets;
  };
  enum class Fault : unsigned char { none, other_state, too_old, used, crowded };

  Begun begin(Moment now);
  // `cookie` and `state` are whatever a browser sent. `none`: the cookie is none of ours.
  std::expected<Secrets, Fault> take(std::string_view cookie, std::string_view state, Moment now);

 private:
  std::string derive(std::string_view purpose, std::string_view text) const;
  Secrets secrets_of(std::string_view cookie) const;

  std::array<std::uint8_t, 32> key_;
  std::map<Sha256Digest, Moment> used_;  // cookies, until then
};

}  // namespace sallyport::admin
