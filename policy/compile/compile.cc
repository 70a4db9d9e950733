#include "policy/compile/compile.h"

#include <fmt/format.h>
#include <utility>

#include "policy/compile/lint.h"
#include "policy/compile/lower.h"
#include "policy/compile/parse.h"
#include "policy/compile/resolve.h"

namespace sallyport::policy {
namespace {

constexpr std::size_t kMaxPolicies = 10'000;
constexpr std::size_t kMaxErrors = 1'000;

}  // namespace

Checked<std::shared_ptr<const Program>> compile(const PolicySources& sources,
                                                const CompileOptions& options,
                                                Diagnostics& warnings) {
  Diagnostics found;
  std::vector<Policy> templates;
  for (const SourcePtr& file : sources.templates) {
    for (Policy& one : parse_policies(file, found)) templates.push_back(std::move(one));
  }
  std::vector<Policy> policies;
  for (const SourcePtr& file : sources.policies) {
    for (Policy& one : parse_policies(file, found)) policies.push_back(std::move(one));
    if (policies.size() > kMaxPolicies) {
      found.error({.source = file},
                  fmt::format("more than {} policies in all files", kMaxPolicies));
      return std::unexpected(std::move(found));
    }
  }
  policies = resolve(std::move(policies), templates, found);

  ValueReader values(sources.lists, sources.also_named);
  std::vector<CompiledPolicy> lowered;
  lowered.reserve(policies.size());
  for (const Policy& policy : policies) {
    lowered.push_back(lower_policy(policy, options, values, found));
    if (found.errors() >= kMaxErrors) {
      found.error({policy.place.source}, "too many errors; the rest is not shown");
      break;
    }
  }
  // With faults in it, a policy may have lost conditions, and this would raise false alarms.
  if (!found.has_errors()) lint(lowered, templates, sources, options, values, found);

  if (found.has_errors()) return std::unexpected(std::move(found));
  warnings.append(std::move(found));
  return std::make_shared<const Program>(std::move(lowered));
}

Checked<std::shared_ptr<const Program>> compile(const std::vector<SourcePtr>& files,
                                                Diagnostics& warnings) {
  return compile(PolicySources{files, {}, {}}, CompileOptions{}, warnings);
}

}  // namespace sallyport::policy
