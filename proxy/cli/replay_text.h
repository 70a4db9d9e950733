#pragma once
// What a replay came to, for people; proxy/app/replay_json.h has it for programs.

#include <string>

#include "base/core/diagnostics.h"
#include "discovery/history/history.h"
#include "policy/eval/program.h"

namespace sallyport::cli {

// Ends with a newline; texts went through printable().
std::string replay_table(const discovery::History& history, const policy::Program& program);

// A warning for each policy that was in force in the span and matched nothing in it. None for one
// that cannot be judged by the past: app_discovery policies, and those that asked for what is not
// kept or was not seen.
void warn_of_never_matched(const discovery::History& history, const policy::Program& program,
                           Diagnostics& found);

}  // namespace sallyport::cli
