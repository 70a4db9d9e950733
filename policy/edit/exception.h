#pragma once
// An exception added to a policy in the text of its file, with every other byte as it was.
//
// It goes under the policy's `except`, or such a key is added behind `when`; in block style and in
// brackets, with the file's line ends and indentation.
//
// INVARIANT: what comes out parses to the same nodes and comments, and the exception; otherwise the
// edit is refused.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/core/diagnostics.h"
#include "base/core/spanned.h"

namespace sallyport::policy {

struct NewException {
  std::vector<std::pair<std::string, std::string>> when;  // attribute, value as it is written
  std::optional<std::string> reason;
  std::optional<std::string> expires;  // a date
};

// `policy`: the place of a policy of that file (Policy::place).
Checked<std::string> add_exception(const SourcePtr& file, const Place& policy,
                                   const NewException& exception);

}  // namespace sallyport::policy
