#pragma once
// Signing in at the console through the organisation's OpenID provider, beside local accounts.
//
//   GET    /api/v1/session/openid          {"provider": "Corp Login"}, or null: there is none
//   POST   /api/v1/session/openid          {"url"}: where to sign in, and a cookie that says who
//   asked POST   /api/v1/session/openid/answer   {"code", "state", "iss"}: a session, as POST
//   /session
//
// The provider sends people back to the console's page /console/signed-in, which hands on what
// stands in its address. So both calls come from a page of the console alone, and the cookie is
// SameSite=Strict: whoever is led to that page by somebody else has none, and does not come in
// (sign-in of a stranger's account, RFC 6749 section 10.12).
//
// What somebody may is what the provider's claim makes of them (config_sign_in.h); where it makes
// nothing, there is no entry. They are called "openid/NAME", each sign-in is in the governance log,
// and their session is as long as others'.
//
// Limits: codes and states of 2 KiB; 16 sign-ins wait for the provider at once, one more is
// refused (503).
// Thread rule: the desk's.

#include <optional>

#include "base/io/worker.h"
#include "proxy/admin/api.h"
#include "proxy/admin/sign_in_attempts.h"
#include "proxy/app/account_keeper.h"
#include "proxy/app/config_sign_in.h"
#include "proxy/app/console_door.h"
#include "proxy/portal/openid_client.h"

namespace sallyport::app {

class ConsoleSignIn {
 public:
  static constexpr std::size_t kMostAtOnce = 16;

  struct At {
    const ConsoleSignInConfig& config;
    portal::ProviderOptions provider;  // with its secret
    portal::Fetcher& fetcher;
  };
  // All outlive it, and it outlives the calls. Without `at` nobody signs in so.
  ConsoleSignIn(admin::Api& api, ConsoleDoor& door, AccountKeeper& accounts, const Clock& clock,
                std::optional<At> at);

 private:
  Task<http::Reply> provider(const admin::Call& call);
  Task<http::Reply> begin(const admin::Call& call);
  Task<http::Reply> answer(const admin::Call& call);
  Task<http::Reply> come_in(const admin::Call& call, const portal::SignInAttempt& attempt,
                            const std::string& code);
  std::string redirect_uri(const admin::Call& call) const;

  ConsoleDoor& door_;
  AccountKeeper& accounts_;
  const Clock& clock_;
  const ConsoleSignInConfig* config_ = nullptr;
  std::optional<portal::OpenIdClient> client_;
  admin::SignInAttempts attempts_;
  std::size_t waiting_ = 0;
};

}  // namespace sallyport::app
