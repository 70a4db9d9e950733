#pragma once
// A policy as YAML again: one that was resolved (its template merged in), or a new one.

#include <string>
#include <vector>

#include "base/core/spanned.h"
#include "base/yaml/write.h"
#include "policy/model/policy.h"

namespace sallyport::policy {

// A key of a policy, with its value, and where it was written.
struct WrittenKey {
  yaml::Piece value;
  Place place;
};

// Every key that is there, in the order of policy_keys(). Conditions that a template and a policy
// both wrote under one word (`not`, `any`) stand under `all`, as one mapping holds each word once.
std::vector<WrittenKey> written_keys(const Policy& policy);

// A file with the policy alone. With `places`, each line names the file and line that it comes from
// in a comment.
enum class Places : bool { left_out, shown };
std::string to_yaml(const Policy& policy, Places places);

// Pieces as a file of one policy, laid out as lay_out() would.
std::string to_yaml(std::vector<yaml::Piece> keys);

}  // namespace sallyport::policy
