#pragma once
// conf/agents/releases.yaml: when versions of browsers and operating systems came out, and what
// counts as outdated.
//
//   browsers:
//     chrome:
//       source: stable channel announcements
//       superseded: 180d      # its successor has been out for longer
//       behind: 8             # more releases of this list behind the newest one
//       releases:
//         - {version: 130, date: 2024-10-15}
//         - {version: 131, date: 2024-11-12}
//   systems:
//     windows:
//       releases:
//         - {version: 10, date: 2015-07-29, ended: 2025-10-14}   # outdated from that day on
//
// What is not in the list is never guessed at. A version that is newer than the newest one listed
// is not outdated, one between two listed ones counts as the older of them, and one that is older
// than the oldest as that one's predecessor. So a list that has grown old tags too few, and never
// somebody who is up to date.
//
// Immutable after reading.

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/clock.h"
#include "base/core/diagnostics.h"
#include "base/yaml/node.h"

namespace sallyport::discovery {

// The first two numbers of a version, as far as versions are compared here: 10.15, 8.1, 131.0.
struct ShortVersion {
  std::uint32_t first = 0;
  std::uint32_t second = 0;

  // Nothing where no number stands in front. At most nine digits each.
  static std::optional<ShortVersion> parse(std::string_view text);
  auto operator<=>(const ShortVersion&) const = default;
};

struct Release {
  ShortVersion version;
  Time date;
  std::optional<Time> ended;  // the maker's support; where it is known nothing else counts
};

struct Product {
  std::vector<Release> releases;  // the oldest first; never empty
  std::optional<std::chrono::milliseconds> superseded;
  std::optional<std::size_t> behind;

  bool is_outdated(const ShortVersion& version, Time now) const;
};

class Releases {
 public:
  Releases() = default;  // Nothing is outdated.
  static Checked<Releases> read(const yaml::Node& file, Diagnostics& warnings);

  // By the words of policy/activity/words.h. False for what is not listed, and for "".
  bool is_browser_outdated(std::string_view browser, std::string_view version, Time now) const;
  bool is_os_outdated(std::string_view os, std::string_view version, Time now) const;
  // The newest date in the list: how old the knowledge is.
  std::optional<Time> newest() const;

 private:
  using Products = std::map<std::string, Product, std::less<>>;
  static bool is_outdated(const Products& products, std::string_view name, std::string_view version,
                          Time now);
  Products browsers_;
  Products systems_;
};

}  // namespace sallyport::discovery
