#pragma once
// What policies make of a case, held against what the case expects. Private to policy/testkit.

#include <string>
#include <vector>

#include "policy/eval/program.h"
#include "policy/testkit/test_case.h"

namespace sallyport::policy {

// One thing that is not as the case says.
struct Difference {
  std::string expected;
  std::string got;
  std::string why;  // the place of what was in the way; may be ""
};

// REQUIRES: check_case() found no error.
std::vector<Difference> differences(const Program& program, const TestCase& test,
                                    const Activity& activity);

// Of a case with a history. Each detection looks by itself, so that none is silent because another
// has found the same incident. `judge` may be null: then nothing can be told.
std::vector<Difference> history_differences(const Program& program, const TestCase& test,
                                            std::span<const HistoryActivity> history,
                                            HistoryJudge* judge);

}  // namespace sallyport::policy
