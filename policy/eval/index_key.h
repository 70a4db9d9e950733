#pragma once
// What a policy is filed under in the index (policy_index.h): the keys among its conditions, its
// guard, and whether it can hold at a point at all.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "policy/eval/compiled_policy.h"
#include "policy/eval/policy_index.h"

namespace sallyport::policy::indexing {

struct Key {
  enum class What : std::uint8_t { text, host_exact, host_under, host_below, prefix, unset };
  const Attribute* attribute = nullptr;
  What what = What::text;
  bool folds = false;
  std::string text;  // also the bytes of a prefix

  auto operator<=>(const Key&) const = default;
};

// A choice of keys, and which part of `when` it comes from (Filed::kNone: from inside a group).
struct Choice {
  std::vector<Key> keys;
  std::uint8_t part = Filed::kNone;
};

// The parts that could be filed under; the caller chooses. `top`: `parts` is the policy's own
// `when`.
void collect_keys(std::span<const Expression> parts, Point point, bool top,
                  std::vector<Choice>& choices);

// Pending at `point` whatever the activity says, and whoever has answered what.
bool is_late(const CompiledPolicy& policy, Point point);
// Whether some condition that must hold is not known at `point` and will not be there early.
bool must_wait(std::span<const Expression> parts, Point point);

// A test that can be a guard: of words or texts that are compared whole, known at `point`.
bool can_guard(const Expression& part, Point point);
bool folds_of(const Expression& test);  // REQUIRES: can_guard

}  // namespace sallyport::policy::indexing
