#pragma once
// How a geo database fared when it was read, and how old it is whenever somebody asks: for the
// command line and the metrics.

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/core/clock.h"

namespace sallyport::discovery {

struct GeoDatabase {
  std::string path;
  bool expected = true;  // False: looked for by default, and need not be there.
  bool missing = false;  // There is no such file.
  bool usable = false;
  std::string trouble;                   // why it is not usable
  std::string type;                      // as the file calls itself
  std::size_t nodes = 0;                 // of its search tree
  std::size_t networks = 0;              // that it tells something of
  std::size_t places = 0;                // different combinations of facts
  std::optional<Time> built;             // as the file says
  std::chrono::milliseconds max_age{0};  // 0: never old.

  // Never negative: a file of tomorrow is of now.
  std::optional<std::chrono::milliseconds> age(Time now) const;
  // Older than max_age; it is used all the same.
  bool is_stale(Time now) const;
};

// Prometheus text: sallyport_geo_age_seconds{database="..."} and its siblings, for each database
// that is expected or there.
std::string render_geo_metrics(const std::vector<GeoDatabase>& databases, Time now);

}  // namespace sallyport::discovery
