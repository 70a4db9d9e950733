#pragma once
// Lists of addresses that other people keep: Tor exits, anonymisers, hosts of malware. Text of
// strangers, read within limits; a line that is not understood is counted and left out, never
// guessed at.
//
// Formats:
//   plain               one address, CIDR or "first-last" a line, either family. '#', ';', '!' and
//                       "//" start a comment, also behind an entry ("192.0.2.0/24 ; SBL1").
//   tor_exit_addresses  "ExitAddress 192.0.2.1 2026-11-23 20:12:01" lines among ExitNode, Published
//                       and LastStatus lines, as the Tor project publishes them.
//
// Limits: 64 MiB of text, 2,000,000 entries. An entry wider than a /8 (IPv4) or a /16 (IPv6) counts
// as a bad line: a feed that says "everything" is broken, and would stop everybody.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/address.h"
#include "base/core/clock.h"
#include "base/core/result.h"

namespace sallyport::discovery {

enum class FeedFormat : std::uint8_t { auto_, plain, tor_exit_addresses };

std::string_view to_string(FeedFormat format);  // "auto", "plain", "tor_exit_addresses"

// INVARIANT: both of one family, first <= last.
struct AddressSpan {
  IpAddress first;
  IpAddress last;

  static AddressSpan of(const IpPrefix& prefix);
  bool operator==(const AddressSpan&) const = default;
};

struct Feed {
  FeedFormat format = FeedFormat::plain;  // What the text was read as, never auto_.
  std::vector<AddressSpan> entries;       // In the order written; may overlap.
  std::size_t bad_lines = 0;
  struct BadLine {
    std::size_t line;  // From 1.
    std::string text;  // Printable, cut at 60 bytes.
  };
  std::vector<BadLine> first_bad;  // At most 3.
  std::optional<Time> newest;  // The latest stamp among the entries, where the format has stamps.
};

constexpr std::size_t kMaxFeedBytes = 64 * 1024 * 1024;
constexpr std::size_t kMaxFeedEntries = 2'000'000;

// Pure. With auto_ the first line that is no comment tells the format. Fails only with
// ErrorKind::limit.
Result<Feed> parse_feed(std::string_view text, FeedFormat format);

// Whole file within kMaxFeedBytes: not_found, permission, limit or storage.
Result<std::string> read_feed_file(const std::string& path);

}  // namespace sallyport::discovery
