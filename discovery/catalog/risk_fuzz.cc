// Any text as a risk.yaml and as the operator's app_risk.yaml: it is read or refused with places,
// and what is read has scores from 0 to 10 and facts that are packed and come back.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/core/check.h"
#include "discovery/catalog/catalog.h"
#include "discovery/catalog/risk_reader.h"

namespace {

constexpr std::chrono::sys_days kToday =
    std::chrono::year(2026) / std::chrono::November / std::chrono::day(27);

sallyport::SourcePtr source(std::string name, std::string_view text) {
  return std::make_shared<const sallyport::Source>(
      sallyport::Source{std::move(name), std::string(text)});
}

void check(const sallyport::policy::SharedRisk& facts) {
  if (facts == nullptr) return;
  CHECK(!facts->score || *facts->score <= 10);
  const auto back = sallyport::policy::unpack_risk(facts->packed);
  CHECK(back && back->has == facts->has && back->lacks == facts->lacks);
  CHECK(back->score == facts->score && back->breached == facts->breached);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  using namespace sallyport::discovery;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  // As what the store kept, of which nothing is sure.
  if (const auto facts = policy::unpack_risk(input)) CHECK(facts->packed == input);
  if (const auto parsed = yaml::parse(source("risk.yaml", input))) {
    Diagnostics found;
    const Factors factors = read_risk(*parsed, found);
    if (!found.has_errors()) {
      const RiskScore made = score(factors, {}, kToday);
      CHECK(!made.points || (*made.points >= 0 && *made.points <= 10));
      CHECK(made.known >= 0 && made.known <= 1.000001);
      check(risk_facts(factors, made, std::nullopt));
    } else {
      CHECK(!render(found).empty());
    }
  }
  Diagnostics warnings;
  const auto catalog =
      parse_catalog({source("catalog/box/app.yaml",
                            "id: box\nname: Box\nvendor: Box\ncategory: crm\ndomains: [box.com]\n"
                            "sources: [{kind: observed, date: 2026-11-23}]\n")},
                    warnings);
  CHECK(catalog);
  if (const auto judged = parse_app_risk(source("app_risk.yaml", input), **catalog, kToday)) {
    for (const App& app : (*judged)->apps()) check(app.facts.risk);
  } else {
    CHECK(!render(judged.error()).empty());
  }
  return 0;
}
