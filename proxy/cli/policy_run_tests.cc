#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <map>
#include <set>
#include <unistd.h>

#include "policy/testkit/suite.h"
#include "proxy/app/policy_files.h"
#include "proxy/app/policy_tests.h"
#include "proxy/cli/policy_options.h"

namespace sallyport::cli {
namespace {

// Tells how far a long run is, on a terminal only, at most ten times a second.
class Progress {
 public:
  explicit Progress(std::size_t all) : all_(all), terminal_(::isatty(STDERR_FILENO) == 1) {}
  ~Progress() {
    if (shown_) write("\r\x1b[K");
  }
  void tell(std::size_t done) {
    const auto now = std::chrono::steady_clock::now();
    if (!terminal_ || now - last_ < std::chrono::milliseconds(100)) return;
    if (now - begun_ < std::chrono::seconds(1)) return;
    last_ = now;
    shown_ = true;
    write(fmt::format("\r{} of {} cases", done, all_));
  }

 private:
  static void write(const std::string& text) {
    [[maybe_unused]] const auto put = ::write(STDERR_FILENO, text.data(), text.size());
  }

  std::size_t all_;
  bool terminal_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point last_;
};

// What to run, by the folder whose policies it speaks of: no files means all of the folder.
using Wanted = std::map<std::string, std::set<std::string>>;

Wanted wanted_paths(const PolicyTestOptions& options, const app::Config& config,
                    Diagnostics& found) {
  Wanted wanted;
  for (const std::string& path : options.paths) {
    std::error_code ignored;
    const bool folder = std::filesystem::is_directory(path, ignored);
    const auto source = std::make_shared<const Source>(Source{path, {}});
    if (folder) {
      wanted[path].clear();
    } else if (!path.ends_with(".test.yaml")) {
      found.error({source}, "this is no folder and no test file",
                  "a test file is called x.test.yaml, and stands beside x.yaml");
    } else if (const std::string parent = std::filesystem::path(path).parent_path().string();
               !std::filesystem::exists(path, ignored)) {
      found.error({source}, "there is no such file");
    } else if (const auto known = wanted.find(parent.empty() ? "." : parent);
               known == wanted.end() || !known->second.empty()) {
      wanted[parent.empty() ? "." : parent].insert(path);
    }
  }
  if (!options.paths.empty()) return wanted;
  if (!config.policies.empty()) wanted[config.policies];
  if (!config.templates.empty()) wanted[config.templates];
  return wanted;
}

}  // namespace

int policy_test(const PolicyTestOptions& options) {
  Diagnostics found;
  auto config = app::load_config(options.common.config, found);
  if (!config) {
    complain("the configuration cannot be used:\n" + render(config.error()));
    return kWrongInput;
  }
  Diagnostics faults;
  std::vector<std::unique_ptr<policy::Suite>> suites;
  std::size_t cases = 0;
  for (const auto& [folder, files] : wanted_paths(options, *config, faults)) {
    auto suite = app::load_policy_tests(*config, folder, {files.begin(), files.end()}, faults);
    if (suite == nullptr) continue;
    cases += suite->cases();
    suites.push_back(std::move(suite));
  }
  if (faults.has_errors()) {
    complain("the tests cannot be run:\n" + render(faults));
    return kWrongInput;
  }
  const bool wants_coverage = options.coverage || options.min_coverage > 0;
  policy::TestReport report;
  {
    Progress progress(cases);
    std::size_t before = 0;
    for (const auto& suite : suites) {
      policy::Suite::Run run;
      run.filter = options.filter;
      run.coverage = wants_coverage;
      run.progress = [&](std::size_t done) { progress.tell(before + done); };
      suite->run(run, report.files);
      before += suite->cases();
      if (wants_coverage) report.coverage.push_back(&suite->coverage());
    }
  }
  say(options.format == "json"    ? policy::json_report(report)
      : options.format == "junit" ? policy::junit_report(report)
                                  : policy::text_report(report, options.coverage));
  if (report.failed() > 0) return kNo;
  if (report.cases() == 0 && !options.filter.empty()) {
    complain(fmt::format("no case's name holds '{}'", options.filter));
    return kNo;
  }
  return wants_coverage && report.percent() < options.min_coverage ? kNo : kOk;
}

}  // namespace sallyport::cli
