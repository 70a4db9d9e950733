#include "policy/testkit/bench.h"

#include <set>
#include <utility>

#include "base/core/check.h"
#include "policy/model/policy.h"
#include "policy/testkit/check_case.h"

namespace sallyport::policy {

Bench::Bench(std::shared_ptr<const Program> program, BenchOptions options)
    : program_(std::move(program)), options_(std::move(options)) {
  zones_[options_.zone] = TimeZone::find(options_.zone);
  for (const CompiledPolicy& policy : program_->policies()) {
    if (policy.written == nullptr || !policy.written->zone) continue;
    auto& zone = zones_[**policy.written->zone];
    if (zone == nullptr) zone = TimeZone::find(**policy.written->zone);
  }
  // The compiler has looked them up before.
  for (const auto& [name, zone] : zones_) CHECK(zone != nullptr);
}

const TimeZone& Bench::zone_of(const TestCase& test) const {
  const Ids ids = test.about();
  const CompiledPolicy* policy = ids.empty() ? nullptr : program_->find(*ids.front());
  const bool own = policy != nullptr && policy->written != nullptr && policy->written->zone;
  return *zones_.find(own ? **policy->written->zone : options_.zone)->second;
}

Activity Bench::activity_of(const TestCase& test, Diagnostics& found) const {
  return make_activity(test.given, zone_of(test), found);
}

void Bench::check(const TestFile& file, Diagnostics& found) const {
  std::set<std::pair<std::uint32_t, std::uint32_t>> told;
  for (const TestCase& test : file.cases) {
    Diagnostics here;
    if (test.has_history()) {
      check_history(test, zone_of(test), here);
    } else {
      activity_of(test, here);
    }
    // A fact of `defaults` or of a case with variations is wrong in each of them; said once.
    for (Diagnostic& one : here.sorted()) {
      if (told.emplace(one.place.line, one.place.column).second) found.add(std::move(one));
    }
    check_case(*program_, test, options_.apart, found);
  }
}

const Program& Bench::program_for(const TestCase& test) {
  const bool rehearse = test.rehearses();
  if (!options_.apart && !rehearse) return *program_;
  // Of all policies, which are many, only the mode is the key.
  std::set<std::uint32_t> numbers;
  if (options_.apart) {
    for (const auto& id : test.about()) {
      if (const CompiledPolicy* policy = program_->find(*id)) numbers.insert(policy->number);
    }
  }
  Variant key{rehearse, {numbers.begin(), numbers.end()}};
  const auto known = variants_.find(key);
  if (known != variants_.end()) return known->second;
  std::vector<CompiledPolicy> policies;
  for (const CompiledPolicy& policy : program_->policies()) {
    if (options_.apart && !numbers.contains(policy.number)) continue;
    policies.push_back(policy);
    // As the compiler does with CompileOptions::mode.
    policies.back().rehearse = policy.rehearse || rehearse;
  }
  return variants_.emplace(std::move(key), Program(std::move(policies))).first->second;
}

CaseResult Bench::run(const TestCase& test) {
  Diagnostics ignored;  // check() told them
  if (test.has_history()) {
    return {&test, history_differences(*program_, test, history_of(test, zone_of(test)),
                                       options_.histories)};
  }
  const Activity activity = activity_of(test, ignored);
  return {&test, differences(program_for(test), test, activity)};
}

}  // namespace sallyport::policy
