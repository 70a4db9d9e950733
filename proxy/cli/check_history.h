#pragma once
// `sallyport check --history 30d`: policies that matched nothing of what is kept of that span.

#include <string>

#include "proxy/cli/commands.h"

namespace sallyport::cli {

// After check(): says what it finds, as warnings.
int check_history(const CommonOptions& options, const std::string& span);

}  // namespace sallyport::cli
