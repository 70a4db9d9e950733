#pragma once
// The smallest sensible exception that lets one activity pass a policy, and the proof that it does
// no more than that.
//
//   auto proposed = propose_exception(*policy, activity, {});
//   ... add_exception(file, policy->written->place, *proposed), compile ...
//   if (auto why = disprove_exception(*policy, *edited, activity, *proposed)) refuse(*why);

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "policy/activity/activity.h"
#include "policy/edit/exception.h"
#include "policy/eval/compiled_policy.h"

namespace sallyport::policy {

// `by`: attributes, "user", with the value that the activity has; or "user.group=admins". None: the
// user (the client's address where there is none) and the app (the host where it is in none).
// The error is a sentence.
std::expected<NewException, std::string> propose_exception(const CompiledPolicy& policy,
                                                           const Activity& activity,
                                                           const std::vector<std::string>& by);

// Nothing where all of this holds, else the sentence that says what does not:
//  - `before` holds for the activity and `after` does not;
//  - for a neighbour, who differs in one fact of the exception, `after` holds as `before` does; and
//    there is such a neighbour, so that the exception does not switch the policy off.
std::optional<std::string> disprove_exception(const CompiledPolicy& before,
                                              const CompiledPolicy& after,
                                              const Activity& activity,
                                              const NewException& exception);

}  // namespace sallyport::policy
