#include "discovery/detect/memory.h"

#include <algorithm>
#include <cmath>

namespace sallyport::discovery::detect {
namespace {

constexpr double kStepsPerOctave = 8;
constexpr std::uint32_t kHoursOfWeek = 7 * 24;
constexpr std::uint32_t kThursday = 3 * 24;  // when 1970 began, in hours of its week
constexpr std::size_t kRound = Past::kWeeks + 1;
constexpr std::size_t kMoreCells = 8;  // at a time: few subjects have many

double median(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

std::uint8_t hour_of_week(std::uint32_t hour) {
  return static_cast<std::uint8_t>((hour + kThursday) % kHoursOfWeek);
}
std::uint16_t week_of(std::uint32_t hour) {
  return static_cast<std::uint16_t>((hour + kThursday) / kHoursOfWeek);
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

double usual_of(std::span<const double> all) {
  if (all.empty()) return 0;
  std::vector<double> values(all.begin(), all.end());
  std::vector<double> sorted = values;
  std::sort(sorted.begin(), sorted.end(), std::greater<>());
  const double middle = median(values);
  for (double& value : values) value = std::abs(value - middle);
  const double spread = 1.4826 * median(values);
  const double second = sorted.size() > 1 ? sorted[1] : sorted[0];
  return std::max(middle + spread, 0.8 * second);
}

// ---- Past

void Past::turn_to(std::uint16_t now) {
  if (week == 0) week = now;
  if (now <= week) return;
  const std::uint16_t passed = static_cast<std::uint16_t>(
      std::min<std::size_t>(static_cast<std::size_t>(now - week), kRound));
  for (std::uint16_t i = 0; i < passed; ++i) {
    for (Cell& cell : *cells) cell.by_week[static_cast<std::size_t>(now - i) % kRound] = 0;
  }
  week = now;
  std::erase_if(*cells, [](const Cell& cell) {
    return std::ranges::all_of(cell.by_week, [](std::uint8_t code) { return code == 0; });
  });
}

namespace {

auto cell_of(std::vector<Past::Cell>& cells, std::uint8_t hour) {
  return std::lower_bound(
      cells.begin(), cells.end(), hour,
      [](const Past::Cell& cell, std::uint8_t wanted) { return cell.hour < wanted; });
}

}  // namespace

void Past::put(std::uint32_t hour, std::uint8_t code) {
  if (cells == nullptr) cells = std::make_unique<std::vector<Cell>>();
  const std::uint16_t of = week_of(hour);
  turn_to(of);
  if (code == 0 || of + kRound <= week) return;
  const std::uint8_t wanted = hour_of_week(hour);
  auto at = cell_of(*cells, wanted);
  if (at == cells->end() || at->hour != wanted) {
    const auto place = at - cells->begin();
    if (cells->size() == cells->capacity()) cells->reserve(cells->size() + kMoreCells);
    at = cells->insert(cells->begin() + place, Cell{wanted, {}});
  }
  std::uint8_t& known = at->by_week[of % kRound];
  known = std::max(known, code);
}

double Past::usual_at(std::uint32_t hour, std::size_t known) const {
  if (cells == nullptr) return 0;
  known = std::min(known, kWeeks);
  std::array<double, kWeeks> values{};
  for (std::size_t back = 1; back <= known; ++back) {
    // An hour earlier or later is no surprise: clocks change twice a year, and days are in UTC.
    for (const std::uint32_t near : {hour - 1, hour, hour + 1}) {
      const std::uint32_t then = near - static_cast<std::uint32_t>(back) * kHoursOfWeek;
      const std::uint16_t of = week_of(then);
      if (of > week || of + kRound <= week) continue;
      const std::uint8_t wanted = hour_of_week(then);
      const auto at = cell_of(*cells, wanted);
      if (at == cells->end() || at->hour != wanted) continue;
      values[back - 1] = std::max(values[back - 1], of_code(at->by_week[of % kRound]));
    }
  }
  return usual_of(std::span(values).first(known));
}

std::size_t Past::bytes() const {
  std::size_t sum = allocated(sizeof *this);
  if (cells) sum += allocated(sizeof *cells) + allocated(cells->capacity() * sizeof(Cell));
  return sum;
}

// ---- Peaks

bool Peaks::add(std::uint16_t on, float window, double floor, std::uint8_t& ended) {
  bool is_over = false;
  if (on > day) {
    if (day != 0 && today > 0) {
      ended = to_code(static_cast<double>(today));
      const bool matters = static_cast<double>(today) >= floor;
      if (matters && past == nullptr) past = std::make_unique<Past>();
      if (past != nullptr) past->days[next] = matters ? ended : std::uint8_t{0};
      next = static_cast<std::uint8_t>((next + 1) % Past::kDays);
      kept = static_cast<std::uint8_t>(std::min<std::size_t>(kept + 1u, Past::kDays));
      is_over = true;
    }
    day = on;
    today = 0;
  }
  today = std::max(today, window);
  return is_over;
}

double Peaks::usual() const {
  if (kept == 0 || past == nullptr) return 0;
  std::array<double, Past::kDays> values{};
  for (std::size_t i = 0; i < kept; ++i) values[i] = of_code(past->days[i]);
  return usual_of(std::span(values).first(kept));
}

// ---- Burst

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

void Burst::note_hours(std::uint64_t second, std::uint64_t window, double floor) {
  const std::uint64_t length = std::max<std::uint64_t>(1, window / kParts);
  const auto now = static_cast<std::uint32_t>(second / 3600);
  // The last sixth that is in no window from then on.
  const std::uint64_t end = (static_cast<std::uint64_t>(last) + kParts) * length / 3600;
  auto hour = static_cast<std::uint32_t>(static_cast<std::uint64_t>(last) * length / 3600);
  if (now > kHoursOfWeek) hour = std::max(hour, now - kHoursOfWeek);
  for (; hour < now && hour <= end; ++hour) {
    // The window as the hour ends.
    const std::uint64_t sixth = (static_cast<std::uint64_t>(hour) * 3600 + 3599) / length;
    double sum = 0;
    for (std::uint32_t i = 0; i < kParts && i <= last; ++i) {
      if (last - i + kParts > sixth) sum += static_cast<double>(parts[(last - i) % kParts]);
    }
    if (sum < floor) return;  // and from then on
    if (peaks.past == nullptr) peaks.past = std::make_unique<Past>();
    peaks.past->put(hour, to_code(sum));
  }
}

void Burst::note_hour(std::uint64_t second, double sum, double floor) {
  if (sum < floor) return;
  if (peaks.past == nullptr) peaks.past = std::make_unique<Past>();
  peaks.past->put(static_cast<std::uint32_t>(second / 3600), to_code(sum));
}

// ---- Traits

bool Traits::add(const Trait& trait, Trait& forgotten) {
  if (size_ == kMost) {
    Trait* oldest = std::min_element(
        begin(), end(), [](const Trait& a, const Trait& b) { return a.last < b.last; });
    forgotten = *oldest;
    std::move(oldest + 1, end(), oldest);
    all_[kMost - 1] = trait;
    return true;
  }
  all_[size_++] = trait;
  return false;
}

}  // namespace sallyport::discovery::detect
