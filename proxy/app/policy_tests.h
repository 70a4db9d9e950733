#pragma once
// The tests that stand beside policies, read from a folder together with what they speak of.

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/core/diagnostics.h"
#include "policy/compile/compile.h"
#include "policy/testkit/suite.h"
#include "proxy/app/config.h"

namespace sallyport::app {

// The test files of `folder`, or `files` of it only, beside its policies as they say themselves:
// `policy_mode` of the configuration does not count. The folder of templates is compiled as
// policies, each of which its cases see alone. Null where nothing could be compiled; every fault is
// reported.
std::unique_ptr<policy::Suite> load_policy_tests(const Config& config, const std::string& folder,
                                                 const std::vector<std::string>& files,
                                                 Diagnostics& found);

// What keeps tests from holding up a reload: cases, and time.
inline constexpr std::size_t kMostCasesAtReload = 10'000;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr std::chrono::milliseconds kMostTimeAtReload{20'000};  // they make all that slower
#else
inline constexpr std::chrono::milliseconds kMostTimeAtReload{2000};
#endif

// Runs the tests beside the policies of `folder` before these come into force: `program` is made of
// `sources`. A failing case is an error at its place; a limit that is met is a warning.
void run_policy_tests(const std::string& folder, const policy::PolicySources& sources,
                      std::shared_ptr<const policy::Program> program,
                      const policy::CompileOptions& options, Diagnostics& errors,
                      Diagnostics& warnings);

}  // namespace sallyport::app
