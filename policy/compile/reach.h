#pragma once
// Which policies are never asked, because an earlier one decides wherever they would.
//
// Each policy that always decides is filed under the values of one of its conditions, so that a
// later one is compared with the few that could cover it.

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "policy/compile/proof.h"
#include "policy/eval/compiled_policy.h"

namespace sallyport::policy {

// Whether `earlier` decides for good, enforced, wherever and whenever `later` would match. Both are
// of one question: what may be done, or whether a connection is opened.
bool always_before(const CompiledPolicy& earlier, const CompiledPolicy& later, Work& work);

class Reach {
 public:
  explicit Reach(Work& work) : work_(work) {}
  // Policies come in the order written. An earlier one that leaves nothing to this one, or null.
  const CompiledPolicy* find_before(const CompiledPolicy& policy) const;
  // From now on it stands before others. `policy` must live as long as this.
  void add(const CompiledPolicy& policy);

 private:
  Work& work_;
  const CompiledPolicy* wall_ = nullptr;  // the first without conditions
  std::unordered_map<std::string, std::vector<const CompiledPolicy*>> filed_;
  std::vector<const CompiledPolicy*> others_;
};

}  // namespace sallyport::policy
