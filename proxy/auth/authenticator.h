#pragma once
// Who a client is, as far as it proves it to the proxy: Basic credentials (RFC 7617) against an
// htpasswd file. Somebody may sign in with any name of theirs (discovery/users); the file may have
// them under any. The password is checked on the pool, because bcrypt takes a tenth of a second;
// what was checked is remembered as a keyed hash for minutes, for the address that it came from.
// Who guesses is held up (throttle.h): no more passwords are checked for a while, but one that was
// found right a moment ago goes on to be believed. Credentials appear in no log and leave with no
// request.
//
// One per worker; the throttle is shared by all of them.

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/core/address.h"
#include "base/io/pool.h"
#include "base/io/signal.h"
#include "base/io/worker.h"
#include "discovery/users/credential_cache.h"
#include "discovery/users/htpasswd.h"
#include "discovery/users/user_directory.h"
#include "proxy/auth/throttle.h"

namespace sallyport::auth {

struct Proof {
  enum class State : unsigned char {
    accepted,
    missing,  // no credentials: ask for them
    wrong,    // not right, or not readable: ask again
    held_up,  // too many were wrong: nothing was checked
    busy,     // too many checks wait: try again later
  };
  State state = State::missing;
  std::string user;  // canonical; also for `wrong` where it could be read
  // Whether there is such a user. What is typed as the name of somebody whom nobody knows may be a
  // password that slipped into the wrong field: never write it down.
  bool listed = false;
  // With held_up.
  SignInThrottle::Cause cause = SignInThrottle::Cause::none;
  std::chrono::milliseconds wait{0};
};

class Authenticator {
 public:
  Authenticator(io::Worker& worker, io::WorkPool& pool, const discovery::CredentialCache::Key& key,
                std::shared_ptr<const discovery::Htpasswd> passwords, SignInThrottle& throttle,
                const SignInLimits& limits);

  // Other passwords from now on. What was remembered of the old file is not believed any more.
  void check_against(std::shared_ptr<const discovery::Htpasswd> passwords) {
    passwords_ = std::move(passwords);
  }

  // `credentials` is the value of Proxy-Authorization, "" where there is none. `users` lives until
  // this returns.
  Task<Proof> prove(std::string_view credentials, IpAddress client, const discovery::Users& users);

  // The value of Proxy-Authenticate.
  static std::string challenge(std::string_view realm);

 private:
  // Checks of one user from one address run one after the other, so that neither a burst of guesses
  // nor the many connections that a browser opens with one password are all let through unseen.
  class Turn;

  io::Worker& worker_;
  io::WorkPool& pool_;
  std::shared_ptr<const discovery::Htpasswd> passwords_;
  SignInThrottle& throttle_;
  const SignInLimits& limits_;
  discovery::CredentialCache cache_;
  std::unordered_map<std::string, std::vector<io::Signal*>> checking_;  // and who waits for it
};

// "user:password" out of a Basic value; nothing where it is none (RFC 7617 section 2).
struct BasicCredentials {
  std::string user;
  std::string password;
};
std::optional<BasicCredentials> parse_basic(std::string_view value);

}  // namespace sallyport::auth
