#pragma once
// What people have answered and who is suspended: state that policies are judged beside, changed
// while the gateway runs.
//
//   Grant       somebody answered what a policy asked (coach, justify, step_up, notice), or an
//               operator lets them pass one that blocks (access that was asked for). While it is in
//               force the policy is passed over for them, as if it did not stand there, and the
//               policies behind it are asked. A block that is not known yet to hold is waited for
//               all the same, so that the index need not look at grants (policy_index.h, "late").
//   Suspension  a user may do nothing: at all, in one app, or in sanctioned apps; or nothing until
//               they have proved a second factor, or signed in again. It is decided before any
//               policy, and a policy in rehearsal changes nothing about it.
//
// A suspension that asks is asked of requests, as a policy would that matched each of them: what is
// not opened passes. The user's answer is a grant for kSuspensionId, and counts where it was given
// after the suspension was made. A second factor holds for all that the user does; a session ends
// domain by domain, as by a policy that says `sign_in_again`.
//
// A grant that an operator takes back ends what it let pass and still runs (was_revoked()); one
// that ends by its time does not.
//
// A grant is one person's: of a user, or where no user is known of a client address (so that who is
// behind one address shares it; a step_up therefore is never granted to an address). It is for one
// policy, by its id, and for what that asked then: the grant of a coach says nothing once the same
// policy wants a step_up. How wide it is, the policy says (GrantWidth).
//
// INVARIANT: immutable; looking something up takes no lock and allocates nothing. A grant or
// suspension ends on a whole minute (the next after what was wished), so that what is decided holds
// for the minute in which it was (proxy/session asks connections again by the minute).
// Lifetime: what is found lives as long as the Standing; a Decision keeps ids, no pointers.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/address.h"
#include "base/core/clock.h"
#include "base/core/id.h"
#include "policy/activity/activity.h"
#include "policy/activity/words.h"
#include "policy/eval/outcome.h"

namespace sallyport::policy {

struct CompiledPolicy;

struct Grant {
  Ulid id;
  std::string policy_id;
  Action action = Action::coach;
  std::string user;  // canonical; "": nobody known, then `address` is set
  std::string app;   // its id, or "": every app, or a host that is in none
  std::string site;  // of a host that is in no app: its registrable domain, or the host
  std::optional<IpAddress> address;  // only from there
  Time from{};
  Time until = Time::max();

  bool operator==(const Grant&) const = default;
};

struct Suspension {
  enum class Reach : std::uint8_t { everything, app, sanctioned };

  Ulid id;
  std::string user;  // canonical
  Reach reach = Reach::everything;
  std::string app;  // its id, where `reach` is app
  // What ends it for the user, beside its time: step_up or sign_in_again. block: nothing does.
  Action action = Action::block;
  Time from{};
  Time until = Time::max();  // max: until it is lifted

  bool operator==(const Suspension&) const = default;
};

constexpr bool can_suspend(Action action) {
  return action == Action::block || action == Action::step_up || action == Action::sign_in_again;
}
// How long a suspension that ends sessions can last: as long as what was shown in them is known.
inline constexpr std::chrono::days kMostSignInAgain{31};
// How long an answer to a suspension holds: until the suspension ends, a second factor no longer
// than this.
inline constexpr std::chrono::hours kSecondFactorHolds{8};
std::chrono::seconds answer_holds(const Suspension& suspension, Time now);

std::string_view to_string(Suspension::Reach reach);
std::optional<Suspension::Reach> parse_suspension_reach(std::string_view word);

// The policy id that stands for a suspension in verdicts and records. No policy has it.
inline constexpr std::string_view kSuspensionId = "suspension";
inline constexpr std::string_view kSuspensionName = "Suspension";
inline constexpr std::string_view kSuspensionAsksName = "Asked by an operator";

class Standing {
 public:
  Standing() = default;  // nobody answered anything, nobody is suspended
  // `ways_out`: hosts where people prove who they are; with all below them no suspension asks
  // there.
  Standing(std::vector<std::shared_ptr<const Grant>> grants, std::vector<Suspension> suspensions,
           std::vector<std::string> revoked = {}, std::vector<std::string> ways_out = {});
  static const Standing& none();

  // In force at `activity.at`, or null. Null for policies that nobody can be granted.
  const Grant* find_grant(const CompiledPolicy& policy, const Activity& activity) const;
  // The grant by which a policy that may hold is passed over, or null.
  const Grant* find_pass(const CompiledPolicy& policy, const Activity& activity,
                         const Outcome& outcome) const;
  // The first that holds of those of the user, under any of their names; or null. One that blocks
  // goes before those that ask, and those that were answered are passed over.
  const Suspension* find_suspension(const Activity& activity) const;
  // Whether or not it was answered: one that asks `action`, or null.
  const Suspension* find_asking(const Activity& activity, Action action) const;

  // Whether the grant of that id was taken back, of late.
  bool was_revoked(std::string_view grant) const;
  bool any_revoked() const { return !revoked_.empty(); }

  bool empty() const { return grants_.empty() && suspensions_.empty(); }
  std::size_t size() const { return grants_.size(); }  // grants
  const std::vector<Suspension>& suspensions() const { return suspensions_; }

 private:
  template <class Fits>
  const Suspension* find_of_user(const Activity& activity, const Fits& fits) const;
  bool was_answered(const Suspension& suspension, const Activity& activity) const;
  bool is_way_out(std::string_view host) const;

  struct Filed {
    std::uint64_t hash = 0;
    std::shared_ptr<const Grant> grant;
  };
  std::vector<Filed> grants_;            // by hash
  std::vector<Suspension> suspensions_;  // by user, then as given
  std::vector<std::string> revoked_;     // ids of grants, sorted
  std::vector<std::string> ways_out_;    // as given
};

// The grant that would let `activity` pass `policy`: without id and times. Nothing where nobody can
// be granted it: the policy neither asks nor blocks, is of another kind than access and session, or
// wants a second factor of a user that nobody knows.
std::optional<Grant> grant_wanted(const CompiledPolicy& policy, const Activity& activity);
// The one that answers a suspension. Nothing where it does not ask, or no user is known.
std::optional<Grant> grant_wanted(const Suspension& suspension, const Activity& activity);

// The whole minute at which what lasts until `time` ends.
Time end_of_minute(Time time);

}  // namespace sallyport::policy
