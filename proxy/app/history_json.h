#pragma once
// The past of a file of policies, for programs: what the API answers and `sallyport policy history
// --format json` prints.

#include <string>
#include <vector>

#include "proxy/app/policy_history.h"

namespace sallyport::app {

// {"file", "history": [{commit, time, author, subject}], "next"}. `limit`: that was asked for;
// where there are so many, `next` is what to ask for the page after.
std::string history_json(const std::string& file, const std::vector<PolicyHistory::Change>& changes,
                         std::size_t limit);
// {"file", "history": null, "reason", "next": null}
std::string no_history_json(const std::string& file, const std::string& reason);
// {"file", "commit", "time", "author", "subject", "message", "text", "diff"}; no file then: "text"
// is null
std::string commit_json(const std::string& file, const PolicyHistory::Shown& shown);

}  // namespace sallyport::app
