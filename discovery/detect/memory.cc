#include "discovery/detect/memory.h"

#include <algorithm>
#include <cmath>

namespace sallyport::discovery::detect {
namespace {

constexpr double kStepsPerOctave = 8;

double median(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

std::uint8_t to_code(double amount) {
  if (amount < 1) return 0;
  return static_cast<std::uint8_t>(
      std::min(255.0, 1 + std::round(kStepsPerOctave * std::log2(amount))));
}

double of_code(std::uint8_t code) {
  return code == 0 ? 0 : std::exp2((code - 1) / kStepsPerOctave);
}

bool Peaks::add(std::uint16_t on, float window, std::uint8_t& ended) {
  bool is_over = false;
  if (on > day) {
    if (day != 0 && today > 0) {
      ended = to_code(static_cast<double>(today));
      codes[next] = ended;
      next = static_cast<std::uint8_t>((next + 1) % kDays);
      kept = static_cast<std::uint8_t>(std::min<std::size_t>(kept + 1u, kDays));
      is_over = true;
    }
    day = on;
    today = 0;
  }
  today = std::max(today, window);
  return is_over;
}

double Peaks::usual() const {
  if (kept == 0) return 0;
  std::vector<double> values;
  values.reserve(kept);
  for (std::size_t i = 0; i < kept; ++i) values.push_back(of_code(codes[i]));
  std::vector<double> sorted = values;
  std::sort(sorted.begin(), sorted.end(), std::greater<>());
  const double middle = median(values);
  for (double& value : values) value = std::abs(value - middle);
  const double spread = 1.4826 * median(values);
  const double second = sorted.size() > 1 ? sorted[1] : sorted[0];
  return std::max(middle + spread, 0.8 * second);
}

double Burst::add(std::uint64_t second, std::uint64_t window, double amount) {
  const std::uint64_t length = std::max<std::uint64_t>(1, window / kParts);
  const auto now = static_cast<std::uint32_t>(second / length);
  if (now > last) {
    const std::uint32_t passed = std::min<std::uint32_t>(now - last, kParts);
    for (std::uint32_t i = 0; i < passed; ++i) parts[(now - i) % kParts] = 0;
    last = now;
  }
  // What comes late counts where it belongs, or in the oldest part: a tunnel is told when it ends,
  // by when it began.
  const std::uint32_t oldest = last >= kParts - 1 ? last - (kParts - 1) : 0;
  parts[std::max(now, oldest) % kParts] += static_cast<float>(amount);
  double sum = 0;
  for (const float part : parts) sum += static_cast<double>(part);
  return sum;
}

std::size_t Subject::bytes() const {
  std::size_t sum = sizeof *this + slots.capacity() * sizeof(Slot);
  for (const Slot& slot : slots) {
    if (std::holds_alternative<std::unique_ptr<Burst>>(slot.memory)) sum += sizeof(Burst) + 16;
    if (std::holds_alternative<std::unique_ptr<Failures>>(slot.memory)) {
      sum += sizeof(Failures) + 16;
    }
    if (const auto* traits = std::get_if<Traits>(&slot.memory)) {
      sum += traits->capacity() * sizeof(Trait);
    }
    if (const auto* travel = std::get_if<std::unique_ptr<Travel>>(&slot.memory)) {
      sum += sizeof(Travel) + 16 + (*travel)->countries.capacity() * sizeof(Trait);
    }
    if (const auto* crowd = std::get_if<std::unique_ptr<Crowd>>(&slot.memory)) {
      sum += sizeof(Crowd) + 16 + (*crowd)->seen.size() * 40;
    }
  }
  return sum;
}

}  // namespace sallyport::discovery::detect
