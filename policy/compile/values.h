#pragma once
// The values of one condition: checked against the attribute's type and prepared for comparison.

#include <optional>
#include <string>
#include <vector>

#include "base/core/diagnostics.h"
#include "base/core/spanned.h"
#include "policy/activity/attribute_table.h"
#include "policy/eval/expression.h"

namespace sallyport::policy {

// The test `attribute: values`, or nothing where a value is wrong. REQUIRES: values is not empty.
std::optional<Expression> lower_test(const Attribute& attribute,
                                     const std::vector<Spanned<std::string>>& values,
                                     Diagnostics& found);

}  // namespace sallyport::policy
