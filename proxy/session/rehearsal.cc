#include "proxy/session/rehearsal.h"

#include <algorithm>

namespace sallyport::session {

void keep_rehearsed(const policy::Verdict& earlier, policy::Verdict& later) {
  if (earlier.rehearsed.empty()) return;
  std::vector<policy::Verdict::Rehearsed> all = earlier.rehearsed;
  for (policy::Verdict::Rehearsed& one : later.rehearsed) {
    const bool known = std::any_of(all.begin(), all.end(),
                                   [&](const auto& other) { return other.policy == one.policy; });
    if (!known) all.push_back(std::move(one));
  }
  if (all.size() > policy::Decision::kMostRehearsed) all.resize(policy::Decision::kMostRehearsed);
  later.rehearsed = std::move(all);
}

}  // namespace sallyport::session
