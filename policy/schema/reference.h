#pragma once
// The reference page of the policy language, conf/policies/reference.md: attributes, how values are
// written, the lists of words, and the keys of test cases. Made from the tables that the compiler
// and the reader of cases use, so that it cannot lag behind; a test compares the file with it.

#include <string>

namespace sallyport::policy {

std::string reference_page();

}  // namespace sallyport::policy
