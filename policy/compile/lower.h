#pragma once
// From a policy as written to one that can be judged: every attribute and every value is checked
// here.

#include "base/core/diagnostics.h"
#include "policy/compile/compile.h"
#include "policy/compile/values.h"
#include "policy/eval/program.h"
#include "policy/model/policy.h"

namespace sallyport::policy {

// The result may only be used where `found` holds no error afterwards.
CompiledPolicy lower_policy(const Policy& policy, const CompileOptions& options,
                            ValueReader& values, Diagnostics& found);

// Conditions alone, in the zone `zone` and for a policy of `kind`; for tools.
std::vector<Expression> lower_conditions(const std::vector<Condition>& written, Kind kind,
                                         const std::string& zone, ValueReader& values,
                                         Diagnostics& found);

}  // namespace sallyport::policy
