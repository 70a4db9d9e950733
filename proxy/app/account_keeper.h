#pragma once
// Who may sign in at the console and with which role, and the tokens of programs: kept in
// DIR/accounts.json (mode 0600), each change with an entry in the governance log that names who
// made it. Passwords are kept as bcrypt hashes, tokens as SHA-256 of 256 random bits.
//
// INVARIANT: a change that returns without a refusal is on disk, and in the log. There is always an
// operator who may sign in, where there are accounts at all: the last one is neither removed nor
// made less.
// Limits: 1,000 accounts, 1,000 tokens; a file of 1 MiB.
// Thread rule: the desk's. It writes files: they are small.

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/core/clock.h"
#include "base/core/result.h"
#include "discovery/store/state_store.h"
#include "proxy/admin/role.h"
#include "proxy/app/standing_book.h"
#include "proxy/portal/factor_book.h"

namespace sallyport::app {

struct Account {
  admin::Role role = admin::Role::viewer;
  std::string hash;          // bcrypt
  bool must_change = false;  // the password is one that somebody else knows
  Time made{};
  Time signed_in{};  // last; the epoch: never
};

struct ApiToken {
  admin::Role role = admin::Role::viewer;
  std::string hash;  // SHA-256 of the token, hex
  Time made{};
};

class AccountKeeper {
 public:
  using Refusal = StandingBook::Refusal;

  // `state` is the state directory; `log` outlives the keeper.
  AccountKeeper(const std::string& state, discovery::StateStore& log);

  // Once, before anything else. A file that others may read, or that cannot be read, is an error.
  Result<void> load();
  bool empty() const { return accounts_.empty(); }

  const std::map<std::string, Account, std::less<>>& accounts() const { return accounts_; }
  const std::map<std::string, ApiToken, std::less<>>& tokens() const { return tokens_; }
  const Account* find(std::string_view name) const;
  // By what a caller shows; null where nobody has it.
  const std::pair<const std::string, ApiToken>* find_token(std::string_view token) const;
  bool has_factor(std::string_view name) const { return factors_.find(name) != nullptr; }

  // Each is a change by `who`.
  std::optional<Refusal> add(std::string_view name, admin::Role role, std::string hash,
                             std::string_view who, Time now);
  std::optional<Refusal> remove(std::string_view name, std::string_view who, Time now);
  std::optional<Refusal> set_role(std::string_view name, admin::Role role, std::string_view who,
                                  Time now);
  std::optional<Refusal> set_password(std::string_view name, std::string hash, bool must_change,
                                      std::string_view who, Time now);
  // `secret`: of an authenticator app; "": none is asked for any more.
  std::optional<Refusal> set_factor(std::string_view name, std::string secret, std::string_view who,
                                    Time now);
  std::optional<Refusal> add_token(std::string_view name, admin::Role role, std::string_view token,
                                   std::string_view who, Time now);
  std::optional<Refusal> remove_token(std::string_view name, std::string_view who, Time now);

  // A code of the account's authenticator app; kept as used before it counts.
  Result<portal::CodeCheck> check_code(std::string_view name, std::string_view code, Time now);
  // What cannot be kept of this is lost, and said in the log.
  void signed_in(std::string_view name, Time now);
  // An entry for somebody who has no account: `what` is "signed in at Corp Login". Refused where
  // it cannot be kept; then they do not come in.
  std::optional<Refusal> note_outside(std::string_view name, std::string_view what,
                                      admin::Role role, Time now);

  static constexpr std::size_t kMost = 1'000;

 private:
  std::string text() const;
  bool parse(std::string_view text);
  Result<void> write() const;
  // Writes the file, then the entry; `undo` takes back what was changed here where either fails.
  template <class Undo>
  std::optional<Refusal> keep(std::string_view kind, std::string_view key, std::string_view change,
                              std::optional<admin::Role> role, std::string_view who, Time now,
                              Undo undo);
  bool is_last_operator(std::string_view name) const;

  const std::string file_;
  discovery::StateStore& log_;
  std::map<std::string, Account, std::less<>> accounts_;
  std::map<std::string, ApiToken, std::less<>> tokens_;  // by name
  portal::FactorBook factors_;
};

// A name for an account or a token: 1 to 64 of a-z, 0-9, '.', '_', '-', '@', beginning with a
// letter or digit.
bool is_account_name(std::string_view name);

// What is wrong with a password that somebody chose, as a sentence; "" where nothing is.
std::string wrong_with_password(std::string_view password, std::string_view name);

// "k7qd-m2xw-9rtb-h4fe": 80 random bits.
std::string one_time_password();
std::string new_api_token();  // 256 random bits, "spt_" and hex

inline constexpr int kPasswordCost = 12;         // of bcrypt
inline constexpr int kOneTimePasswordCost = 10;  // nobody guesses those

}  // namespace sallyport::app
