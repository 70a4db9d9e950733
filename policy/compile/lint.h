#pragma once
// What is legal and hardly meant: policies that are never reached or never match, dates that are
// over, lists that nobody uses. Each warning says where, why and what to do.
//
// Nothing here is a guess: a policy is called unreachable only where it is proven (proof.h). What
// cannot be proven is not told, and neither is what lies beyond kMostWork comparisons.

#include <cstddef>
#include <optional>
#include <vector>

#include "base/core/clock.h"
#include "base/core/diagnostics.h"
#include "policy/compile/compile.h"
#include "policy/compile/values.h"
#include "policy/eval/compiled_policy.h"
#include "policy/model/policy.h"

namespace sallyport::policy {

inline constexpr std::size_t kMostWork = 2'000'000;  // values that are looked at, of all policies
inline constexpr int kSoonDays = 14;                 // before a policy or an exception ends

// REQUIRES: `policies` were lowered without an error, by `values`.
void lint(const std::vector<CompiledPolicy>& policies, const std::vector<Policy>& templates,
          const PolicySources& sources, const CompileOptions& options, ValueReader& values,
          Diagnostics& found);

// Names that no file knows: apps, users, groups, tags that nobody asks for. Separate, because what
// is known changes while policies stay.
void lint_names(const Program& program, const KnownNames& known, Diagnostics& found);

}  // namespace sallyport::policy
