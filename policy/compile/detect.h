#pragma once
// The `detect` of a detection, checked. Private to policy/compile.

#include "base/core/diagnostics.h"
#include "policy/eval/detect_rule.h"
#include "policy/model/policy.h"

namespace sallyport::policy {

// Reports what is wrong; `out` is whole where nothing was.
void lower_detect(const WrittenDetect& written, Diagnostics& found, DetectRule& out);

}  // namespace sallyport::policy
