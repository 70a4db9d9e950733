#include "policy/activity/risk_facts.h"

#include <unordered_map>

#include "policy/activity/pack_format.h"
#include "policy/activity/pack_reader.h"
#include "policy/activity/pack_writer.h"

namespace sallyport::policy {
namespace {

using namespace packed;

constexpr std::size_t kMostRemembered = 2048;  // apps, of one thread

std::optional<RiskFacts> read_risk(std::string_view bytes) {
  RiskFacts facts;
  FieldSet there;
  const bool whole = each_field(bytes, there, [&](const Read& one) {
    switch (one.field) {
      case r_score:
        return take_number(one, facts.score.emplace());
      case r_has:
        return take_list(one, facts.has);
      case r_lacks:
        return take_list(one, facts.lacks);
      case r_headquarters:
        return take_text(one, facts.headquarters);
      case r_data_centers:
        return take_list(one, facts.data_centers);
      case r_founded:
        return take_number(one, facts.founded);
      case r_breached: {
        const std::int64_t days = unzigzag(one.number);
        // About 2,700 years either way: what a calendar can hold, and what no sum of it leaves.
        if (one.is_bytes || days < -1'000'000 || days > 1'000'000) return false;
        facts.breached = std::chrono::sys_days(std::chrono::days(days));
        return true;
      }
      default:
        return true;
    }
  });
  if (!whole) return std::nullopt;
  facts.packed = bytes;
  return facts;
}

}  // namespace

SharedRisk share(RiskFacts facts) {
  if (facts.empty()) return nullptr;
  facts.packed.clear();
  Packer to(facts.packed);
  if (facts.score) to.number(r_score, *facts.score);
  to.list_or_none(r_has, facts.has);
  to.list_or_none(r_lacks, facts.lacks);
  to.text_or_none(r_headquarters, facts.headquarters);
  to.list_or_none(r_data_centers, facts.data_centers);
  to.number_or_none(r_founded, facts.founded);
  if (facts.breached) to.number(r_breached, zigzag(facts.breached->time_since_epoch().count()));
  return std::make_shared<const RiskFacts>(std::move(facts));
}

SharedRisk unpack_risk(std::string_view bytes) {
  thread_local std::unordered_map<std::string_view, SharedRisk> remembered;
  if (const auto at = remembered.find(bytes); at != remembered.end()) return at->second;
  std::optional<RiskFacts> facts = read_risk(bytes);
  if (!facts) return nullptr;
  if (remembered.size() >= kMostRemembered) remembered.clear();
  auto shared = std::make_shared<const RiskFacts>(std::move(*facts));
  remembered.emplace(shared->packed, shared);
  return shared;
}

}  // namespace sallyport::policy
