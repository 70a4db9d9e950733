#pragma once
// A new policy that extends a template, as text, and its place at the end of a file.

#include <expected>
#include <string>
#include <utility>
#include <vector>

#include "base/core/diagnostics.h"
#include "base/core/spanned.h"

namespace sallyport::policy {

struct NewPolicy {
  std::string extends;  // the template's id
  std::string name;     // "": the template's
  std::string id;       // "": made of the name
  // "severity" -> "high"; under when, add_headers, repeat and per_day "when.client.ip.tag" ->
  // "tor". Values of conditions, references and remove_headers part at ','.
  std::vector<std::pair<std::string, std::string>> set;
};

// "- name: ...\n  extends: template/...\n"; the error is a sentence. What it says is not checked:
// compile() does.
std::expected<std::string, std::string> to_yaml(const NewPolicy& policy);

// `file` with `policy` (as to_yaml() gives it) behind its last policy, every other byte as it was.
Checked<std::string> append_policy(const SourcePtr& file, const std::string& policy);

}  // namespace sallyport::policy
