#pragma once
// ID Tokens of OpenID Connect: whether one is to be believed (OpenID Connect Core 1.0 section
// 3.1.3.7), and the keys it is held against (RFC 7517).
//
// INVARIANT: a token is believed only if a key of the provider signed it with that key's own
// algorithm, RS256 or ES256: "none" and every HS* are refused, whatever the token says; if issuer,
// audience and nonce are exactly those expected; and within its time.
//
// Pure: from any thread. Bytes are the provider's, or somebody's who poses as it.

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/clock.h"
#include "base/crypto/jws_key.h"

namespace sallyport::portal {

// A provider's keys, from its jwks_uri.
class KeySet {
 public:
  static constexpr std::size_t kMostKeys = 64;

  // Nothing where the text is no key set. Keys that are not for signing, or of a kind that we do
  // not take, are left out.
  static std::optional<KeySet> parse(std::string_view json);

  // The key of that id and algorithm; without an id the only one of that algorithm.
  const JwsKey* find(const std::optional<std::string>& id, JwsKey::Algorithm algorithm) const;
  std::size_t size() const { return keys_.size(); }

 private:
  struct Named {
    std::optional<std::string> id;
    JwsKey key;
  };
  std::vector<Named> keys_;
};

struct ExpectedToken {
  std::string issuer;
  std::string client_id;
  std::string nonce;
  std::string user_claim = "preferred_username";  // where the user's name stands
  // auth_time may not be longer ago; nothing: it is not asked for
  std::optional<std::chrono::seconds> signed_in_within{600};
  std::vector<std::string> acr;  // one of them, where there are any
  std::string roles_claim;       // a text or texts that are told (TokenUser::roles); "": none
};

struct TokenUser {
  std::string subject;
  std::string name;                // the value of user_claim
  std::vector<std::string> roles;  // those of roles_claim; none where it is not there
};

inline constexpr std::size_t kLongestToken = 16 * 1024;  // bytes

// Whose it is, or why it is not believed, in words for the administrator.
std::expected<TokenUser, std::string> check_id_token(std::string_view token, const KeySet& keys,
                                                     const ExpectedToken& expected, Time now);

// The key id that a token names, without believing anything of it: for whoever may have to fetch
// newer keys.
std::optional<std::string> key_id_of(std::string_view token);

}  // namespace sallyport::portal
