#pragma once
// Lists of ranges as others publish them, one a line, ascending or not:
//
//   country   first,last,CC        Tor's geoip ("16777216,16777471,AU": IPv4 as numbers) and geoip6
//                                  ("2001:200::,2001:200:134:ffff:...,JP"), ip-location-db's
//                                  country files ("1.0.0.0,1.0.0.255,AU")
//   asn       first,last,number,"organisation"   ip-location-db's asn files; the number also as
//                                                "AS13335"
//
// '#' begins a comment line. Text of strangers, read within limits: a line that is not understood
// is counted and left out, never guessed at.
//
// Limits: 256 MiB of text, 8,000,000 lines, 4 KiB a line.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/address.h"
#include "base/core/clock.h"
#include "base/core/result.h"

namespace sallyport::discovery {

enum class GeoListKind : std::uint8_t { country, asn };

constexpr std::size_t kMaxGeoList = 256ull << 20;  // bytes

struct GeoRange {
  IpAddress first;  // of one family, first <= last
  IpAddress last;
  std::string country;  // of ISO 3166-1
  std::uint32_t asn = 0;
  std::string organisation;  // printable, bounded; may be empty
};

struct GeoListSummary {
  std::size_t v4 = 0;  // ranges that were handed on
  std::size_t v6 = 0;
  std::size_t nowhere = 0;  // ranges that are stated to be of no country (??, EU, AP) or AS 0
  std::size_t bad_lines = 0;
  struct BadLine {
    std::size_t line;  // From 1.
    std::string text;  // Printable, cut at 60 bytes.
  };
  std::vector<BadLine> first_bad;  // At most 3.
  // What the comments say, where they do: "Generated: Thu, 25 Jun 2026 04:33:59 GMT".
  std::optional<Time> generated;
  std::string vendor;
  std::string license;
};

// Pure. Fails only with ErrorKind::limit.
Result<GeoListSummary> parse_geo_list(std::string_view text, GeoListKind kind,
                                      const std::function<void(const GeoRange&)>& take);

}  // namespace sallyport::discovery
