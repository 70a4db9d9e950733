#pragma once
// Policies on the bench: cases are checked against them, then run.
//
//   Bench bench(program, {.zone = "UTC"});
//   bench.check(file, found);
//   if (!found.has_errors()) for (const TestCase& test : file.cases) bench.run(test);

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/core/diagnostics.h"
#include "policy/eval/program.h"
#include "policy/testkit/compare_case.h"
#include "policy/testkit/test_case.h"

namespace sallyport::policy {

struct CaseResult {
  const TestCase* test = nullptr;
  std::vector<Difference> differences;
  bool passed() const { return differences.empty(); }
};

struct BenchOptions {
  std::string zone = "UTC";  // of policies that name none; it exists
  // Templates are never in force together: each case sees those that it names and no others.
  bool apart = false;
  // For cases with a history; it outlives the bench. Null: they fail.
  HistoryJudge* histories = nullptr;
};

// Thread rule: one thread at a time.
class Bench {
 public:
  Bench(std::shared_ptr<const Program> program, BenchOptions options);

  const Program& program() const { return *program_; }

  // Everything of the cases that the policies cannot be asked: ids, kinds, reasons, facts.
  void check(const TestFile& file, Diagnostics& found) const;

  // REQUIRES: check() found no error in the case.
  CaseResult run(const TestCase& test);

  // The activity of a case, in the zone of the policy that it is about.
  Activity activity_of(const TestCase& test, Diagnostics& found) const;

 private:
  const Program& program_for(const TestCase& test);
  const TimeZone& zone_of(const TestCase& test) const;

  std::shared_ptr<const Program> program_;
  BenchOptions options_;
  // The mode of the gateway, and of templates the numbers of those that are in it.
  using Variant = std::pair<bool, std::vector<std::uint32_t>>;
  std::map<Variant, Program> variants_;
  // Of the options and of every policy that names one.
  std::map<std::string, std::shared_ptr<const TimeZone>, std::less<>> zones_;
};

}  // namespace sallyport::policy
