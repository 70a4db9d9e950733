#pragma once
// From YAML to rules as written: the shape is checked here, what the words mean is checked by
// lower.h.

#include <vector>

#include "base/core/diagnostics.h"
#include "base/core/spanned.h"
#include "policy/model/rule.h"

namespace sallyport::policy {

// Every rule of the file, those with faults too, so that the next step can find more faults in
// them. A file without any rule is legal.
std::vector<Rule> parse_rules(const SourcePtr& file, Diagnostics& found);

}  // namespace sallyport::policy
