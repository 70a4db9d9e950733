#include <vector>

#include "base/core/diagnostics.h"
#include "base/core/text.h"
#include "policy/edit/policy_text.h"
#include "proxy/cli/policy_edit_options.h"
#include "proxy/cli/policy_options.h"

namespace sallyport::cli {

int policy_show(const PolicyShowOptions& options) {
  const auto loaded = load_policies_or_complain(options.common);
  if (!loaded) return kWrongInput;
  const policy::CompiledPolicy* policy = loaded->program->find(options.id);
  if (policy == nullptr) {
    std::vector<std::string_view> ids;
    for (const auto& one : loaded->program->policies()) ids.push_back(one.id);
    const std::string hint = did_you_mean(options.id, ids);
    complain("there is no policy '" + printable(options.id) + "'" +
             (hint.empty() ? ": sallyport policy list shows all" : ": " + hint));
    return kNo;
  }
  say(policy::to_yaml(*policy->written, policy::Places::shown));
  return kOk;
}

}  // namespace sallyport::cli
