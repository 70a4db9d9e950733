// Any bytes as a test file: either diagnostics that can be rendered, or cases that can be run and
// reported in every form.

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/core/check.h"
#include "policy/compile/compile.h"
#include "policy/testkit/suite.h"

namespace {

constexpr const char* kPolicies = R"(
- { id: a, name: A, when: { client.ip.tag: tor, activity: login }, except: [{ user: ana }], then: block, say: No., redirect: "https://a.example/" }
- { id: b, name: B, when: { app: drop }, add_headers: { X: y }, remove_headers: [Cookie] }
- { id: c, name: C, kind: activity, when: { any: [{ activity: login }, { not: { user: bob } }] },
    repeat: { min: 3, window: 5m, unique_targets: true, same_app: true }, alerts_per_day: 1 }
- { id: d, name: D, kind: app_discovery, per_day: { uploaded: "> 50 MB", users: "> 50" }, tag_app: x }
- { id: e, name: E, kind: tls, when: { certificate.fault: expired }, then: bypass, mode: rehearse }
- { id: f, name: F, kind: tls, when: { app.category: health }, then: intercept, zone: Europe/Vienna }
- { id: g, name: G, kind: detection, when: { activity: download }, detect: { what: burst, least: 9, window: 1h } }
)";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace sallyport;
  using namespace sallyport::policy;

  static const auto program = [] {
    Diagnostics warnings;
    const auto source = std::make_shared<const Source>(Source{"p.yaml", kPolicies});
    auto compiled = compile({source}, warnings);
    CHECK(compiled);
    return *compiled;
  }();
  const auto source = std::make_shared<const Source>(
      Source{"fuzz.test.yaml", std::string(reinterpret_cast<const char*>(bytes), size)});
  for (const bool apart : {false, true}) {
    Suite suite(program, {.zone = "UTC", .apart = apart});
    Diagnostics found;
    suite.add(source, found);
    if (found.has_errors()) {
      CHECK(!render(found).empty());
      continue;
    }
    TestReport report;
    Suite::Run run;
    run.limits.cases = 200;
    suite.run(run, report.files);
    report.coverage = {&suite.coverage()};
    CHECK(report.failed() <= report.cases());
    CHECK(!text_report(report, true).empty());
    CHECK(!json_report(report).empty());
    CHECK(!junit_report(report).empty());
    Diagnostics failures;
    for (const FileReport& file : report.files) {
      for (const CaseResult& result : file.results) {
        if (!result.passed()) add_failure(result, failures);
      }
    }
    CHECK(failures.errors() == report.failed());
  }
  return 0;
}
