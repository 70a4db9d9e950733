#pragma once
// The keys that a case and a variation have in common: what happens beside facts, and what is
// expected. Private to policy/testkit.

#include "base/core/diagnostics.h"
#include "base/yaml/reader.h"
#include "policy/testkit/test_case.h"

namespace sallyport::policy {

// Reads every key of case_keys() that varies. What `repeat` and `day` leave out stays as it is in
// `test`.
void read_case_keys(yaml::MapReader& map, TestCase& test, Diagnostics& found);

}  // namespace sallyport::policy
