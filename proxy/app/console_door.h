#pragma once
// Who comes in at the console: signs people in, keeps their sessions, and tells the API who asks.
//
//   POST   /api/v1/session            {"name", "password", "code"}: a cookie, and who that is
//   GET    /api/v1/session            who am I
//   DELETE /api/v1/session            signs out
//   POST   /api/v1/session/password   {"password", "new"}: ends every other session of the account
//
// Who comes by the organisation's provider (console_sign_in.h) has a session and no account.
//
// The cookie ("__Host-sallyport_session" with TLS, "sallyport_session" without) is HttpOnly and
// SameSite=Strict. It counts only under a name of the gateway's (request_origin.h), from no other
// site, and where something is changed, beside `X-CSRF-Token`. Failed sign-ins are counted by name
// and address (proxy/auth/throttle.h).
//
// Thread rule: the desk's; passwords are checked on a thread of its own, a few may wait.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/io/pool.h"
#include "base/io/worker.h"
#include "proxy/admin/api.h"
#include "proxy/admin/console_sessions.h"
#include "proxy/app/account_keeper.h"
#include "proxy/auth/throttle.h"

namespace sallyport::app {

class ConsoleDoor final : public admin::Gate {
 public:
  // All outlive the door; it outlives the calls. `names`: by which browsers may ask, beside
  // addresses and localhost, in small letters.
  ConsoleDoor(admin::Api& api, AccountKeeper& accounts, io::Worker& worker, const Clock& clock,
              std::vector<std::string> names, auth::SignInLimits limits);

  std::optional<admin::Caller> by_token(std::string_view token) override;
  std::expected<admin::Caller, http::Reply> by_session(const http::RequestHead& request,
                                                       const local::Visitor& visitor,
                                                       bool used) override;

  // After a change of the account by somebody else. How many those were.
  std::size_t end_sessions_of(std::string_view account) { return sessions_.end_of(account); }
  std::vector<admin::ConsoleSessions::Session> sessions() const {
    return sessions_.list(clock_.steady());
  }

  // The refusal where no page of the console asks, under a name of the gateway's.
  std::optional<http::Reply> refused_elsewhere(const admin::Call& call) const;
  // The answer that lets somebody in whom the provider vouches for; `name` is not an account's.
  http::Reply let_in(std::string_view name, admin::ConsoleSessions::Outside outside,
                     const local::Visitor& visitor);
  // Where somebody with a session of the provider's may sign out there; "" where that is unknown.
  void tell_provider_exit(std::function<std::string()> tell) { provider_exit_ = std::move(tell); }
  io::WorkPool& pool() { return pool_; }  // for hashes of passwords

 private:
  Task<http::Reply> sign_in(const admin::Call& call);
  Task<http::Reply> who_am_i(const admin::Call& call);
  Task<http::Reply> sign_out(const admin::Call& call);
  Task<http::Reply> change_password(const admin::Call& call);
  // Nothing where the session's account is gone.
  struct Who;
  std::optional<Who> who_of(const admin::ConsoleSessions::Session& session) const;
  std::string who_json(const admin::ConsoleSessions::Session& session, const Who& who) const;
  http::Reply signed_in(std::string_view name,
                        std::optional<admin::ConsoleSessions::Outside> outside,
                        const local::Visitor& visitor);
  http::Reply failed(const admin::Call& call, std::string_view name, std::string_view guess,
                     std::string_view needs);
  std::optional<http::Reply> held_up(const admin::Call& call, std::string_view name);

  AccountKeeper& accounts_;
  io::Worker& worker_;
  const Clock& clock_;
  std::vector<std::string> names_;
  auth::SignInLimits limits_;
  auth::SignInThrottle throttle_;
  admin::ConsoleSessions sessions_;
  std::function<std::string()> provider_exit_;
  io::WorkPool pool_{1, 16, "sign-in"};
};

}  // namespace sallyport::app
