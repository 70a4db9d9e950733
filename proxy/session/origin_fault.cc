#include "proxy/session/origin_fault.h"

#include "proxy/session/rehearsal.h"

namespace sallyport::session {

std::vector<std::string> fault_words(const tls::Report& report) {
  std::vector<std::string> words;
  for (const tls::Fault fault : report.faults) words.emplace_back(to_string(fault));
  return words;
}

policy::Verdict judge_faults(const policy::Program& program, const tls::Report& report,
                             policy::Activity& activity) {
  activity.certificate_faults = fault_words(report);
  return policy::Verdict(program.decide_fault(activity));
}

Refusal refusal_for_fault(const Error& error, const tls::Report& report,
                          const policy::Verdict& by_fault, const policy::Verdict& before) {
  Refusal refusal = refusal_for(error, &report);
  refusal.fault_words = fault_words(report);
  if (by_fault.action == policy::Action::block && !by_fault.policy.empty()) {
    refusal.verdict = by_fault;
    refusal.ending = discovery::Ending::blocked;
    keep_rehearsed(before, refusal.verdict);
    return refusal;
  }
  refusal.verdict = before;
  keep_rehearsed(by_fault, refusal.verdict);
  if (by_fault.action == policy::Action::bypass) {
    refusal.error += "; the bypass of '" + by_fault.policy + "' is not possible here";
  }
  return refusal;
}

}  // namespace sallyport::session
