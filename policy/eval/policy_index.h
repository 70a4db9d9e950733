#pragma once
// Finds, among thousands of policies, the few that can match an activity.
//
// Of each policy one condition is its *key*: one that must hold for the policy to hold, whose
// values can be looked up (an app, a tag, a host, a user, a range of addresses ...), the rarest
// such among all policies. Policies are filed under the values of their keys. What has no key is
// looked at each time.
//
// For each point there is an index of its own, because a fact that is not known yet is no key: then
// the policy must be looked at, or, if *all* it asks for is not known yet, it is *late*: pending
// whatever the activity says, so it is not looked at but counted.
//
// INVARIANT: candidates() gives every member that may hold at the point and is not late, in
// ascending order, each once. It may give others too.

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "policy/activity/activity.h"
#include "policy/eval/compiled_policy.h"

namespace sallyport::policy {

class PolicyIndex {
 public:
  class PointIndex;
  class Candidates;

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

// A sorted run of policies.
using Posting = std::span<const std::uint32_t>;

// The candidates of one activity, from the first. Lives on the stack; allocates only for an
// activity with more than 64 values that policies are filed under (a user of very many groups).
class PolicyIndex::Candidates {
 public:
  Candidates(const PointIndex& index, const Activity& activity);
  static constexpr std::uint32_t kEnd = std::numeric_limits<std::uint32_t>::max();
  std::uint32_t next();  // kEnd: no more

 private:
  friend class PointIndex;
  void add(Posting posting);

  struct Run {
    const std::uint32_t* at;
    const std::uint32_t* end;
  };
  static constexpr std::size_t kOnStack = 64;
  std::array<Run, kOnStack> few_;  // the first count_ of them
  std::vector<Run> many_;          // all of them, once they are more
  std::size_t count_ = 0;
};

class PolicyIndex::PointIndex {
 public:
  PointIndex(const std::vector<CompiledPolicy>& policies, std::span<const std::uint32_t> members,
             Point point);
  ~PointIndex();

  // The first late policy that is enforced and does `action`, or Candidates::kEnd.
  std::uint32_t first_late(Action action) const {
    return first_late_[static_cast<std::size_t>(action)];
  }
  std::size_t late() const { return late_; }
  // Policies without a key, which every activity must look at.
  std::size_t unkeyed() const { return unkeyed_.size(); }

 private:
  friend class Candidates;
  class Table;
  void look_up(const Activity& activity, Candidates& to) const;

  std::vector<std::uint32_t> unkeyed_;
  std::array<std::uint32_t, 5> first_late_;
  std::size_t late_ = 0;
  std::vector<std::unique_ptr<Table>> tables_;  // one for each attribute that is a key
};

}  // namespace sallyport::policy
