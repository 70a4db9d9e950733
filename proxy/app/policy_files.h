#pragma once
// The files that policies are made of, read from their folders:
//
//   policies/*.yaml            in the order of their names, without *.test.yaml
//   policies/lists/*.txt       named lists: `list/NAME`
//   templates/*.yaml           without *.test.yaml

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/diagnostics.h"
#include "policy/compile/compile.h"
#include "policy/compile/policy_set.h"

namespace sallyport::app {

// The *.yaml of a folder by name; `tests` are the *.test.yaml, else they are left out. A folder
// that cannot be read is an error.
std::vector<std::string> yaml_files(const std::string& folder, bool tests, Diagnostics& errors);

// "" for a folder: none. Whatever cannot be read is reported.
policy::PolicySources read_policy_sources(const std::string& policies, const std::string& templates,
                                          Diagnostics& errors);

// A program, and all that it was compiled from.
struct LoadedProgram {
  std::shared_ptr<const policy::Program> program;
  std::shared_ptr<const policy::KeptPolicies> set;
};

// Both at once, and their tests: a failing one is an error. `also_named`: as of PolicySources.
Checked<LoadedProgram> load_policies(const std::string& policies, const std::string& templates,
                                     const policy::CompileOptions& options, Diagnostics& warnings,
                                     std::function<std::string(std::string_view)> also_named = {});

}  // namespace sallyport::app
