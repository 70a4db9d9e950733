#pragma once
// What `extends: template/ID` stands for: the template's keys, with those of the policy in their
// place.
//
//  - A key that the policy has replaces the template's.
//  - `when`: a line for an attribute that the template tests at its top replaces that line; every
//    other line is added. So a policy may narrow a template or say another value, and what it does
//    not speak of stays. A `not` replaces a `not` of the template that asks for the same
//    attributes, at whatever depth; `all` and `any` are added.
//  - `except` and `references` are added to the template's.
//
// A template may extend another one.

#include <vector>

#include "base/core/diagnostics.h"
#include "policy/model/policy.h"

namespace sallyport::policy {

// `policies` with everything filled in: afterwards none has `extends`, and each has an id (the slug
// of its name where it has none of its own) and a name. Reports what is missing, unknown, circular,
// and names and ids that occur twice.
std::vector<Policy> resolve(std::vector<Policy> policies, const std::vector<Policy>& templates,
                            Diagnostics& found);

// `policy` on top of `base`; keeps the place, id and name of `policy` where it has them.
Policy merge(Policy policy, const Policy& base);

}  // namespace sallyport::policy
