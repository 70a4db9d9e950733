#pragma once
// `sallyport check --history 30d`: policies that matched nothing of what is kept of that span.

#include <string>

#include "base/core/diagnostics.h"
#include "discovery/history/history.h"
#include "policy/eval/program.h"
#include "proxy/cli/commands.h"

namespace sallyport::cli {

// After check(): says what it finds, as warnings.
int check_history(const CommonOptions& options, const std::string& span);

// A warning for each policy that was in force in the span and matched nothing in it. None for one
// that cannot be judged by the past: app_discovery policies, and those that asked for what is not
// kept or was not seen.
void warn_of_never_matched(const discovery::History& history, const policy::Program& program,
                           Diagnostics& found);

}  // namespace sallyport::cli
