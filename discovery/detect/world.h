#pragma once
// How far countries are from each other, for impossible travel: the shortest way between places of
// one and places of the other, as the table of time zones has them (tzdata's zone.tab and
// zone1970.tab: a place for each zone, with the country).
//
// Thread rule: immutable once read.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::discovery {

class World {
 public:
  // Of one such table, or of several one after the other. Lines that are none are passed over, as
  // are those behind the first 10,000.
  static World parse(std::string_view table);
  // Of the system's; empty, and so without any distance, where it has none.
  static World of_system();

  // Nothing where a country is not in the table. Neighbours are as far as their nearest places.
  std::optional<double> kilometres(std::string_view one, std::string_view other) const;

  std::size_t countries() const { return places_.size(); }

 private:
  struct Point {
    double x, y, z;  // on the unit sphere
  };
  std::map<std::string, std::vector<Point>, std::less<>> places_;
};

}  // namespace sallyport::discovery
