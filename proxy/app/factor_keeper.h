#pragma once
// The authenticator apps of people (proxy/portal/factor_book.h), each change in the state store
// before it counts.
//
// Thread rule: the desk's.

#include <string>
#include <string_view>
#include <vector>

#include "discovery/store/state_store.h"
#include "discovery/users/name_cipher.h"
#include "proxy/portal/factor_book.h"
#include "proxy/portal/grants.h"

namespace sallyport::app {

class FactorKeeper {
 public:
  // `may_enrol`: whoever has none may set one up.
  // `names`: users are known here, and kept, by pseudonyms.
  FactorKeeper(discovery::StateStore& store, bool may_enrol,
               std::shared_ptr<const discovery::NameCipher> names = nullptr)
      : store_(store), may_enrol_(may_enrol), names_(std::move(names)) {}

  // What was kept. Once, before anything else. One that cannot be read is an error: without it
  // anybody could enrol in that person's place.
  Result<void> load(Time now);

  portal::SecondFactors::State state_of(std::string_view user) const;
  Result<portal::CodeCheck> check(std::string_view user, std::string_view code, Time now);
  Result<portal::CodeCheck> enrol(std::string_view user, std::string_view secret,
                                  std::string_view code, Time now);
  // So that the person sets up another. False where there was none.
  Result<bool> forget(std::string_view user, std::string_view who, Time now);

  // What may be told of a factor: never its secret.
  struct Told {
    std::string user;
    Time enrolled{};  // the epoch where it was set up before this was kept
    Time used{};      // when the last right code was shown, to half a minute
    std::uint32_t wrong = 0;
    Time held_until{};
  };
  std::vector<Told> all() const;  // by user

 private:
  Result<void> keep(std::string_view user, Time now);

  discovery::StateStore& store_;
  bool may_enrol_;
  const std::shared_ptr<const discovery::NameCipher> names_;
  portal::FactorBook factors_;
};

}  // namespace sallyport::app
