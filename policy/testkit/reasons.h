#pragma once
// Why a policy holds or does not, for test reports.

#include <set>
#include <string>
#include <string_view>

#include "policy/eval/compiled_policy.h"
#include "policy/model/policy.h"
#include "policy/testkit/test_case.h"

namespace sallyport::policy {

// The attributes whose conditions make the policy hold: of `all` each, of `any` those that hold, of
// `not` those that do not. REQUIRES: its conditions hold.
std::set<std::string_view> reasons(const CompiledPolicy& policy, Point point,
                                   const Activity& activity);

// The first thing that keeps it from holding, with its place: "conf/policies/a.yaml:3:11:
// client.ip.tag: tor does not hold; it is [vpn]". "" where it holds.
std::string obstacle(const CompiledPolicy& policy, Point point, const TestCase& test,
                     const Activity& activity);

// "client.ip.tag: tor, vpn" as it was written, shortened.
std::string written_text(const Condition& condition);
// "conf/policies/a.yaml:3:11"
std::string place_text(const Place& place);

}  // namespace sallyport::policy
