#pragma once
// Proofs about conditions as wholes: that one follows from others, and that some can never hold
// together. Built on what single tests say of each other (overlap.h); `all`, `any` and `not` are
// taken apart. As there: `true` is certain, `false` may mean "cannot tell".

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "policy/compile/overlap.h"
#include "policy/eval/expression.h"
#include "policy/model/policy.h"

namespace sallyport::policy {

// A condition, or its opposite, with the text that it was made of; null for one that nobody wrote.
struct Claim {
  const Expression* expression = nullptr;
  const Condition* written = nullptr;
  bool negated = false;
};

// The parts of a group, each of which the claim needs (`all`) or one of which is enough (`any`).
enum class Shape : std::uint8_t { literal, all, any };
Shape shape_of(const Claim& claim);
std::vector<Claim> parts_of(const Claim& claim);

// `written` may be shorter than `expressions`.
std::vector<Claim> claims_of(std::span<const Expression> expressions,
                             const std::vector<Condition>& written);
Claim opposite(Claim claim);

// Wherever all of `premises` hold, `conclusion` does.
bool follows(std::span<const Claim> premises, const Claim& conclusion, Work& work);

// Two literals that never hold together.
struct Clash {
  Claim earlier;
  Claim later;
};

// Why all of `claims` can never hold together, or nothing. Calls `dead` for each alternative of an
// `any` that can never hold, although others may.
using DeadAlternative = std::function<void(const Claim& alternative, const Clash&)>;
std::optional<Clash> find_clash(const std::vector<Claim>& claims, Work& work,
                                const DeadAlternative& dead = nullptr);

}  // namespace sallyport::policy
