// Any bytes as a policy file: either diagnostics that can be rendered, or a program that can judge.

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/core/check.h"
#include "policy/compile/compile.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace sallyport;
  using namespace sallyport::policy;

  const auto source = std::make_shared<const Source>(
      Source{"fuzz.yaml", std::string(reinterpret_cast<const char*>(bytes), size)});
  Diagnostics warnings;
  const auto program = compile({source}, warnings);
  if (!program) {
    CHECK(program.error().has_errors());
    CHECK(!render(program.error()).empty());
    return 0;
  }
  CHECK(!warnings.has_errors());

  Activity activity;
  activity.host = "www.example.com";
  activity.port = 443;
  activity.scheme = "https";
  for (const bool known : {false, true}) {
    if (known) {
      activity.user = "alice";
      activity.groups = {"staff"};
      activity.app = AppFacts{"example", "Example", "webmail", {"sanctioned"}};
      activity.destination = AddressFacts{};
      activity.method = "POST";
      activity.path = "/a/b.exe";
      activity.type = ActivityType::upload;
      activity.status = 200;
    }
    const Decision connection = (*program)->decide_connection(activity);
    CHECK(connection.final || connection.action == Action::allow);
    (*program)->report(activity, [](const CompiledPolicy&) {});
    (*program)->edits(activity, [](const CompiledPolicy&) {});
    for (const Point point : {Point::connect, Point::request, Point::response, Point::download}) {
      const Verdict verdict((*program)->decide(point, activity));
      CHECK(verdict.final || verdict.action == Action::allow);
      CHECK(verdict.action != Action::bypass && verdict.action != Action::intercept);
    }
  }
  return 0;
}
