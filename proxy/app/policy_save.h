#pragma once
// Writing one file of policies, or telling what is wrong with it: it is written where everything
// compiles with it, the tests beside the policies pass, and it is still as its editor saw it. Where
// the folder is a git repository it is committed, too (policy_history.h); that it could not be
// keeps nothing from being written.
//
// Thread rule: any thread that may block; one save that is no dry run at a time.

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/core/diagnostics.h"
#include "base/core/result.h"
#include "policy/compile/compile.h"
#include "policy/compile/policy_set.h"

namespace sallyport::app {

inline constexpr std::size_t kMostPolicyFile = 512 * 1024;  // bytes

// "starter.yaml", "starter.test.yaml": a file right in the folder, nothing hidden.
bool is_policy_file_name(std::string_view name);

// The ETag of a text, with its quotes; and one without them.
std::string policy_tag(std::string_view text);
std::string unquoted(std::string_view tag);

struct PolicySave {
  std::string folder, templates, name, text;
  std::string if_match;  // with its quotes, or ""
  bool dry_run = false;
  bool must_be_new = false;
  policy::CompileOptions options;
  // For the commit: who, what they say of it (""; what changed is said anyhow), when, and what is
  // in force.
  std::string author, message;
  Time at{};
  std::shared_ptr<const policy::Program> before;
  std::shared_ptr<const policy::KeptPolicies> before_set;
};

struct PolicySaved {
  Diagnostics found;  // with the names of files as the trial has them
  std::string trial;  // its folder, with '/'
  std::optional<Error> error;
  int refused = 0;  // 412, 428
  bool done = false;
  std::optional<std::string> commit;
  std::string no_commit;  // why there is none
};

// `state`: the state directory, where it is tried.
void save_policies(const std::string& state, const PolicySave& wish, PolicySaved& out);

}  // namespace sallyport::app
