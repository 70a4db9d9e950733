#include "policy/testkit/suite.h"

#include <utility>

#include "base/core/text.h"
#include "policy/testkit/read_cases.h"

namespace sallyport::policy {

Suite::Suite(std::shared_ptr<const Program> program, BenchOptions options)
    : bench_(std::move(program), std::move(options)), coverage_(bench_.program()) {}

void Suite::add(const SourcePtr& source, Diagnostics& found) {
  auto file = std::make_shared<const TestFile>(read_cases(source, found));
  bench_.check(*file, found);
  files_.push_back(std::move(file));
}

std::size_t Suite::cases() const {
  std::size_t count = 0;
  for (const auto& file : files_) count += file->cases.size();
  return count;
}

bool Suite::run(const Run& run, std::vector<FileReport>& to) {
  using Steady = std::chrono::steady_clock;
  const std::string wanted = lower(run.filter);
  const auto begun = Steady::now();
  std::size_t done = 0;
  for (const auto& file : files_) {
    FileReport report{file, {}, {}};
    const auto file_begun = Steady::now();
    bool whole = true;
    for (const TestCase& test : file->cases) {
      if (lower(test.name).find(wanted) == std::string::npos) continue;
      if (done == run.limits.cases || Steady::now() - begun > run.limits.time) {
        whole = false;
        break;
      }
      report.results.push_back(bench_.run(test));
      if (run.coverage && test.has_history()) {
        if (report.results.back().passed()) coverage_.observe_history(test);
      } else if (run.coverage) {
        Diagnostics told;  // by add()
        coverage_.observe(test, bench_.activity_of(test, told));
      }
      ++done;
      if (run.progress) run.progress(done);
    }
    report.took = std::chrono::duration_cast<std::chrono::microseconds>(Steady::now() - file_begun);
    if (!report.results.empty()) to.push_back(std::move(report));
    if (!whole) return false;
  }
  return true;
}

}  // namespace sallyport::policy
