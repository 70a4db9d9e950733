#pragma once
// An origin whose chain is not believed, and what tls policies on `certificate.fault` say to it
// (policy::Program::decide_fault). Pure.

#include <string>
#include <vector>

#include "policy/eval/program.h"
#include "proxy/session/refusal.h"
#include "tls/verify/report.h"

namespace sallyport::session {

// "expired", ...: as certificate.fault words them.
std::vector<std::string> fault_words(const tls::Report& report);

// Sets activity.certificate_faults and asks. Block, or bypass. No policy is named where none spoke,
// or where its bypass may not be.
policy::Verdict judge_faults(const policy::Program& program, const tls::Report& report,
                             policy::Activity& activity);

// The page that says what is wrong. Where a policy blocks, the exchange is blocked by it; else,
// also where a policy would bypass and that cannot be any more, the origin failed, and `before` is
// the verdict that let the exchange come so far.
Refusal refusal_for_fault(const Error& error, const tls::Report& report,
                          const policy::Verdict& by_fault, const policy::Verdict& before);

}  // namespace sallyport::session
