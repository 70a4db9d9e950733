#include "discovery/detect/world.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/core/file.h"
#include "base/core/text.h"

namespace sallyport::discovery {
namespace {

constexpr double kEarthRadius = 6371;  // km
constexpr std::size_t kMostLines = 10'000;

// "+4230", "-0412330": degrees, minutes and perhaps seconds (ISO 6709).
std::optional<double> degrees(std::string_view text, std::size_t whole) {
  if (text.size() < 1 + whole + 2 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  for (const char c : text.substr(1)) {
    if (!is_digit(c)) return std::nullopt;
  }
  const auto number = [&](std::size_t at, std::size_t length) {
    double value = 0;
    for (const char c : text.substr(at, length)) value = value * 10 + (c - '0');
    return value;
  };
  double value = number(1, whole) + number(1 + whole, 2) / 60;
  if (text.size() == 1 + whole + 4) value += number(3 + whole, 2) / 3600;
  return text[0] == '-' ? -value : value;
}

}  // namespace

World World::parse(std::string_view table) {
  World world;
  std::size_t lines = 0;
  for (const std::string_view line : split(table, '\n')) {
    if (++lines > kMostLines) break;
    if (line.empty() || line.front() == '#') continue;
    const std::vector<std::string_view> fields = split(line, '\t');
    if (fields.size() < 3) continue;
    const std::size_t second = fields[1].find_first_of("+-", 1);
    if (second == std::string_view::npos) continue;
    const auto north = degrees(fields[1].substr(0, second), 2);
    const auto east = degrees(fields[1].substr(second), 3);
    if (!north || !east) continue;
    const double latitude = *north * std::numbers::pi / 180;
    const double longitude = *east * std::numbers::pi / 180;
    const Point point = {std::cos(latitude) * std::cos(longitude),
                         std::cos(latitude) * std::sin(longitude), std::sin(latitude)};
    // Of several countries the place is the first one's; zone.tab has the others' own.
    const std::string_view country = fields[0].substr(0, fields[0].find(','));
    if (country.size() == 2) world.places_[std::string(country)].push_back(point);
  }
  return world;
}

World World::of_system() {
  std::string tables;
  for (const char* name : {"/usr/share/zoneinfo/zone.tab", "/usr/share/zoneinfo/zone1970.tab"}) {
    if (auto text = read_regular_file(name, 1024 * 1024)) tables += *text + "\n";
  }
  return parse(tables);
}

std::optional<double> World::kilometres(std::string_view one, std::string_view other) const {
  const auto from = places_.find(one);
  const auto to = places_.find(other);
  if (from == places_.end() || to == places_.end()) return std::nullopt;
  double nearest = -1;  // the cosine of the angle
  for (const Point& a : from->second) {
    for (const Point& b : to->second) {
      nearest = std::max(nearest, a.x * b.x + a.y * b.y + a.z * b.z);
    }
  }
  return std::acos(std::clamp(nearest, -1.0, 1.0)) * kEarthRadius;
}

}  // namespace sallyport::discovery
