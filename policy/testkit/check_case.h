#pragma once
// What of a case the policies cannot be asked: ids that there are not, kinds, reasons, tags.
// Private to policy/testkit.

#include "base/core/diagnostics.h"
#include "policy/eval/program.h"
#include "policy/testkit/test_case.h"

namespace sallyport::policy {

// `apart`: the policies are templates, and a case sees those that it names.
void check_case(const Program& program, const TestCase& test, bool apart, Diagnostics& found);

}  // namespace sallyport::policy
