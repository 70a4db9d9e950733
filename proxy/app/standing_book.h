#pragma once
// Answers and suspensions (policy/eval/standing.h) as the desk keeps them: each in the state store
// first, with who and when and why, then in the Standing that workers judge beside.
//
// Bounded, so that nobody who answers again and again fills the memory: see the constants. Whoever
// has more answers than one may have loses the oldest; where all are too many, new ones are
// refused, and the policy asks again.
//
// INVARIANT: what is in standing() was durable first.
// Thread rule: the desk's.

#include <chrono>
#include <cstddef>
#include <expected>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/id.h"
#include "base/core/result.h"
#include "discovery/store/state_store.h"
#include "discovery/users/name_cipher.h"
#include "policy/eval/standing.h"

namespace sallyport::app {

class StandingBook {
 public:
  static constexpr std::size_t kMostGrants = 20'000;
  static constexpr std::size_t kMostOfOne = 100;       // of one user, or one address
  static constexpr std::size_t kMostOfNobody = 5'000;  // of addresses, all together
  static constexpr std::size_t kMostSuspensions = 2'000;
  static constexpr std::size_t kMostReason = 1'000;   // bytes
  static constexpr std::size_t kMostRevoked = 1'000;  // that are remembered as such

  // `names`: users are known here, and kept, by pseudonyms, and in standing() by their names; null:
  // by their names everywhere.
  // `ways_out`: as of policy::Standing.
  explicit StandingBook(discovery::StateStore& store,
                        std::shared_ptr<const discovery::NameCipher> names = nullptr,
                        std::vector<std::string> ways_out = {})
      : store_(store), names_(std::move(names)), ways_out_(std::move(ways_out)) {}

  // What was kept and has not ended. Once, before anything else. A suspension that cannot be read
  // is an error, because it would let through what was refused; such an answer is left out.
  Result<void> load(Time now);

  // Why something was not done: an answer for the operator, or for the person.
  struct Refusal {
    int status = 409;  // 400: what was asked is no such thing; 404: there is none; 409: full;
                       // 503: not kept
    std::string detail;
  };
  struct KeptGrant {
    std::shared_ptr<const policy::Grant> grant;
    std::string who;  // who said so: mostly the user
    std::string reason;
  };
  struct KeptSuspension {
    policy::Suspension suspension;
    std::string who;
    std::string reason;
  };

  // `wanted` is what grant_wanted() gives, without id and times. The same answer again lasts anew,
  // under its old id.
  std::expected<policy::Grant, Refusal> grant(policy::Grant wanted, std::chrono::seconds lasts,
                                              std::string reason, std::string who, Time now);
  std::optional<Refusal> revoke(const Ulid& id, std::string_view who, Time now);
  // `wanted.until` max: until it is lifted. The same user, reach and action again replaces what was
  // there, and is to be answered anew.
  std::expected<policy::Suspension, Refusal> suspend(policy::Suspension wanted, std::string reason,
                                                     std::string who, Time now);
  // Lifts those of the user and `action`, or with `reach` those of it (and of `app`). How many
  // there were.
  std::expected<std::size_t, Refusal> unsuspend(std::string_view user,
                                                std::optional<policy::Suspension::Reach> reach,
                                                std::string_view app, std::string_view who,
                                                Time now,
                                                policy::Action action = policy::Action::block);
  // At a start: what old sessions were is forgotten by then (session/dropped_credentials.h), so the
  // answers to `sign_in_again` end, and it is asked again.
  void end_signed_in(Time now);
  // Drops what has ended; true where something had.
  bool expire(Time now);

  // Never null.
  const std::shared_ptr<const policy::Standing>& standing() const { return standing_; }
  // By id, which is the order in which they were first given.
  const std::map<Ulid, KeptGrant>& grants() const { return grants_; }
  const std::map<Ulid, KeptSuspension>& suspensions() const { return suspensions_; }

 private:
  std::optional<Refusal> make_room(const policy::Grant& wanted, Time now);
  Result<void> forget_grant(const Ulid& id, std::string_view who, Time now);
  void rebuild();

  discovery::StateStore& store_;
  const std::shared_ptr<const discovery::NameCipher> names_;
  const std::vector<std::string> ways_out_;
  UlidMaker ids_;
  std::map<Ulid, KeptGrant> grants_;
  std::map<Ulid, KeptSuspension> suspensions_;
  std::vector<std::string> revoked_;  // ids of grants, in that order
  std::shared_ptr<const policy::Standing> standing_ = std::make_shared<const policy::Standing>();
};

// How an answer and a suspension stand in a StateEntry; nothing where it is none.
std::optional<StandingBook::KeptGrant> read_grant(const discovery::StateEntry& entry);
std::optional<StandingBook::KeptSuspension> read_suspension(const discovery::StateEntry& entry);

}  // namespace sallyport::app
