#pragma once
// JSON Schema (2020-12) of test files, for editors: made from the keys that the reader of cases
// knows and the facts that it can write.
//
// It is never stricter than `sallyport policy test`. It is looser where JSON Schema cannot say it:
// ids of policies, facts that contradict each other, names that occur twice.

#include <string>

namespace sallyport::policy {

std::string case_schema();

}  // namespace sallyport::policy
