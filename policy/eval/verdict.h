#pragma once
// What policy said about one activity, and why.
//
// Decision: as the program gives it, without a copy and without an allocation; it points into the
// program and dies with it. Verdict: the same with texts of its own, which travels in an Event.

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/core/clock.h"
#include "base/core/id.h"
#include "policy/activity/words.h"

namespace sallyport::policy {

struct CompiledPolicy;

struct Decision {
  Action action = Action::allow;
  Point point = Point::request;  // Where it was decided.
  // False: a policy that stands before what would decide still waits for a later point, so this is
  // only what would hold if none of those match; `action` is then allow. Where no policy matches it
  // may be false although none of those that wait could match any more: to find that out would cost
  // more than to ask again.
  bool final = true;
  const CompiledPolicy* policy = nullptr;  // that decided; null: none matched, the default holds

  // What a fault of the origin's certificate comes to, not what may be done. A block without a
  // policy means that the origin fails, as it does where nobody wrote anything about faults.
  bool by_fault = false;

  // The user is suspended: a block, or a question, that no policy decided.
  std::optional<Ulid> suspension;
  Time suspended_until{};

  // Nothing goes on to the origin: it is blocked, or waits for the person's answer.
  bool stops() const { return final && sallyport::policy::stops(action); }
  bool bypasses() const { return final && action == Action::bypass; }
  // It passes, and a person at a browser is shown a notice first. Also where the rest is not final:
  // what is decided later does not depend on it.
  bool shows_notice() const { return action == Action::notice; }

  // Policies that were passed over because the person has answered them, in the order written; the
  // first kMostGranted.
  struct Granted {
    const CompiledPolicy* policy = nullptr;
    Ulid grant;
  };
  static constexpr std::size_t kMostGranted = 4;
  std::span<const Granted> granted() const { return {granted_.data(), granted_count_}; }
  void add_granted(const CompiledPolicy& asked, const Ulid& grant) {
    const auto known = granted();
    const bool told = std::any_of(known.begin(), known.end(),
                                  [&](const Granted& one) { return one.policy == &asked; });
    if (!told && granted_count_ < kMostGranted) granted_[granted_count_++] = {&asked, grant};
  }
  // Those of an earlier point that this one has not met.
  void keep_granted(const Decision& earlier);

  // Policies in rehearsal that would have decided, in the order written; the first kMostRehearsed.
  static constexpr std::size_t kMostRehearsed = 8;
  std::span<const CompiledPolicy* const> rehearsed() const { return {rehearsed_.data(), count_}; }
  void add_rehearsed(const CompiledPolicy& one) {
    if (count_ < kMostRehearsed) rehearsed_[count_++] = &one;
  }
  // What would have been is told of all points: those of an earlier decision stand before ours.
  void keep_rehearsed(const Decision& earlier);

 private:
  std::array<const CompiledPolicy*, kMostRehearsed> rehearsed_;  // the first count_ of them
  std::array<Granted, kMostGranted> granted_;                    // likewise
  std::uint8_t count_ = 0;
  std::uint8_t granted_count_ = 0;
};

struct Verdict {
  Verdict() = default;
  explicit Verdict(const Decision& decision);

  Action action = Action::allow;
  // The policy that decided, as its author named it, and its id; "" where none matched and the
  // default holds.
  std::string policy;
  std::string policy_id;
  std::string say;          // The author's words for the person who was stopped, or "".
  std::string redirect;     // Where that person is sent instead of a page, or "".
  std::string replacement;  // What is sent in place of a download, or "".
  bool quarantine = false;  // What was held of an upload is kept for the operators.
  std::string suspension;   // the id of the suspension that decided, or ""
  // Where it asks: how long and how wide an answer holds.
  std::chrono::seconds grant_for{0};
  GrantWidth grant_width = GrantWidth::app;
  Point point = Point::request;
  bool final = true;  // as Decision::final
  // Policies with `mode: rehearse` that would have decided, with what they would have done.
  struct Rehearsed {
    std::string policy;
    Action action = Action::allow;
  };
  std::vector<Rehearsed> rehearsed;
  // Policies that were passed over, with the ids of the grants that let it pass.
  struct Granted {
    std::string policy_id;
    std::string grant;

    bool operator==(const Granted&) const = default;
  };
  std::vector<Granted> granted;

  // As of Decision.
  bool stops() const { return final && sallyport::policy::stops(action); }
  bool shows_notice() const { return action == Action::notice; }
};

}  // namespace sallyport::policy
