#pragma once
// The test files of one folder, and the policies that they speak of.
//
//   Suite suite(program, {.zone = "UTC"});
//   for (const SourcePtr& source : tests) suite.add(source, found);
//   if (!found.has_errors()) suite.run({}, report.files);

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "policy/testkit/bench.h"
#include "policy/testkit/coverage.h"
#include "policy/testkit/report.h"

namespace sallyport::policy {

class Suite {
 public:
  // The program is compiled with the modes that its policies say themselves.
  Suite(std::shared_ptr<const Program> program, BenchOptions options);

  // Every fault of the file is reported.
  void add(const SourcePtr& source, Diagnostics& found);
  std::size_t cases() const;

  struct Limits {
    std::size_t cases = static_cast<std::size_t>(-1);
    std::chrono::milliseconds time = std::chrono::hours(24);
  };
  struct Run {
    std::string filter;  // only cases whose name holds it, whatever its case; "": all
    Limits limits;
    bool coverage = true;
    std::function<void(std::size_t done)> progress = nullptr;  // after each case
  };
  // Returns false where a limit was met; then `to` holds the cases before it. REQUIRES: add() found
  // no error.
  bool run(const Run& run, std::vector<FileReport>& to);

  const Coverage& coverage() const { return coverage_; }

 private:
  Bench bench_;
  Coverage coverage_;
  std::vector<std::shared_ptr<const TestFile>> files_;
};

}  // namespace sallyport::policy
