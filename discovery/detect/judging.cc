#include "discovery/detect/judging.h"

#include <algorithm>
#include <fmt/format.h>

#include "discovery/detect/naming.h"

namespace sallyport::discovery::detect {

using policy::DetectRule;

namespace {
constexpr double kColdFactor = 2;  // of `least`, while nobody knows what is usual
}

double sensitivity_factor(const DetectRule& rule) {
  switch (rule.sensitivity) {
    case DetectRule::Sensitivity::low:
      return 1.5;
    case DetectRule::Sensitivity::medium:
      return 1;
    case DetectRule::Sensitivity::high:
      return 2.0 / 3;
  }
  return 1;
}

bool is_young(const DetectRule& rule, const Subject& subject, std::uint32_t first_of_all,
              std::uint32_t minute) {
  const std::uint32_t young = minutes_of(rule.young);
  return young == 0 || (minute < subject.first + young && subject.first >= first_of_all + young);
}

Judged judge(const DetectRule& rule, double least, bool learned, const Peaks& peaks,
             double highest_of_all, bool comparable, const std::string& unit) {
  const double factor = sensitivity_factor(rule);
  least *= factor;
  if (rule.young.count() != 0) return {least, "new here"};
  const double times = std::max(1.0, rule.usual * factor);
  if (learned && peaks.kept >= kDaysToKnow) {
    const double usual = peaks.usual();
    return {std::max(least, times * usual),
            fmt::format("usual on its {} last days with any: {}", peaks.kept,
                        unit.empty() ? fmt::format("{:.0f}", usual) : amount_text(rule, usual))};
  }
  if (comparable) {
    return {std::max(least, times * highest_of_all),
            fmt::format("not known for long; of all, one day in a hundred comes to {}",
                        amount_text(rule, highest_of_all))};
  }
  return {least * kColdFactor, "not known for long, nobody is"};
}

}  // namespace sallyport::discovery::detect
