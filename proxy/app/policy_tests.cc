#include "proxy/app/policy_tests.h"

#include <filesystem>
#include <utility>

#include "base/yaml/node.h"
#include "discovery/history/case_history.h"
#include "proxy/app/policy_files.h"

namespace sallyport::app {
namespace {

bool is_templates(const Config& config, const std::string& folder) {
  std::error_code ignored;
  if (!config.templates.empty() && std::filesystem::equivalent(folder, config.templates, ignored)) {
    return true;
  }
  const std::filesystem::path path(folder);
  return (path.has_filename() ? path : path.parent_path()).filename() == "templates";
}

// The table of countries is read once; a reload has its tests run on one thread, the command line
// too.
policy::HistoryJudge& histories() {
  static thread_local discovery::CaseHistories judge(discovery::World::of_system());
  return judge;
}

void add_files(policy::Suite& suite, const std::vector<std::string>& files, Diagnostics& found) {
  for (const std::string& file : files) {
    Checked<SourcePtr> source = yaml::read_source(file);
    if (source) {
      suite.add(*source, found);
    } else {
      found.append(std::move(source.error()));
    }
  }
}

}  // namespace

std::unique_ptr<policy::Suite> load_policy_tests(const Config& config, const std::string& folder,
                                                 const std::vector<std::string>& files,
                                                 Diagnostics& found) {
  const bool templates = is_templates(config, folder);
  const std::size_t before = found.errors();
  policy::PolicySources sources;
  if (templates) {
    sources = read_policy_sources(config.policies, folder, found);
    sources.policies = sources.templates;
  } else {
    sources = read_policy_sources(folder, config.templates, found);
  }
  const policy::CompileOptions options{policy::Mode::enforce, config.policy_zone};
  Diagnostics warnings;  // `check` tells them
  auto program = policy::compile(sources, options, warnings);
  if (!program) {
    found.append(std::move(program.error()));
    return nullptr;
  }
  if (found.errors() != before) return nullptr;
  auto suite = std::make_unique<policy::Suite>(std::move(*program), policy::BenchOptions{
                                                                        .zone = config.policy_zone,
                                                                        .apart = templates,
                                                                        .histories = &histories(),
                                                                    });
  add_files(*suite, files.empty() ? yaml_files(folder, true, found) : files, found);
  return suite;
}

void run_policy_tests(const std::string& folder, const policy::PolicySources& sources,
                      std::shared_ptr<const policy::Program> program,
                      const policy::CompileOptions& options, Diagnostics& errors,
                      Diagnostics& warnings) {
  const std::vector<std::string> files = yaml_files(folder, true, errors);
  if (files.empty()) return;
  if (options.mode != policy::Mode::enforce) {
    // The cases say what the policies do by themselves, however they are in force.
    Diagnostics told;
    auto by_themselves = policy::compile(sources, {policy::Mode::enforce, options.zone}, told);
    if (!by_themselves) return;  // It was compiled before.
    program = std::move(*by_themselves);
  }
  policy::Suite suite(std::move(program),
                      {.zone = options.zone, .apart = false, .histories = &histories()});
  Diagnostics found;
  add_files(suite, files, found);
  if (!found.has_errors()) {
    policy::Suite::Run run;
    run.coverage = false;
    run.limits = {kMostCasesAtReload, kMostTimeAtReload};
    std::vector<policy::FileReport> reports;
    if (!suite.run(run, reports)) {
      const auto source = std::make_shared<const Source>(Source{folder, {}});
      found.warning({source}, "not all tests of the policies were run, so that nothing waits",
                    "sallyport policy test runs all");
    }
    for (const policy::FileReport& report : reports) {
      for (const policy::CaseResult& result : report.results) {
        if (!result.passed()) policy::add_failure(result, found);
      }
    }
  }
  (found.has_errors() ? errors : warnings).append(std::move(found));
}

}  // namespace sallyport::app
