#pragma once
// Who a client is, as far as it proves it to the proxy: Basic credentials (RFC 7617) against an
// htpasswd file. The password is checked on the pool, because bcrypt takes a tenth of a second;
// what was checked is remembered as a keyed hash for minutes. Credentials appear in no log and
// leave with no request.
//
// One per worker.

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/io/pool.h"
#include "base/io/worker.h"
#include "discovery/users/credential_cache.h"
#include "discovery/users/htpasswd.h"

namespace sallyport::auth {

struct Proof {
  enum class State : unsigned char {
    accepted,
    missing,  // no credentials: ask for them
    wrong,    // not right, or not readable: ask again
    busy,     // too many checks wait: try again later
  };
  State state = State::missing;
  std::string user;  // normalised; also for `wrong` where it could be read
};

class Authenticator {
 public:
  Authenticator(io::Worker& worker, io::WorkPool& pool, const discovery::CredentialCache::Key& key,
                std::shared_ptr<const discovery::Htpasswd> passwords);

  // Other passwords from now on. What was remembered of the old file is not believed any more.
  void check_against(std::shared_ptr<const discovery::Htpasswd> passwords) {
    passwords_ = std::move(passwords);
  }

  // `credentials` is the value of Proxy-Authorization, "" where there is none.
  Task<Proof> prove(std::string_view credentials);

  // The value of Proxy-Authenticate.
  static std::string challenge(std::string_view realm);

 private:
  io::Worker& worker_;
  io::WorkPool& pool_;
  std::shared_ptr<const discovery::Htpasswd> passwords_;
  discovery::CredentialCache cache_;
};

// "user:password" out of a Basic value; nothing where it is none (RFC 7617 section 2).
struct BasicCredentials {
  std::string user;
  std::string password;
};
std::optional<BasicCredentials> parse_basic(std::string_view value);

}  // namespace sallyport::auth
