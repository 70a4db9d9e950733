#pragma once
// JSON Schemas (2020-12) of policy files and templates, for editors: what completes and underlines
// while somebody types. Made from the attribute table, the word lists and policy_keys().
//
// A schema is never stricter than the compiler: what compiles is valid. It is looser where JSON
// Schema cannot say it: names of apps, lists, templates and zones, ids that occur twice, a date's
// calendar.

#include <string>

namespace sallyport::policy {

// A file of policies: a list.
std::string policy_schema();
// A file of templates: each has an id, and what is missing the policy says.
std::string template_schema();

}  // namespace sallyport::policy
