#pragma once
// What the subcommands of `sallyport policy` are asked, and what all of them need. Each returns an
// exit code (commands.h).

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "policy/compile/compile.h"
#include "proxy/app/config.h"
#include "proxy/app/stated_case.h"
#include "proxy/cli/commands.h"

namespace sallyport::cli {

// The policies that a configuration names, compiled.
struct LoadedPolicies {
  app::Config config;
  policy::PolicySources sources;
  std::shared_ptr<const policy::Program> program;
};

// Nothing after all faults have been said on standard error. `folder` and `templates` stand in for
// the configuration's folders where they are not "".
std::optional<LoadedPolicies> load_policies_or_complain(const CommonOptions& options,
                                                        const std::string& folder = {},
                                                        const std::string& templates = {});

struct PolicyExplainOptions {
  CommonOptions common;
  app::StatedCase stated;  // by hand, or
  std::string event;       // what happened
  std::string policy;      // the id of one policy; "": all
  bool all = false;
  std::string format = "text";
};
int policy_explain(const PolicyExplainOptions& options);

struct PolicyListOptions {
  CommonOptions common;
  std::string kind, mode, severity, category, owner;  // "": all
  bool out_of_force = false;  // only those that have expired, or have not begun
  std::string format = "table";
};
int policy_list(const PolicyListOptions& options);
// "policies/starter.yaml:12"
std::string place_of(const policy::Policy& policy);

// The past judged by other policies.
struct PolicyReplayOptions {
  CommonOptions common;
  std::string policies;  // folders; "" takes the configuration's
  std::string templates;
  std::string since = "30d";
  std::string until;
  std::string format = "table";
  std::size_t limit = 10;            // examples of each change
  std::string against = "recorded";  // what it is compared with: recorded, in_force
};
int policy_replay(const PolicyReplayOptions& options);

// The past of a file of policies.
struct PolicyHistoryOptions {
  CommonOptions common;
  std::string file;
  std::string commit;  // "": the list
  std::string after;   // the list, from this commit on
  bool text = false;   // the file as it was then, and nothing else
  std::size_t limit = 50;
  std::string format = "table";
};
int policy_history(const PolicyHistoryOptions& options);

struct PolicyTestOptions {
  CommonOptions common;
  std::vector<std::string> paths;  // folders and *.test.yaml; none: those of the configuration
  std::string filter;              // only cases whose name holds it
  std::string format = "text";     // text, json, junit
  bool coverage = false;
  int min_coverage = 0;  // percent
};
int policy_test(const PolicyTestOptions& options);

}  // namespace sallyport::cli
