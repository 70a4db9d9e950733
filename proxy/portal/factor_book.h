#pragma once
// The authenticator apps of people: whose secret is what, which codes were used, who guesses.
//
//   const CodeCheck said = book.check("ana", typed, now);
//   store.keep("ana", *book.find("ana"));                 // before anything is granted
//
// INVARIANT: a code is right once. After kFreeTries wrong codes in a row no code is looked at for a
// while, which grows from half a minute to an hour with every further wrong one; a right one ends
// that. So a million codes take years, whoever guesses and from wherever. (Who guesses for somebody
// else can hold them up: they can still sign in with the provider, or ask an operator.)
//
// Belongs to one thread. The caller keeps the entries and gives them back at the start.

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/core/clock.h"
#include "base/crypto/totp.h"
#include "proxy/portal/grants.h"

namespace sallyport::portal {

struct Factor {
  std::string secret;  // bytes
  TotpSettings settings;
  std::uint64_t last_step = 0;
  std::uint32_t wrong = 0;  // codes in a row
  Time held_until{};
  Time enrolled{};  // the epoch: nobody knows
};

class FactorBook {
 public:
  static constexpr std::uint32_t kFreeTries = 5;
  static constexpr std::chrono::seconds kFirstHold{30};
  static constexpr std::chrono::seconds kLongestHold{3600};

  // A factor that was kept, as it was.
  void put(std::string user, Factor factor);
  bool remove(std::string_view user);
  const Factor* find(std::string_view user) const;
  std::size_t size() const { return factors_.size(); }
  const std::map<std::string, Factor, std::less<>>& all() const { return factors_; }

  CodeCheck check(std::string_view user, std::string_view code, Time now);
  // Makes it the user's factor where `code` is right for it; not_enrolled where there is one
  // already, or the user is nobody. The code counts as used.
  CodeCheck enrol(std::string_view user, std::string_view secret, std::string_view code, Time now);

 private:
  std::map<std::string, Factor, std::less<>> factors_;
};

}  // namespace sallyport::portal
