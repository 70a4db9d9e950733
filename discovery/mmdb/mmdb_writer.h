#pragma once
// Writes MaxMind DB files (format 2.0) that Mmdb, libmaxminddb and other readers take: what
// `sallyport geo build` makes of lists, and what tests are made of.
//
//   MmdbWriter writer({.type = "Sallyport-Country", .description = "...", .built = now});
//   const auto de = writer.value(MmdbValue::map({{"country_code", MmdbValue::text("DE")}}));
//   writer.add(*IpAddress::parse("192.0.2.0"), *IpAddress::parse("192.0.2.255"), de);
//   std::string bytes = writer.finish();
//
// Both families in one tree, IPv4 under ::/96 as the format has it, and found again under
// ::ffff:0:0/96 and 2002::/16. Where spans overlap, the later one holds. Keys of maps and equal
// values are written once. One thread.

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/core/address.h"
#include "base/core/clock.h"

namespace sallyport::discovery {

// A value to be written.
struct MmdbValue {
  struct Pair;
  using Map = std::vector<Pair>;
  using Array = std::vector<MmdbValue>;

  std::variant<std::string, std::uint16_t, std::uint32_t, std::uint64_t, std::int32_t, double, bool,
               Map, Array>
      is;

  static MmdbValue text(std::string_view value);
  static MmdbValue uint32(std::uint32_t value);
  static MmdbValue number(double value);
  static MmdbValue map(Map pairs);
};

struct MmdbValue::Pair {
  std::string key;
  MmdbValue value;
};

class MmdbWriter {
 public:
  struct Options {
    std::string type = "Sallyport";
    std::string description;  // in English
    Time built;
    int least_record_bits = 24;  // 24, 28 or 32; more where the file needs it
    int ip_version = 6;          // 4: IPv4 only, in a tree of its own
  };
  using Handle = std::uint32_t;

  explicit MmdbWriter(Options options);

  Handle value(const MmdbValue& value);
  // REQUIRES: both of one family that the file has, first <= last.
  void add(const IpAddress& first, const IpAddress& last, Handle value);
  void add(const IpPrefix& network, Handle value);

  std::string finish();

 private:
  using Bits = std::array<std::uint8_t, 16>;
  // Where a record leads: a node, nowhere, or to a value.
  struct Link {
    enum class To : std::uint8_t { nowhere, node, value } to = To::nowhere;
    std::uint32_t number = 0;
  };
  using Node = std::array<Link, 2>;

  struct Span {
    Bits first;
    Bits last;
    Handle value;
  };

  void put(std::uint32_t node, int depth, const Bits& at, const Span& span);
  static void fold(std::vector<Node>& nodes, std::uint32_t node);
  static void hang_in_v4(std::vector<Node>& nodes);
  std::string key_pointer(const std::string& key);
  // Keys through pointers to their one copy in data_, or in full.
  void encode(std::string& out, const MmdbValue& value, bool full_keys);
  std::string metadata(std::size_t nodes, int record_bits);

  Options options_;
  std::vector<Node> nodes_{Node{}};
  std::string data_;
  std::map<std::string, Handle> known_;        // by encoded bytes; offsets in data_
  std::map<std::string, std::uint32_t> keys_;  // offsets in data_
};

}  // namespace sallyport::discovery
