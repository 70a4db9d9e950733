#pragma once
// Everything that a Program is compiled from, as one text: so that the policies that judged
// something can be kept, and compiled again when somebody asks why.
//
// The text is the same for the same set, so a hash of it names the set. The format stands in
// policy_set.cc; a reader refuses what is not whole.

#include <cstddef>
#include <string>
#include <string_view>

#include "base/core/result.h"
#include "policy/compile/compile.h"

namespace sallyport::policy {

struct KeptPolicies {
  PolicySources sources;
  CompileOptions options;  // mode and zone; the rest is of its time
};

std::string write_policy_set(const KeptPolicies& set);

constexpr std::size_t kMostPolicySet = 128u << 20;  // bytes; more is refused

Result<KeptPolicies> read_policy_set(std::string_view text);

}  // namespace sallyport::policy
