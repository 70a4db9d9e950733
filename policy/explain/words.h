#pragma once
// Sentences that the text and the JSON of an explanation share.

#include <string>

#include "policy/explain/explanation.h"

namespace sallyport::policy {

// "is sanctioned", "unknown", "not known before response", "is Thu, by 'mon..fri'".
std::string finding_text(const ConditionExplained& condition);

// On one line: "not { app.tag: sanctioned }".
std::string condition_text(const ConditionExplained& condition);

// Why the policy is what it is, in one sentence with the first condition that made it so, and where
// that is written. No sentence where it simply holds.
struct Reason {
  std::string text;
  Place place;
};
Reason reason_of(const PolicyExplained& policy);

// "01J..., of ana, in dropbox, until 2026-11-26T20:00:00Z"
std::string grant_text(const Grant& grant);

// "3 'Unsanctioned apps are refused'"
std::string title_of(const CompiledPolicy& policy);

// "block by 3 'Unsanctioned apps are refused', at request"; "allow: no policy matches".
std::string answer_text(const Explanation& explanation);

}  // namespace sallyport::policy
