#pragma once
// What a run of test files came to: as text for people, JSON for programs, JUnit for build servers.

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "policy/testkit/bench.h"
#include "policy/testkit/coverage.h"

namespace sallyport::policy {

// One test file that was run.
struct FileReport {
  std::shared_ptr<const TestFile> file;
  std::vector<CaseResult> results;  // in the order written
  std::chrono::microseconds took{0};
};

struct TestReport {
  std::vector<FileReport> files;
  std::vector<const Coverage*> coverage;  // of each folder that was run; none: not asked for

  std::size_t cases() const;
  std::size_t failed() const;
  // Over all folders, rounded down.
  int percent() const;
  std::size_t conditions() const;
  std::size_t covered() const;
};

// Failed cases, what is not covered, and a line that sums up. With `table`, the coverage of each
// policy too.
std::string text_report(const TestReport& report, bool table);
std::string json_report(const TestReport& report);
std::string junit_report(const TestReport& report);

// A failed case as a fault of its file, for a reload that it refuses.
void add_failure(const CaseResult& result, Diagnostics& found);

}  // namespace sallyport::policy
