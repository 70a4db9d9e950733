#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <map>
#include <set>

#include "discovery/signatures/signature_tests.h"
#include "proxy/app/config.h"
#include "proxy/cli/commands.h"

namespace sallyport::cli {
namespace {

namespace fs = std::filesystem;

// The last directory's file counts, as its signatures do.
std::map<std::string, fs::path> test_files(const std::vector<std::string>& directories) {
  std::map<std::string, fs::path> files;
  for (const std::string& directory : directories) {
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator(directory, failed)) {
      const fs::path file = entry.path() / "activities.test.yaml";
      std::error_code ignored;
      if (fs::exists(file, ignored)) files[entry.path().filename().string()] = file;
    }
    const fs::path generic = fs::path(directory) / "generic.test.yaml";
    if (std::error_code ignored; fs::exists(generic, ignored)) files["generic"] = generic;
  }
  return files;
}

}  // namespace

int apps_test(const AppsTestOptions& options) {
  Diagnostics found;
  auto config = app::load_config(options.common.config, found);
  if (!config) {
    complain("the configuration cannot be used:\n" + render(config.error()));
    return kWrongInput;
  }
  auto catalog = discovery::load_catalog(config->catalog, found);
  if (!catalog) {
    complain("the catalog has faults:\n" + render(catalog.error()));
    return kWrongInput;
  }
  auto book = discovery::SignatureBook::load(config->catalog, **catalog, found);
  if (!book) {
    complain("the signatures have faults:\n" + render(book.error()));
    return kWrongInput;
  }
  auto files = test_files(config->catalog);
  const std::set<std::string> wanted(options.apps.begin(), options.apps.end());
  for (const std::string& app : wanted) {
    if (files.contains(app)) continue;
    complain(fmt::format("app '{}' has no activities.test.yaml", app));
    return kWrongInput;
  }
  discovery::SignatureTestReport sum;
  std::size_t apps = 0;
  Diagnostics faults;
  for (const auto& [app, file] : files) {
    if (!wanted.empty() && !wanted.contains(app)) continue;
    auto node = yaml::parse_file(file.string());
    if (!node) {
      faults.append(std::move(node.error()));
      ++sum.failed;
      continue;
    }
    const auto report = discovery::run_signature_tests(*node, app, **book, **catalog, faults);
    ++apps;
    sum.tests += report.tests;
    sum.failed += report.failed;
    sum.signatures += report.signatures;
    sum.unproven.insert(sum.unproven.end(), report.unproven.begin(), report.unproven.end());
  }
  if (!faults.empty()) complain("what fails:\n" + render(faults));
  for (const std::string& one : sum.unproven) {
    say(fmt::format("no request proves {}\n", one));
  }
  say(fmt::format("{} apps, {} signatures, {} requests: {} failed, {} signatures unproven\n", apps,
                  sum.signatures, sum.tests, sum.failed, sum.unproven.size()));
  return sum.failed > 0 || !sum.unproven.empty() ? kNo : kOk;
}

}  // namespace sallyport::cli
