#pragma once
// From a rule as written to a rule that can be judged: every attribute and every value is checked
// here.

#include "base/core/diagnostics.h"
#include "policy/eval/program.h"
#include "policy/model/rule.h"

namespace sallyport::policy {

// The result may only be used where `found` holds no error afterwards.
CompiledRule lower_rule(const Rule& rule, Diagnostics& found);

}  // namespace sallyport::policy
