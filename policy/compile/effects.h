#pragma once
// What a policy does: all of it but its names, its times and its conditions.

#include "base/core/diagnostics.h"
#include "policy/eval/compiled_policy.h"
#include "policy/model/policy.h"

namespace sallyport::policy {

// REQUIRES: out.kind is the policy's. Faults are added to `found`.
void lower_effects(const Policy& written, Diagnostics& found, CompiledPolicy& out);

}  // namespace sallyport::policy
