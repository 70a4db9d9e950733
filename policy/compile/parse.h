#pragma once
// From YAML to policies as written: the shape is checked here, what the words mean is checked by
// lower.h.

#include <string>
#include <string_view>
#include <vector>

#include "base/core/diagnostics.h"
#include "base/core/spanned.h"
#include "policy/model/policy.h"

namespace sallyport::yaml {
struct Node;
}

namespace sallyport::policy {

// Every policy of the file, those with faults too, so that the next step can find more faults in
// them. A file without any policy is legal.
std::vector<Policy> parse_policies(const SourcePtr& file, Diagnostics& found);

// A mapping of conditions, as under `when`.
std::vector<Condition> parse_when(const yaml::Node& node, Diagnostics& found);

// "Logon from a risky IP address" -> "logon-from-a-risky-ip-address": the id of a policy that has
// none of its own. "" where nothing of the name can stand in an id.
std::string slug_of(std::string_view name);

}  // namespace sallyport::policy
