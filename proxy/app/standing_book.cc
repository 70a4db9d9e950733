#include "proxy/app/standing_book.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "base/core/log.h"
#include "base/core/text.h"
#include "base/json/writer.h"

namespace sallyport::app {

using discovery::StateEntry;
using policy::Grant;
using policy::Suspension;

namespace {

constexpr std::string_view kGrant = "grant";
constexpr std::string_view kSuspension = "suspension";

// One writer for both: what is empty is left out.
std::string object_of(
    std::initializer_list<std::pair<std::string_view, std::string_view>> members) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  for (const auto& [name, value] : members) {
    if (!value.empty()) json.member(name, value);
  }
  json.end_object();
  return text;
}

StateEntry entry_of(const StandingBook::KeptGrant& kept) {
  const Grant& grant = *kept.grant;
  const std::string address = grant.address ? grant.address->to_string() : "";
  return {std::string(kGrant),
          grant.id.to_string(),
          object_of({{"policy", grant.policy_id},
                     {"action", to_string(grant.action)},
                     {"user", grant.user},
                     {"app", grant.app},
                     {"site", grant.site},
                     {"address", address},
                     {"reason", kept.reason}}),
          kept.who,
          grant.from,
          grant.until};
}

StateEntry entry_of(const StandingBook::KeptSuspension& kept) {
  const Suspension& suspension = kept.suspension;
  return {std::string(kSuspension),
          suspension.id.to_string(),
          object_of(
              {{"user", suspension.user},
               {"reach", to_string(suspension.reach)},
               {"app", suspension.app},
               {"asks", suspension.action == policy::Action::block ? std::string_view()
                                                                   : to_string(suspension.action)},
               {"reason", kept.reason}}),
          kept.who,
          suspension.from,
          suspension.until == Time::max() ? std::optional<Time>() : suspension.until};
}

bool same_person(const Grant& a, const Grant& b) {
  return a.user == b.user && (!a.user.empty() || a.address == b.address);
}

bool same_answer(const Grant& a, const Grant& b) {
  return same_person(a, b) && a.policy_id == b.policy_id && a.action == b.action &&
         a.app == b.app && a.site == b.site && a.address == b.address;
}

StandingBook::Refusal not_kept(const Error& error) {
  return {503, "it could not be kept, and was not done: " + error.detail};
}

// One line of text for people, as it may be shown anywhere.
bool is_reason(std::string_view text) {
  return text.size() <= StandingBook::kMostReason && printable(text) == text;
}

}  // namespace

Result<void> StandingBook::load(Time now) {
  Result<std::vector<StateEntry>> answers = store_.entries(kGrant, now);
  if (!answers) return pass_on(std::move(answers));
  for (const StateEntry& entry : *answers) {
    if (auto kept = read_grant(entry)) {
      const Ulid id = kept->grant->id;
      if (names_ && !kept->grant->user.empty()) {  // Perhaps of before names were hidden.
        Grant grant = *kept->grant;
        grant.user = names_->asked(grant.user);
        kept->grant = std::make_shared<const Grant>(std::move(grant));
      }
      grants_.emplace(id, std::move(*kept));
    } else {
      log::warning("an answer that was kept cannot be read, so it is asked again: " + entry.key);
    }
  }
  Result<std::vector<StateEntry>> suspended = store_.entries(kSuspension, now);
  if (!suspended) return pass_on(std::move(suspended));
  for (const StateEntry& entry : *suspended) {
    auto kept = read_suspension(entry);
    if (!kept) {
      return fail(ErrorKind::invalid, Side::ours,
                  "a suspension that was kept cannot be read: " + entry.key);
    }
    const Ulid id = kept->suspension.id;
    if (names_) kept->suspension.user = names_->asked(kept->suspension.user);
    suspensions_.emplace(id, std::move(*kept));
  }
  rebuild();
  return {};
}

void StandingBook::end_signed_in(Time now) {
  std::vector<Ulid> ended;
  for (const auto& [id, kept] : grants_) {
    if (kept.grant->action == policy::Action::sign_in_again) ended.push_back(id);
  }
  for (const Ulid& id : ended) {
    if (const Result<void> gone = forget_grant(id, "", now); !gone) {
      log::warning("an answer to sign_in_again stays in force: " + describe(gone.error()));
    }
  }
  if (!ended.empty()) rebuild();
}

std::optional<StandingBook::Refusal> StandingBook::make_room(const Grant& wanted, Time now) {
  const bool nobody = wanted.user.empty();
  std::size_t theirs = 0;
  std::size_t of_nobody = 0;
  const Grant* oldest = nullptr;
  for (const auto& [id, kept] : grants_) {
    if (kept.grant->user.empty()) ++of_nobody;
    if (!same_person(*kept.grant, wanted)) continue;
    ++theirs;
    if (oldest == nullptr || kept.grant->from < oldest->from) oldest = kept.grant.get();
  }
  if (theirs >= kMostOfOne) {
    const Ulid id = oldest->id;
    if (const Result<void> gone = forget_grant(id, "", now); !gone) return not_kept(gone.error());
    return std::nullopt;
  }
  if (grants_.size() >= kMostGrants || (nobody && of_nobody >= kMostOfNobody)) {
    return Refusal{409, "too many answers are kept already; it is asked again later"};
  }
  return std::nullopt;
}

std::expected<Grant, StandingBook::Refusal> StandingBook::grant(Grant wanted,
                                                                std::chrono::seconds lasts,
                                                                std::string reason, std::string who,
                                                                Time now) {
  const bool nobody = wanted.user.empty();
  if (!can_be_granted(wanted.action) || wanted.policy_id.empty() || (nobody && !wanted.address) ||
      (nobody && wanted.action == policy::Action::step_up) || lasts.count() <= 0) {
    return std::unexpected(Refusal{400, "nobody can be granted this"});
  }
  if (!is_reason(reason)) {
    return std::unexpected(
        Refusal{400, fmt::format("a reason is one line of at most {} bytes", kMostReason)});
  }
  expire(now);
  const auto known = std::ranges::find_if(
      grants_, [&](const auto& one) { return same_answer(*one.second.grant, wanted); });
  if (known == grants_.end()) {
    if (auto refused = make_room(wanted, now)) return std::unexpected(std::move(*refused));
    wanted.id = ids_.make(now);
  } else {
    wanted.id = known->first;
  }
  wanted.from = now;
  wanted.until = policy::end_of_minute(now + lasts);
  KeptGrant kept{std::make_shared<const Grant>(std::move(wanted)), std::move(who),
                 std::move(reason)};
  const StateEntry entry = entry_of(kept);
  const Result<void> put = store_.put(std::span(&entry, 1));
  if (!put) return std::unexpected(not_kept(put.error()));
  Grant made = *kept.grant;
  grants_.insert_or_assign(made.id, std::move(kept));
  rebuild();
  return made;
}

Result<void> StandingBook::forget_grant(const Ulid& id, std::string_view who, Time now) {
  Result<void> removed = store_.remove(kGrant, id.to_string(), who, now);
  if (removed) grants_.erase(id);
  return removed;
}

std::optional<StandingBook::Refusal> StandingBook::revoke(const Ulid& id, std::string_view who,
                                                          Time now) {
  if (!grants_.contains(id)) return Refusal{404, "there is no grant " + id.to_string()};
  const Result<void> removed = forget_grant(id, who, now);
  if (!removed) return not_kept(removed.error());
  // Workers end what runs by it when they see it, so that not all need be remembered for long.
  if (revoked_.size() == kMostRevoked) revoked_.erase(revoked_.begin());
  revoked_.push_back(id.to_string());
  rebuild();
  return std::nullopt;
}

std::expected<Suspension, StandingBook::Refusal> StandingBook::suspend(Suspension wanted,
                                                                       std::string reason,
                                                                       std::string who, Time now) {
  const bool asked_too_long =
      wanted.action == policy::Action::sign_in_again &&
      wanted.until > now + policy::kMostSignInAgain + std::chrono::minutes(1);
  if (wanted.user.empty() || wanted.until <= now || !can_suspend(wanted.action) || asked_too_long ||
      (wanted.reach == Suspension::Reach::app) == wanted.app.empty()) {
    return std::unexpected(Refusal{400, "this is no suspension"});
  }
  if (!is_reason(reason)) {
    return std::unexpected(
        Refusal{400, fmt::format("a reason is one line of at most {} bytes", kMostReason)});
  }
  expire(now);
  const auto known = std::ranges::find_if(suspensions_, [&](const auto& one) {
    const Suspension& other = one.second.suspension;
    return other.user == wanted.user && other.reach == wanted.reach && other.app == wanted.app &&
           other.action == wanted.action;
  });
  if (known == suspensions_.end() && suspensions_.size() >= kMostSuspensions) {
    return std::unexpected(
        Refusal{409, fmt::format("{} suspensions are in force already", kMostSuspensions)});
  }
  wanted.id = known == suspensions_.end() ? ids_.make(now) : known->first;
  wanted.from = now;
  wanted.until = policy::end_of_minute(wanted.until);
  KeptSuspension kept{std::move(wanted), std::move(who), std::move(reason)};
  const StateEntry entry = entry_of(kept);
  const Result<void> put = store_.put(std::span(&entry, 1));
  if (!put) return std::unexpected(not_kept(put.error()));
  Suspension made = kept.suspension;
  suspensions_.insert_or_assign(made.id, std::move(kept));
  rebuild();
  return made;
}

std::expected<std::size_t, StandingBook::Refusal> StandingBook::unsuspend(
    std::string_view user, std::optional<Suspension::Reach> reach, std::string_view app,
    std::string_view who, Time now, policy::Action action) {
  std::size_t lifted = 0;
  std::string others;  // what else is in force
  for (auto one = suspensions_.begin(); one != suspensions_.end();) {
    const Suspension& suspension = one->second.suspension;
    const bool meant = suspension.user == user && (!reach || suspension.reach == *reach) &&
                       (app.empty() || suspension.app == app);
    if (meant && suspension.action != action) {
      others = fmt::format("; a suspension is in force that says {}", to_string(suspension.action));
    }
    if (!meant || suspension.action != action) {
      ++one;
      continue;
    }
    const Result<void> removed = store_.remove(kSuspension, one->first.to_string(), who, now);
    if (!removed) {
      rebuild();
      return std::unexpected(
          Refusal{503, "not all of it could be lifted: " + removed.error().detail});
    }
    one = suspensions_.erase(one);
    ++lifted;
  }
  if (lifted == 0) {
    const bool narrow = reach || !app.empty() || action != policy::Action::block;
    return std::unexpected(Refusal{404, fmt::format("'{}' is not suspended{}{}", printable(user),
                                                    narrow ? " so" : "", others)});
  }
  rebuild();
  return lifted;
}

bool StandingBook::expire(Time now) {
  std::size_t ended =
      std::erase_if(grants_, [now](const auto& one) { return one.second.grant->until <= now; });
  ended += std::erase_if(suspensions_,
                         [now](const auto& one) { return one.second.suspension.until <= now; });
  if (ended == 0) return false;
  const Result<std::size_t> forgotten = store_.expire(now);
  // What has ended is not read again, so that it is kept for longer does no harm.
  if (!forgotten) log::warning("what has ended is still kept: " + describe(forgotten.error()));
  rebuild();
  return true;
}

void StandingBook::rebuild() {
  std::vector<std::shared_ptr<const Grant>> grants;
  grants.reserve(grants_.size());
  for (const auto& [id, kept] : grants_) {
    if (names_ == nullptr || kept.grant->user.empty()) {
      grants.push_back(kept.grant);
      continue;
    }
    Grant named = *kept.grant;
    named.user = names_->revealed(named.user);
    grants.push_back(std::make_shared<const Grant>(std::move(named)));
  }
  std::vector<Suspension> suspensions;
  suspensions.reserve(suspensions_.size());
  for (const auto& [id, kept] : suspensions_) {
    suspensions.push_back(kept.suspension);
    if (names_) suspensions.back().user = names_->revealed(kept.suspension.user);
  }
  standing_ = std::make_shared<const policy::Standing>(std::move(grants), std::move(suspensions),
                                                       revoked_, ways_out_);
}

}  // namespace sallyport::app
