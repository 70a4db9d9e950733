// Any bytes as policies: either diagnostics that can be rendered, or a program that can judge, and
// judges as a walk over its policies would.
//
// The input is written as compile_input_for_tests.h says.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/core/check.h"
#include "policy/compile/compile.h"
#include "policy/compile/compile_input_for_tests.h"
#include "policy/compile/lint.h"

namespace {

using namespace sallyport;
using namespace sallyport::policy;

// Little, or much is known.
Activity activity_of(int known) {
  Activity activity;
  activity.host = "www.example.com";
  activity.port = 443;
  activity.scheme = "https";
  if (known == 0) return activity;
  activity.domain = "example.com";
  activity.user = "ana";
  activity.groups = {"staff"};
  activity.app = AppFacts{"dropbox", "Dropbox", "cloud_storage", {"sanctioned"}};
  activity.destination = AddressFacts{};
  activity.method = "POST";
  activity.path = "/a/b.exe";
  activity.type = known == 1 ? ActivityType::upload : ActivityType::login;
  activity.status = 200;
  if (known == 1) return activity;
  activity.client.address = *IpAddress::parse("192.0.2.7");
  activity.client.category = IpCategory::risky;
  activity.client.tags = {"tor"};
  activity.client.country = "AT";
  activity.file = FileFacts{"report.pdf", "pdf", "application/pdf", 30'000'000};
  activity.query = "";
  activity.header_names = {{"accept", "host"}};
  activity.certificate_faults = {{"expired"}};
  activity.at = Time(std::chrono::hours(24 * 20783 + 9));  // a morning of November 2026
  return activity;
}

// The first that holds, as the README says it.
const CompiledPolicy* walk(const Program& program, const Activity& activity,
                           const Standing& standing) {
  const CompiledPolicy* notice = nullptr;
  for (const CompiledPolicy& policy : program.policies()) {
    if (policy.kind != Kind::access && policy.kind != Kind::session) continue;
    if (policy.edits_only || policy.rehearse) continue;
    if (standing.find_grant(policy, activity) != nullptr) continue;
    if (!policy.judge(Point::download, activity).holds()) continue;
    if (policy.action != Action::notice) {
      return stops(policy.action) || notice == nullptr ? &policy : notice;
    }
    if (notice == nullptr) notice = &policy;
  }
  return notice;
}

// Every other question was answered.
Standing answers(const Program& program, const Activity& activity) {
  std::vector<std::shared_ptr<const Grant>> grants;
  for (const CompiledPolicy& policy : program.policies()) {
    auto grant = policy.number % 2 == 0 ? grant_wanted(policy, activity) : std::nullopt;
    if (grant) grants.push_back(std::make_shared<const Grant>(std::move(*grant)));
  }
  return {std::move(grants), {}};
}

bool passes(Action action) { return action == Action::allow || action == Action::notice; }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const CompileInput input =
      CompileInputReader({reinterpret_cast<const char*>(bytes), size}).read();
  Diagnostics warnings;
  const auto program = compile(input.sources, input.options, warnings);
  if (!program) {
    CHECK(program.error().has_errors());
    CHECK(!render(program.error()).empty());
    return 0;
  }
  CHECK(!warnings.has_errors());
  const auto nobody = [](std::string_view) { return false; };
  KnownNames names{nobody, nobody, nobody, nobody, nobody};
  names.apps = {"dropbox"};
  names.groups = {"staff"};
  names.app_tags = {"finance_team"};
  names.name_tags = {"payroll"};
  lint_names(**program, names, warnings);
  CHECK(warnings.empty() == render(warnings).empty());

  for (const int known : {0, 1, 2}) {
    const Activity activity = activity_of(known);
    const Decision connection = (*program)->decide_connection(activity);
    CHECK(connection.final || passes(connection.action));
    (*program)->decide_whole(activity);
    if (activity.certificate_faults) {
      const Decision fault = (*program)->decide_fault(activity);
      CHECK(fault.action == Action::bypass || fault.action == Action::block ||
            fault.action == Action::intercept);
    }
    (*program)->report(activity, [](const CompiledPolicy&) {});
    (*program)->edits(activity, [](const CompiledPolicy&) {});
    (*program)->waits_for(Point::request, activity);
    for (const Point point : {Point::connect, Point::request, Point::response, Point::download}) {
      const Verdict verdict((*program)->decide(point, activity));
      CHECK(verdict.final || passes(verdict.action));
      CHECK(verdict.action != Action::bypass && verdict.action != Action::intercept);
    }
    for (const Standing& standing : {Standing(), answers(**program, activity)}) {
      CHECK((*program)->decide(Point::download, activity, standing).policy ==
            walk(**program, activity, standing));
    }
  }
  return 0;
}
