#pragma once
// Signing in at the organisation's provider, as a second factor (openid_client.h).
//
// What must be remembered between leaving and coming back is nowhere: the state is a ticket, bound
// to user and client; the nonce and the verifier are derived from it with a key of ours
// (TicketKeys::derive), so neither stands in an address, and both fit this state alone.
//
// Belongs to one worker.

#include <string>

#include "base/io/published.h"
#include "proxy/portal/grants.h"
#include "proxy/portal/openid_client.h"
#include "proxy/portal/ticket_keys.h"

namespace sallyport::portal {

class Oidc final : public SignIn {
 public:
  Oidc(ProviderOptions options, Fetcher& fetcher, const io::Published<TicketKeys>& keys,
       const Clock& clock);

  Task<Result<std::string>> begin(std::string_view sealed) override;
  Task<Result<std::string>> finish(std::string_view sealed, std::string_view code,
                                   Time now) override;
  std::string issuer() const override { return client_.options().issuer; }

 private:
  Result<SignInAttempt> attempt_of(std::string_view sealed) const;

  OpenIdClient client_;
  const io::Published<TicketKeys>& ticket_keys_;
};

}  // namespace sallyport::portal
