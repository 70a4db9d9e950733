#pragma once
// `sallyport policy fmt`: the one layout of policy files and of the test files beside them.
//
// Keys of a policy in the order of policy_keys(), those of a case in the order of case_keys(), in a
// variation behind its facts; everything else as base/yaml/write.h says.
// Comments stay at what they speak of. Line ends stay what they were (those of the first line).
//
// INVARIANT: what comes out means the same: the same policies or cases in the same order with the
// same texts and the same comments, or it is refused. Laying out twice changes nothing the second
// time.

#include <string>

#include "base/core/diagnostics.h"
#include "base/core/spanned.h"

namespace sallyport::policy {

// A file of policies or templates, or of cases: one that is called x.test.yaml, or begins with
// `case` or `defaults`. One whose YAML or shape is wrong is refused with all its faults.
Checked<std::string> lay_out(const SourcePtr& file);

}  // namespace sallyport::policy
