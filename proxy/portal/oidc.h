#pragma once
// Signing in at the organisation's provider, as a second factor: OpenID Connect, authorization code
// with PKCE (OpenID Connect Core 1.0 section 3.1, RFC 7636).
//
// What must be remembered between leaving and coming back is nowhere: the state is a ticket, bound
// to user and client; the nonce and the verifier are derived from it with a key of ours
// (TicketKeys::derive), so neither stands in an address, and both fit this state alone.
//
// INVARIANT: finish() names a user only where the provider's token endpoint gave an ID token for
// this very state, and check_id_token() believes it. Belongs to one worker.

#include <memory>
#include <string>
#include <vector>

#include "base/io/published.h"
#include "proxy/portal/fetch.h"
#include "proxy/portal/grants.h"
#include "proxy/portal/id_token.h"
#include "proxy/portal/provider_metadata.h"
#include "proxy/portal/ticket_keys.h"

namespace sallyport::portal {

struct ProviderOptions {
  std::string issuer;  // "https://login.corp.example/tenant"
  std::string client_id;
  std::string client_secret;  // "" for a public client
  std::string redirect_uri;   // "https://sallyport.internal/signed-in"
  std::string scope = "openid profile";
  std::string user_claim = "preferred_username";
  std::vector<std::string> acr;  // one of them must have been met, where there are any
  std::chrono::seconds signed_in_within{600};  // longer ago is asked for again
};

class Oidc final : public SignIn {
 public:
  static constexpr std::chrono::minutes kKeepMetadata{60};
  static constexpr std::chrono::seconds kKeysAgain{60};  // at most so often, for unknown key ids

  Oidc(ProviderOptions options, Fetcher& fetcher, const io::Published<TicketKeys>& keys,
       const Clock& clock);

  Task<Result<std::string>> begin(std::string_view sealed) override;
  Task<Result<std::string>> finish(std::string_view sealed, std::string_view code,
                                   Time now) override;
  std::string issuer() const override { return options_.issuer; }

 private:
  Task<Result<ProviderMetadata>> metadata();
  Task<Result<std::shared_ptr<const KeySet>>> key_set(const ProviderMetadata& provider, bool again);
  Task<Result<std::string>> redeem(const ProviderMetadata& provider, std::string_view code,
                                   std::string_view verifier);
  Task<Result<std::string>> fetch_json(const Asked& asked);
  // A secret of this state as text; nothing where its key is gone.
  std::optional<std::string> secret_of(std::string_view purpose, std::string_view sealed) const;

  using Moment = std::chrono::steady_clock::time_point;
  ProviderOptions options_;
  Fetcher& fetcher_;
  const io::Published<TicketKeys>& ticket_keys_;
  const Clock& clock_;
  std::optional<ProviderMetadata> metadata_;
  Moment metadata_until_{};
  std::shared_ptr<const KeySet> keys_;
  Moment keys_until_{};
  Moment keys_again_{};
};

}  // namespace sallyport::portal
