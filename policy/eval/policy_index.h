#pragma once
// Finds, among thousands of policies, the few that can match an activity.
//
// Of each policy one condition is its *key*: one that must hold for the policy to hold, whose
// values can be looked up (an app, a tag, a host, a user, a range of addresses ...), the rarest
// such among all policies. Policies are filed under the values of their keys. What has no key is
// looked at each time. A second condition, on words or texts that are compared whole, is its
// *guard*: its hash stands in the file beside the policy's number, so that most of what is filed
// under a common key is passed over without touching the policy.
//
// For each point there is an index of its own, because a fact that is not known yet is no key. A
// policy that asks for such a fact cannot hold at the point, but it may be pending: it *waits*. If
// all that it asks for is not known yet it is *late*: pending whatever the activity says, so it is
// not looked at but counted.
//
// Whoever asks about one activity after the other that say the same of most facts (the exchanges of
// a connection) keeps a Recall: facts that are as they were are not looked up again.
//
// INVARIANT: Candidates gives every member that may hold or be pending at the point and is not late
// - those that are ready, or those that wait - in ascending order. It may give others too, and one
// more than once in a row. Of policies in rehearsal that wait it gives none.

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "policy/activity/activity.h"
#include "policy/activity/attribute_table.h"
#include "policy/eval/compiled_policy.h"

namespace sallyport::policy {

class PolicyIndex {
 public:
  class PointIndex;
  class Candidates;
  class Recall;
  enum class Take : std::uint8_t { ready, waiting };
  // What asks is looked at each time: whether it is pending, a grant tells (standing.h). Isolation
  // is filed as a block: both stop.
  static constexpr std::array kMayBeLate = {Action::allow, Action::monitor, Action::block,
                                            Action::bypass, Action::intercept};

  PolicyIndex();
  ~PolicyIndex();
  PolicyIndex(PolicyIndex&&) noexcept;
  PolicyIndex& operator=(PolicyIndex&&) noexcept;

  // `members`: positions in `policies`, ascending. Nothing of `policies` is kept.
  PolicyIndex(const std::vector<CompiledPolicy>& policies, std::vector<std::uint32_t> members);

  bool empty() const { return members_.empty(); }
  std::span<const std::uint32_t> members() const { return members_; }
  const PointIndex& at(Point point) const;

 private:
  std::vector<std::uint32_t> members_;
  // connect, request, response; upload is as request, download as response.
  std::array<std::unique_ptr<PointIndex>, 3> points_;
};

// A policy as it is filed.
struct Filed {
  static constexpr std::uint8_t kNone = 255;

  std::uint32_t number = 0;
  std::uint32_t guard = 0;        // hash of the guard's value
  std::uint8_t slot = kNone;      // whose guard; kNone: no guard
  std::uint8_t key_part = kNone;  // of `when`: known to hold, because it was found by it
  Action action = Action::allow;
  bool waits = false;  // cannot hold at this point
  bool rehearse = false;
};

// The candidates of one activity, from the first. Lives on the stack; allocates only for an
// activity with more than 64 values that policies are filed under (a user of very many groups).
class PolicyIndex::Candidates {
 public:
  // `recall`: of earlier activities at the same index, or null. For Take::ready alone.
  Candidates(const PointIndex& index, const Activity& activity, Take take,
             Recall* recall = nullptr);
  const Filed* next();  // null: no more

 private:
  friend class PointIndex;
  friend class Recall;
  struct Run {
    const Filed* at;
    const Filed* end;
  };
  static constexpr std::size_t kGuards = 16;

  void add(std::span<const Filed> filed);
  void add(Run run);
  bool passes(const Filed& filed) const {
    return filed.waits == (take_ == Take::waiting) &&
           (filed.slot == Filed::kNone || guards_[filed.slot].may_be(filed.guard));
  }
  // To the next that passes; false at the end.
  bool settle(Run& run) const {
    while (run.at != run.end && !passes(*run.at)) ++run.at;
    return run.at != run.end;
  }
  Run* runs() { return many_.empty() ? few_.data() : many_.data(); }

  // What a fact is: its hash, or of several texts a bit for each.
  struct Guard {
    std::uint64_t bits = 0;
    bool several = false;

    bool may_be(std::uint32_t hash) const {
      return several ? (bits >> (hash >> 1 & 63) & 1) != 0 : bits == hash;
    }
  };

  const Take take_;
  static constexpr std::size_t kOnStack = 64;
  std::array<Guard, kGuards> guards_;  // of the activity's values
  std::array<Run, kOnStack> few_;      // the first count_ of them
  std::vector<Run> many_;              // all of them, once they are more
  std::size_t count_ = 0;
};

// What the last activity said, and what was found for it. REQUIRES: it is shown to one index only,
// which outlives its last use.
class PolicyIndex::Recall {
 private:
  friend class PointIndex;

  // A value of its own.
  using Kept =
      std::variant<std::monostate, std::int64_t, std::string, std::vector<std::string>, IpAddress>;
  struct Answer {
    bool known = false;
    Kept value;
    Candidates::Guard guard;
    std::vector<Candidates::Run> runs;
  };

  static bool same(const Kept& kept, const Value& value);
  static void keep(const Value& value, Kept& into);

  std::vector<Answer> answers_;  // one for each column
};

class PolicyIndex::PointIndex {
 public:
  PointIndex(const std::vector<CompiledPolicy>& policies, std::span<const std::uint32_t> members,
             Point point);
  ~PointIndex();

  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  // The first late policy that is enforced and does `action`, or kNone.
  std::uint32_t first_late(Action action) const {
    return first_late_[static_cast<std::size_t>(action)];
  }
  // How many policies that are enforced wait, or may.
  std::size_t waiting() const { return waiting_; }

 private:
  friend class Candidates;
  class Column;
  void look_up(const Activity& activity, Candidates& to, Recall* recall) const;

  std::vector<Filed> unkeyed_;
  std::vector<Filed> unkeyed_waiting_;
  std::size_t waiting_ = 0;
  std::array<std::uint32_t, kMayBeLate.size()> first_late_;
  std::vector<std::unique_ptr<Column>> columns_;  // one for each attribute that is a key or guard
};

}  // namespace sallyport::policy
