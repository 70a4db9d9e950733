#include "discovery/geo/geo_status.h"

#include <algorithm>

#include "base/core/metrics.h"

namespace sallyport::discovery {

std::optional<std::chrono::milliseconds> GeoDatabase::age(Time now) const {
  if (!built) return std::nullopt;
  return std::max(std::chrono::milliseconds(0),
                  std::chrono::floor<std::chrono::milliseconds>(now - *built));
}

bool GeoDatabase::is_stale(Time now) const {
  const auto old = age(now);
  return usable && max_age.count() > 0 && old && *old > max_age;
}

std::string render_geo_metrics(const std::vector<GeoDatabase>& databases, Time now) {
  std::string out;
  using Number = std::optional<double>;
  const auto gauge = [&](std::string_view name, std::string_view help, auto value) {
    LabelledGauge rows{name, help, "database", {}};
    for (const GeoDatabase& database : databases) {
      if (!database.expected && database.missing) continue;
      const Number number = value(database);
      if (number) rows.values.emplace_back(database.path, *number);
    }
    append_prometheus(out, rows);
  };
  gauge("sallyport_geo_usable", "0 where the geo database could not be read.",
        [](const GeoDatabase& database) { return Number(database.usable); });
  gauge("sallyport_geo_age_seconds", "Time since the geo database was built.",
        [&](const GeoDatabase& database) {
          const auto age = database.age(now);
          return age ? Number(std::chrono::duration<double>(*age).count()) : Number();
        });
  gauge("sallyport_geo_stale", "1 where the geo database is older than its max_age.",
        [&](const GeoDatabase& database) { return Number(database.is_stale(now)); });
  gauge("sallyport_geo_networks", "Networks that the geo database tells something of.",
        [](const GeoDatabase& database) { return Number(static_cast<double>(database.networks)); });
  return out;
}

}  // namespace sallyport::discovery
