#pragma once
// From a test file's YAML to cases. What needs the policies to be told (whether an id exists) is
// checked by bench.h.
//
// Limits: those of base/yaml, 10,000 cases in a file, 64 variations of a case.

#include "base/core/diagnostics.h"
#include "policy/testkit/test_case.h"

namespace sallyport::policy {

// All cases that could be read; every fault is reported.
TestFile read_cases(const SourcePtr& source, Diagnostics& found);

}  // namespace sallyport::policy
