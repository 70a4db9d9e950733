#pragma once
// What the subcommands that read and write policy files are asked (policy_commands.h). Each returns
// an exit code (commands.h).

#include <optional>
#include <string>
#include <vector>

#include "base/core/spanned.h"
#include "policy/compile/compile.h"
#include "proxy/cli/commands.h"

namespace sallyport::cli {

// `policy show`: one policy whole, its template merged in, each line with where it comes from.
struct PolicyShowOptions {
  CommonOptions common;
  std::string id;
};
int policy_show(const PolicyShowOptions& options);

// `policy new`: a policy that extends a template.
struct PolicyNewOptions {
  CommonOptions common;
  bool list = false;             // the templates instead
  std::string extends;           // a template's id
  std::string name, id;          // "": made
  std::vector<std::string> set;  // "key=value"
  std::string write;             // the file that it is appended to; "": standard output
  std::string format = "table";  // of the list
};
int policy_new(const PolicyNewOptions& options);

// `policy except`: an exception for what an event shows.
struct PolicyExceptOptions {
  CommonOptions common;
  std::string event;
  std::string policy;           // an id; "": the one that decided, else the one that matched
  std::vector<std::string> by;  // attributes; none: user and app, as far as they are known
  std::string reason, expires;
  bool write = false;
};
int policy_except(const PolicyExceptOptions& options);

// `policy diff`: what differs between two sets of policies: folders, or what a gateway judged by.
struct PolicyDiffOptions {
  CommonOptions common;
  // Folders. `after` "": from what is in force to `before`, and without that to the
  // configuration's.
  std::string before, after;
  std::string archive;  // a snapshot's id or its beginning: from its policies
  std::string templates_before, templates_after;  // folders; "": the configuration's
  std::string format = "text";
};
int policy_diff(const PolicyDiffOptions& options);

// `policy fmt`: one layout.
struct PolicyFmtOptions {
  CommonOptions common;
  bool check = false;
  std::vector<std::string> files;  // none: those of the configuration; "-": from input to output
};
int policy_fmt(const PolicyFmtOptions& options);

// Puts `text` in the place of the file's content, whole or not at all, with its mode and owner, and
// through links; a file that is not there is made. False after a message.
bool replace_file(const std::string& path, const std::string& text);

// The sources with `text` in the place of what `file` holds.
policy::PolicySources with_text(policy::PolicySources sources, const SourcePtr& file,
                                const std::string& text);

}  // namespace sallyport::cli
