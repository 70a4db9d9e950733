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

double floor_of(const DetectRule& rule, double least) {
  return least * sensitivity_factor(rule) /
         (4 * std::max(1.0, rule.usual * sensitivity_factor(rule)));
}

namespace {

constexpr std::uint32_t kWeeksToKnow = 3;

std::string amount_or_less(const DetectRule& rule, double amount, double floor) {
  return amount > 0 ? amount_text(rule, amount) : "less than " + amount_text(rule, floor);
}

// "Monday about 9:00 UTC"
std::string hour_text(std::uint32_t minute) {
  static constexpr const char* kDays[] = {"Thursday", "Friday",  "Saturday", "Sunday",
                                          "Monday",   "Tuesday", "Wednesday"};
  return fmt::format("{} about {}:00 UTC", kDays[minute / (24 * 60) % 7], minute / 60 % 24);
}

}  // namespace

std::optional<std::string> judge(const DetectRule& rule, double least, const Usual& usual,
                                 bool bytes, double amount) {
  const double factor = sensitivity_factor(rule);
  const double floor = floor_of(rule, least);
  least *= factor;
  if (amount < least) return std::nullopt;
  if (rule.young.count() != 0) return "new here";
  const double times = std::max(1.0, rule.usual * factor);
  if (usual.learned && usual.peaks.kept >= kDaysToKnow) {
    const double of_days = usual.peaks.usual();
    if (rule.rhythm == DetectRule::Rhythm::week && usual.weeks >= kWeeksToKnow) {
      if (amount < of_days) return std::nullopt;
      const double here =
          usual.peaks.past ? usual.peaks.past->usual_at(usual.minute / 60, usual.weeks) : 0;
      if (amount < times * here) return std::nullopt;
      return fmt::format("usual on a {}, of {} weeks: {}; on its days: {}", hour_text(usual.minute),
                         std::min<std::size_t>(usual.weeks, Past::kWeeks),
                         amount_or_less(rule, here, floor), amount_or_less(rule, of_days, floor));
    }
    if (amount < times * of_days) return std::nullopt;
    const std::string text = bytes || of_days == 0 ? amount_or_less(rule, of_days, floor)
                                                   : fmt::format("{:.0f}", of_days);
    return fmt::format("usual on its {} last days with any: {}", usual.peaks.kept, text);
  }
  if (usual.comparable) {
    if (amount < times * usual.highest_of_all) return std::nullopt;
    return fmt::format("not known for long; of all, one day in a hundred comes to {}",
                       amount_text(rule, usual.highest_of_all));
  }
  if (amount < least * kColdFactor) return std::nullopt;
  return "not known for long, nobody is";
}

}  // namespace sallyport::discovery::detect
