#pragma once
// What policy said about one activity, and why.
//
// Decision: as the program gives it, without a copy and without an allocation; it points into the
// program and dies with it. Verdict: the same with texts of its own, which travels in an Event.

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

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

  bool stops() const { return final && action == Action::block; }
  bool bypasses() const { return final && action == Action::bypass; }

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
  std::uint8_t count_ = 0;
};

struct Verdict {
  Verdict() = default;
  explicit Verdict(const Decision& decision);

  Action action = Action::allow;
  // The policy that decided, as its author named it, and its id; "" where none matched and the
  // default holds.
  std::string policy;
  std::string policy_id;
  std::string say;       // The author's words for the person who was stopped, or "".
  std::string redirect;  // Where that person is sent instead of a page, or "".
  Point point = Point::request;
  bool final = true;  // as Decision::final
  // Policies with `mode: rehearse` that would have decided, with what they would have done.
  struct Rehearsed {
    std::string policy;
    Action action = Action::allow;
  };
  std::vector<Rehearsed> rehearsed;

  bool stops() const { return final && action == Action::block; }
};

}  // namespace sallyport::policy
