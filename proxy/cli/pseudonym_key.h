#pragma once
// The key of the pseudonyms of a state directory.

#include <optional>
#include <string>

#include "discovery/usage/pseudonyms.h"

namespace sallyport::cli {

// By the key that is there, or one that is made now (mode 0600). Nothing after a message.
std::optional<discovery::Pseudonyms> pseudonyms_of(const std::string& state);

}  // namespace sallyport::cli
