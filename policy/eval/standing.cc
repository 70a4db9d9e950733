#include "policy/eval/standing.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "policy/eval/compiled_policy.h"
#include "policy/eval/key_hash.h"

namespace sallyport::policy {
namespace {

constexpr std::array<std::string_view, 3> kReaches = {"everything", "app", "sanctioned"};

// Whom a grant is for and where it holds, without a copy.
struct Scope {
  std::string_view policy_id;
  Action action = Action::coach;
  std::string_view user;
  std::string_view app;
  std::string_view site;
  const IpAddress* address = nullptr;
};

Scope scope_of(const Grant& grant) {
  return {grant.policy_id, grant.action, grant.user,
          grant.app,       grant.site,   grant.address ? &*grant.address : nullptr};
}

std::optional<Scope> scope_of(const CompiledPolicy& policy, const Activity& activity) {
  if (!can_be_granted(policy.action)) return std::nullopt;
  if (policy.kind != Kind::access && policy.kind != Kind::session) return std::nullopt;
  Scope scope{.policy_id = policy.id, .action = policy.action};
  if (activity.user) scope.user = *activity.user;
  // Whoever sits behind an address is not who held the second factor.
  if (scope.user.empty() && policy.action == Action::step_up) return std::nullopt;
  if (policy.grant_width != GrantWidth::user) {
    // What ends is the session with one domain, whatever app it is of.
    if (activity.app && policy.action != Action::sign_in_again) {
      scope.app = activity.app->id;
    } else {
      scope.site = activity.domain.empty() ? activity.host : activity.domain;
    }
  }
  if (scope.user.empty() || policy.grant_width == GrantWidth::address) {
    scope.address = &activity.client.address;
  }
  return scope;
}

std::optional<Scope> scope_of(const Suspension& suspension, const Activity& activity) {
  if (suspension.action == Action::block || !activity.user) return std::nullopt;
  Scope scope{.policy_id = kSuspensionId, .action = suspension.action, .user = *activity.user};
  if (suspension.action == Action::sign_in_again) {
    scope.site = activity.domain.empty() ? activity.host : activity.domain;
  }
  return scope;
}

Grant grant_of(const Scope& scope) {
  Grant grant;
  grant.policy_id = scope.policy_id;
  grant.action = scope.action;
  grant.user = scope.user;
  grant.app = scope.app;
  grant.site = scope.site;
  if (scope.address != nullptr) grant.address = *scope.address;
  return grant;
}

bool same(const Scope& a, const Scope& b) {
  const bool addresses = (a.address == nullptr) == (b.address == nullptr) &&
                         (a.address == nullptr || *a.address == *b.address);
  return addresses && a.action == b.action && a.policy_id == b.policy_id && a.user == b.user &&
         a.app == b.app && a.site == b.site;
}

std::uint64_t hash_of(const Scope& scope) {
  std::uint64_t hash = static_cast<std::uint64_t>(scope.action) + 1;
  for (const std::string_view text : {scope.policy_id, scope.user, scope.app, scope.site}) {
    hash = indexing::hash_of(text, false, hash);
  }
  if (scope.address != nullptr) {
    const auto& bytes = scope.address->bytes();
    hash = indexing::hash_of({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, false,
                             hash + (scope.address->is_v4() ? 4 : 6));
  }
  return hash;
}

// The grant of that scope which is in force at `at`, or null. `filed` is sorted by hash.
template <class Filed>
const Grant* find_in(const std::vector<Filed>& filed, const Scope& scope, Time at) {
  const std::uint64_t wanted = hash_of(scope);
  for (auto one = std::ranges::lower_bound(filed, wanted, {}, &Filed::hash);
       one != filed.end() && one->hash == wanted; ++one) {
    const Grant& grant = *one->grant;
    if (end_of_minute(grant.until) > at && same(scope_of(grant), scope)) return &grant;
  }
  return nullptr;
}

bool holds(const Suspension& suspension, const Activity& activity) {
  if (end_of_minute(suspension.until) <= activity.at) return false;
  switch (suspension.reach) {
    case Suspension::Reach::everything:
      return true;
    case Suspension::Reach::app:
      return activity.app && activity.app->id == suspension.app;
    case Suspension::Reach::sanctioned:
      return activity.app &&
             std::ranges::find(activity.app->tags, "sanctioned") != activity.app->tags.end();
  }
  return true;
}

}  // namespace

std::string_view to_string(Suspension::Reach reach) {
  return kReaches[static_cast<std::size_t>(reach)];
}

std::optional<Suspension::Reach> parse_suspension_reach(std::string_view word) {
  const auto at = std::ranges::find(kReaches, word);
  if (at == kReaches.end()) return std::nullopt;
  return static_cast<Suspension::Reach>(at - kReaches.begin());
}

Time end_of_minute(Time time) {
  if (time > Time::max() - std::chrono::minutes(1)) return Time::max();
  return std::chrono::ceil<std::chrono::minutes>(time);
}

Standing::Standing(std::vector<std::shared_ptr<const Grant>> grants,
                   std::vector<Suspension> suspensions, std::vector<std::string> revoked,
                   std::vector<std::string> ways_out)
    : suspensions_(std::move(suspensions)),
      revoked_(std::move(revoked)),
      ways_out_(std::move(ways_out)) {
  grants_.reserve(grants.size());
  for (auto& grant : grants) {
    const std::uint64_t hash = hash_of(scope_of(*grant));
    grants_.push_back({hash, std::move(grant)});
  }
  std::ranges::stable_sort(grants_, {}, &Filed::hash);
  std::ranges::stable_sort(suspensions_, {}, &Suspension::user);
  std::ranges::sort(revoked_);
}

const Standing& Standing::none() {
  static const Standing kNone;
  return kNone;
}

const Grant* Standing::find_grant(const CompiledPolicy& policy, const Activity& activity) const {
  if (grants_.empty()) return nullptr;
  const std::optional<Scope> scope = scope_of(policy, activity);
  if (!scope) return nullptr;
  return find_in(grants_, *scope, activity.at);
}

const Grant* Standing::find_pass(const CompiledPolicy& policy, const Activity& activity,
                                 const Outcome& outcome) const {
  if (!asks(policy.action) && !outcome.holds()) return nullptr;
  return find_grant(policy, activity);
}

bool Standing::was_revoked(std::string_view grant) const {
  return std::ranges::binary_search(revoked_, grant);
}

template <class Fits>
const Suspension* Standing::find_of_user(const Activity& activity, const Fits& fits) const {
  if (suspensions_.empty() || !activity.user) return nullptr;
  const auto of = [&](std::string_view user) -> const Suspension* {
    const auto some = std::ranges::equal_range(
        suspensions_, user, {}, [](const Suspension& one) { return std::string_view(one.user); });
    for (const Suspension& one : some) {
      if (holds(one, activity) && fits(one)) return &one;
    }
    return nullptr;
  };
  if (const Suspension* found = of(*activity.user)) return found;
  for (const std::string& name : activity.user_names) {
    if (const Suspension* found = of(name)) return found;
  }
  return nullptr;
}

const Suspension* Standing::find_suspension(const Activity& activity) const {
  const Suspension* blocks =
      find_of_user(activity, [](const Suspension& one) { return one.action == Action::block; });
  // Only a request can be asked of anybody.
  if (blocks != nullptr || !activity.method || is_way_out(activity.host)) return blocks;
  return find_of_user(activity, [&](const Suspension& one) {
    return one.action != Action::block && !was_answered(one, activity);
  });
}

const Suspension* Standing::find_asking(const Activity& activity, Action action) const {
  if (action == Action::block) return nullptr;
  return find_of_user(activity, [&](const Suspension& one) { return one.action == action; });
}

bool Standing::was_answered(const Suspension& suspension, const Activity& activity) const {
  const std::optional<Scope> scope = scope_of(suspension, activity);
  const Grant* grant = scope ? find_in(grants_, *scope, activity.at) : nullptr;
  // The latest answer stands in the place of those before it.
  return grant != nullptr && grant->from >= suspension.from;
}

bool Standing::is_way_out(std::string_view host) const {
  return std::ranges::any_of(ways_out_, [host](std::string_view one) {
    return host == one || (host.size() > one.size() && host.ends_with(one) &&
                           host[host.size() - one.size() - 1] == '.');
  });
}

std::chrono::seconds answer_holds(const Suspension& suspension, Time now) {
  std::chrono::seconds most = suspension.action == Action::step_up
                                  ? std::chrono::seconds(kSecondFactorHolds)
                                  : std::chrono::seconds(kMostSignInAgain);
  if (suspension.until == Time::max()) return most;
  const auto left = std::chrono::floor<std::chrono::seconds>(suspension.until - now);
  return std::clamp(left, std::chrono::seconds(1), most);
}

std::optional<Grant> grant_wanted(const CompiledPolicy& policy, const Activity& activity) {
  const std::optional<Scope> scope = scope_of(policy, activity);
  if (!scope) return std::nullopt;
  return grant_of(*scope);
}

std::optional<Grant> grant_wanted(const Suspension& suspension, const Activity& activity) {
  const std::optional<Scope> scope = scope_of(suspension, activity);
  if (!scope) return std::nullopt;
  return grant_of(*scope);
}

}  // namespace sallyport::policy
