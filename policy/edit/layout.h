#pragma once
// `sallyport policy fmt`: the one layout of policy files.
//
// Keys of a policy in the order of policy_keys(); everything else as base/yaml/write.h says.
// Comments stay at what they speak of. Line ends stay what they were (those of the first line).
//
// INVARIANT: what comes out means the same: the same policies in the same order with the same texts
// and the same comments, or it is refused. Laying out twice changes nothing the second time.

#include <string>

#include "base/core/diagnostics.h"
#include "base/core/spanned.h"

namespace sallyport::policy {

// A file of policies or templates. One whose YAML or shape is wrong is refused with all its faults.
Checked<std::string> lay_out(const SourcePtr& file);

}  // namespace sallyport::policy
