#pragma once
// Who is signed in at the console. In memory alone: a restart ends them all.
//
// A session ends 30 minutes after it was last used, 12 hours after it began, and when it is ended.
// An account has at most 16, all together 1,000; one more ends the one that was used longest ago.
//
// INVARIANT: of a session's token only a hash is kept, so nobody who reads the memory of this table
// can use one.
// Thread rule: the desk's.

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/crypto/sha256.h"
#include "proxy/admin/role.h"

namespace sallyport::admin {

class ConsoleSessions {
 public:
  using Moment = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::minutes kIdle{30};
  static constexpr std::chrono::hours kLongest{12};
  static constexpr std::size_t kMostOfAccount = 16;
  static constexpr std::size_t kMost = 1'000;

  // Of whom there is no account here: what the organisation's provider said of them.
  struct Outside {
    Role role = Role::viewer;
    std::string provider;  // its name, for people
  };
  struct Session {
    std::string account;  // "openid/NAME" of somebody from outside, which no account is called
    std::string csrf;     // what a call that changes something must show beside the cookie
    Moment begun;
    Moment used;
    std::optional<Outside> outside;
  };

  // The token of a new session: 256 random bits, for its cookie.
  std::string open(std::string_view account, Moment now,
                   std::optional<Outside> outside = std::nullopt);
  // Null where there is none, or it is over. `used`: it is used now.
  const Session* find(std::string_view token, Moment now, bool used);
  void end(std::string_view token);
  // All of an account.
  // How many those were.
  std::size_t end_of(std::string_view account);
  // Those that are not over, by account.
  std::vector<Session> list(Moment now) const;
  std::size_t size() const { return sessions_.size(); }

 private:
  using Sessions = std::map<Sha256Digest, Session>;
  void make_room(std::string_view account, Moment now);

  Sessions sessions_;
};

}  // namespace sallyport::admin
