#pragma once
// A relying party of one OpenID provider: authorization code with PKCE (OpenID Connect Core 1.0
// section 3.1, RFC 7636). What the provider says of itself and its keys are fetched when they are
// needed and kept for an hour.
//
//   co_await client.address(attempt)            where the person signs in
//   co_await client.redeem(attempt, code, now)  whose the code is that they came back with
//
// What binds the two (state, nonce, verifier) is the caller's: to make, to keep from everybody else
// and to use once.
//
// INVARIANT: redeem() names a user only where the provider's token endpoint gave an ID token for
// this very attempt, and check_id_token() believes it. Belongs to one worker.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "proxy/portal/fetch.h"
#include "proxy/portal/id_token.h"
#include "proxy/portal/provider_metadata.h"

namespace sallyport::portal {

struct ProviderOptions {
  std::string issuer;  // "https://login.corp.example/tenant"
  std::string client_id;
  std::string client_secret;  // "" for a public client
  std::string redirect_uri;   // "https://sallyport.internal/signed-in"
  std::string scope = "openid profile";
  std::string user_claim = "preferred_username";
  std::string roles_claim;       // ExpectedToken::roles_claim
  std::vector<std::string> acr;  // one of them must have been met, where there are any
  // Longer ago is asked for again; nothing: a session that is there will do.
  std::optional<std::chrono::seconds> signed_in_within{600};

  bool operator==(const ProviderOptions&) const = default;
};

struct SignInAttempt {
  std::string state;
  std::string nonce;
  std::string verifier;      // RFC 7636 section 4.1
  std::string redirect_uri;  // where the provider sends people back to
};

class OpenIdClient {
 public:
  static constexpr std::chrono::minutes kKeepMetadata{60};
  static constexpr std::chrono::seconds kKeysAgain{60};  // at most so often, for unknown key ids

  // Both outlive the client.
  OpenIdClient(ProviderOptions options, Fetcher& fetcher, const Clock& clock);

  const ProviderOptions& options() const { return options_; }

  // Errors are of Side::origin where the provider or its token is not to be believed.
  Task<Result<std::string>> address(const SignInAttempt& attempt);
  Task<Result<TokenUser>> redeem(const SignInAttempt& attempt, std::string_view code, Time now);

  // Where somebody ends their session at the provider; "" where that is not known.
  std::string end_session_address() const;

 private:
  Task<Result<ProviderMetadata>> metadata();
  Task<Result<std::shared_ptr<const KeySet>>> key_set(const ProviderMetadata& provider, bool again);
  Task<Result<std::string>> ask_for_token(const ProviderMetadata& provider,
                                          const SignInAttempt& attempt, std::string_view code);
  Task<Result<std::string>> fetch_json(const Asked& asked);

  using Moment = std::chrono::steady_clock::time_point;
  ProviderOptions options_;
  Fetcher& fetcher_;
  const Clock& clock_;
  std::optional<ProviderMetadata> metadata_;
  Moment metadata_until_{};
  std::shared_ptr<const KeySet> keys_;
  Moment keys_until_{};
  Moment keys_again_{};
};

}  // namespace sallyport::portal
