#pragma once
// The reference page of the policy language, conf/policies/reference.md: attributes, how values are
// written, and the lists of words. Made from the attribute table, so that it cannot lag behind; a
// test compares the file with it.

#include <string>

namespace sallyport::policy {

std::string reference_page();

}  // namespace sallyport::policy
