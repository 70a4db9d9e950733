#pragma once
// MaxMind DB files (https://maxmind.github.io/MaxMind-DB/, format 2.0): a search tree from networks
// to entries, entries made of typed values. Read from bytes of strangers; nothing is trusted.
//
//   Result<Mmdb> db = Mmdb::open(bytes);
//   Result<void> walked = db->walk([&](const IpPrefix& network, Mmdb::Entry entry) {
//     const MmdbScalar code = db->find(entry, {{"country", "iso_code"}});
//     return true;
//   });
//
// INVARIANT: no read leaves the bytes; no recursion follows the data; the work is bounded by the
// file's size, because loops and shared branches are legal to write and deadly to follow. Pure.
// Lifetime: the bytes outlive the Mmdb and every text that it hands out. One thread at a time
// (it counts its work).
//
// Limits: kMaxMmdb bytes.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/core/address.h"
#include "base/core/clock.h"
#include "base/core/result.h"

namespace sallyport::discovery {

constexpr std::size_t kMaxMmdb = 512ull << 20;  // bytes

// What stands at the end of a path: nothing (no such key, a map, an array, bytes, or data that is
// broken), or one of these. Numbers that do not fit are nothing.
using MmdbScalar =
    std::variant<std::monostate, std::string_view, std::uint64_t, std::int64_t, double, bool>;

class Mmdb {
 public:
  using Entry = std::uint32_t;                                // Offset in the data section.
  using Visit = std::function<bool(const IpPrefix&, Entry)>;  // False: enough.

  struct Metadata {
    std::uint32_t nodes = 0;
    int record_bits = 0;  // 24, 28 or 32
    int ip_version = 0;   // 4 or 6
    std::string type;     // "GeoLite2-Country": printable, cut at 100 bytes
    Time built;           // 1970 where the file does not say
  };

  // ErrorKind::invalid or limit, with what is wrong.
  static Result<Mmdb> open(std::string_view bytes);

  const Metadata& metadata() const { return metadata_; }

  // Every network with an entry, ascending; of a file with both families the IPv4 ones (the tree
  // under ::/96) first. Other places where that tree is hung in again (::ffff:0:0/96, 2002::/16,
  // 2001::/32) are left out: callers ask for the IPv4 address inside. Fails where the tree is no
  // tree or leaves the file; what was visited before stays visited.
  Result<void> walk(const Visit& visit) const;

  // The entry of one address as the tree has it, or nothing. IPv6 in a file for IPv4: nothing.
  std::optional<Entry> look_up(const IpAddress& address) const;

  // Follows a path of keys (or indices of arrays, as digits) from an entry's value.
  MmdbScalar find(Entry entry, std::span<const std::string_view> path) const;

  // Whether so much was read already that the file can only be meant to cost time; then find()
  // answers nothing any more.
  bool exhausted() const { return work_ == 0; }

 private:
  Mmdb() = default;
  std::uint32_t record(std::uint32_t node, bool right) const;
  Result<void> read_metadata(std::string_view section);
  void find_v4_root();

  std::string_view tree_;
  std::string_view data_;
  Metadata metadata_;
  // The node of ::/96 in a file for IPv6, or what stands in a record before it is reached.
  std::uint32_t v4_root_ = 0;
  int v4_depth_ = 0;  // Bits of IPv6 that lead to v4_root_: 96, or fewer.
  mutable std::uint64_t work_ = 0;
};

}  // namespace sallyport::discovery
