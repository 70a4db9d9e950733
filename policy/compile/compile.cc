#include "policy/compile/compile.h"

#include <algorithm>
#include <fmt/format.h>
#include <string_view>
#include <utility>

#include "policy/compile/lower.h"
#include "policy/compile/parse.h"
#include "policy/compile/resolve.h"

namespace sallyport::policy {
namespace {

constexpr std::size_t kMaxPolicies = 10'000;

std::string where(const Place& place) {
  return fmt::format("{}:{}:{}", place.source ? place.source->name : "", place.line, place.column);
}

// A policy that always decides leaves nothing to those of its kind behind it.
void check_reach(const std::vector<CompiledPolicy>& policies, Diagnostics& found) {
  const CompiledPolicy* wall = nullptr;
  const CompiledPolicy* tls_wall = nullptr;
  for (const CompiledPolicy& policy : policies) {
    const bool tls = policy.kind == Kind::tls;
    const bool decides = policy.kind == Kind::access || policy.kind == Kind::session || tls;
    if (!decides || policy.headers_only) continue;
    const CompiledPolicy*& before = tls ? tls_wall : wall;
    if (before != nullptr) {
      found.warning(policy.written->name.place, "this policy can never be reached",
                    fmt::format("'{}' at {} has no conditions, so it always decides first",
                                before->name, where(before->written->name.place)));
    } else if (policy.when.empty() && policy.except.empty() && !policy.rehearse &&
               policy.starts == Time::min() && policy.expires == Time::max()) {
      before = &policy;
    }
  }
}

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
      found.error({.source = file}, fmt::format("more than {} policies in all files", kMaxPolicies));
      return std::unexpected(std::move(found));
    }
  }
  policies = resolve(std::move(policies), templates, found);

  ValueReader values(sources.lists);
  std::vector<CompiledPolicy> lowered;
  lowered.reserve(policies.size());
  for (const Policy& policy : policies) {
    lowered.push_back(lower_policy(policy, options, values, found));
  }
  // With faults in it, a policy may have lost conditions, and this would raise false alarms.
  if (!found.has_errors()) check_reach(lowered, found);

  if (found.has_errors()) return std::unexpected(std::move(found));
  warnings.append(std::move(found));
  return std::make_shared<const Program>(std::move(lowered));
}

Checked<std::shared_ptr<const Program>> compile(const std::vector<SourcePtr>& files,
                                                Diagnostics& warnings) {
  return compile(PolicySources{files, {}, {}}, CompileOptions{}, warnings);
}

}  // namespace sallyport::policy
