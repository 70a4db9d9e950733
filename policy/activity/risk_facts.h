#pragma once
// What is known of an app's risk, as policies ask for it. Made by the catalog, once for each app
// and load, and shared by every exchange with the app: immutable.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::policy {

struct RiskFacts {
  std::optional<std::uint32_t> score;     // 0..10, 10 is the safest
  std::vector<std::string> has;           // of risk_factor_words(); sorted
  std::vector<std::string> lacks;         // likewise
  std::string headquarters;               // "US"
  std::vector<std::string> data_centers;  // countries; sorted
  std::uint32_t founded = 0;              // 0: unknown
  std::optional<std::chrono::sys_days> breached;

  // All of the above in the format of pack_format.h: see share().
  std::string packed;

  bool empty() const {
    return !score && has.empty() && lacks.empty() && headquarters.empty() && data_centers.empty() &&
           founded == 0 && !breached;
  }
};
using SharedRisk = std::shared_ptr<const RiskFacts>;

// With `packed` filled; null where nothing is known.
SharedRisk share(RiskFacts facts);

// Reads what share() packed; null where it is no such thing. Facts that were read shortly before on
// this thread are given out again.
SharedRisk unpack_risk(std::string_view packed);

}  // namespace sallyport::policy
