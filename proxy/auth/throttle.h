#pragma once
// Keeps passwords from being guessed: counts failed sign-ins and says when no more passwords are
// checked for a while.
//
// Three things are counted: failures of one user from one address, of one address, of one user. An
// address is an IPv4 address or an IPv6 /64. Each has a number that may fail at once; after it one
// more is let through every window / number, and while nothing fails the count runs off at that
// pace. So whoever guesses gets at most `number` tries at once and `number` a window in the long
// run.
//
// Nobody shall lock others out:
//   * a right password clears what its user failed from that address;
//   * whoever signed in from an address within twelve hours is `at home` there: failures of others,
//     from that address or for that user, do not stop them, only their own from there;
//   * the same wrong password again is no other guess and is not counted (an old one that a browser
//     keeps sending).
//
// One for all workers, from any thread, without locks; 0.9 MiB, whatever is sent (see
// expiring_table.h for what that costs in exactness: failures may be forgotten where tens of
// thousands of addresses guess at once, and a few checks that run at the same time are all let
// through). Nothing is kept over a restart. What is stored are hashes under a key that dies with
// the process. Time is the caller's steady clock.

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/core/address.h"
#include "proxy/auth/expiring_table.h"

namespace sallyport::auth {

// limits.sign_in
struct SignInLimits {
  std::chrono::milliseconds window{900'000};
  // 0: not counted.
  std::uint32_t failures = 10;             // of one user from one address
  std::uint32_t failures_of_address = 50;  // of one address
  std::uint32_t failures_of_user = 100;    // of one user
  bool operator==(const SignInLimits&) const = default;
};

class SignInThrottle {
 public:
  using Moment = ExpiringTable::Moment;

  explicit SignInThrottle(Moment begin);

  enum class Cause : unsigned char { none, user_at_address, address, user };
  struct Answer {
    Cause cause = Cause::none;  // none: check the password
    std::chrono::milliseconds wait{0};
  };

  // `user` is canonical, so that another name of theirs is no fresh start.
  Answer judge(const IpAddress& client, std::string_view user, const SignInLimits& limits,
               Moment now) const;
  // Whether not even a password that was checked a moment ago is believed: somebody sends guess
  // after guess into a closed door, and one of them might fit what is remembered.
  Answer shut(const IpAddress& client, std::string_view user, const SignInLimits& limits,
              Moment now) const;

  // A check said no. `credentials` is a keyed hash of what was checked.
  void failed(const IpAddress& client, std::string_view user, std::uint64_t credentials,
              const SignInLimits& limits, Moment now);
  // judge() said no.
  void refused(const IpAddress& client, std::string_view user, const SignInLimits& limits,
               Moment now);
  void succeeded(const IpAddress& client, std::string_view user, Moment now);

 private:
  std::uint64_t key(char kind, const IpAddress* client, std::string_view user) const;

  std::array<std::uint8_t, 32> secret_;
  ExpiringTable pairs_;      // failures of a user at an address
  ExpiringTable addresses_;  // ... of an address
  ExpiringTable users_;      // ... of a user
  ExpiringTable guesses_;    // credentials that were counted
  ExpiringTable refusals_;   // refused tries of a user at an address
  ExpiringTable homes_;      // users and the addresses that they signed in from
};

std::string_view to_string(SignInThrottle::Cause cause);  // "of this user from this address"

// The address, or for IPv6 the /64 that one subscriber has: what is taken for one client.
IpAddress client_block(const IpAddress& address);

}  // namespace sallyport::auth
