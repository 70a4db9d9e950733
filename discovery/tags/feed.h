#pragma once
// Lists of addresses and hosts that other people keep: Tor exits, anonymisers, ranges of clouds,
// hosts of malware. Text of strangers, read within limits; what is not understood is counted and
// left out, never guessed at.
//
// Formats:
//   plain               one address, CIDR or "first-last" a line, either family. '#', ';', '!' and
//                       "//" start a comment, also behind an entry ("192.0.2.0/24 ; SBL1").
//   tor_exit_addresses  "ExitAddress 192.0.2.1 2026-11-23 20:12:01" lines among ExitNode, Published
//                       and LastStatus lines, as the Tor project publishes them. An exit that was
//                       seen last more than 48 h ago is none any more.
//   tor_consensus       a consensus of the Tor directory, with or without microdescriptors: the
//                       addresses ("r" and "a" lines) of relays with the flag Exit.
//   csv                 RFC 4180 with commas. The first row with an address tells the column; with
//                       another address behind it they are first and last; two whole numbers are
//                       IPv4 addresses as numbers. A row before it is a heading.
//   json                one document; `paths` say where entries lie, else the places known from
//   AWS,
//                       Google, Azure, Microsoft 365, Cloudflare, Fastly and GitHub.
//   ndjson              one JSON object a line (Spamhaus DROP); likewise, else cidr, ip, prefix,
//                       network. Objects of type "metadata" are passed over.
//   hosts               "0.0.0.0 host ..." as in /etc/hosts, or a host a line; "*.host" and ".host"
//                       cover what lies below too. Bare addresses are entries as well.
//   abp                 of Adblock's filters: ||host^ (with what lies below), bare hosts (likewise)
//                       and addresses. All other filters are ignored, and counted.
//
// Limits: 64 MiB of text, 2,000,000 entries. An entry wider than a /8 (IPv4) or a /16 (IPv6), and a
// host of one label, count as bad: a feed that says "everything" is broken, and would stop
// everybody.

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

enum class FeedFormat : std::uint8_t {
  auto_,
  plain,
  tor_exit_addresses,
  tor_consensus,
  csv,
  json,
  ndjson,
  hosts,
  abp,
};

std::string_view to_string(FeedFormat format);      // "auto", "plain", "tor_exit_addresses", ...
std::vector<std::string_view> feed_format_words();  // In the order of FeedFormat.

// INVARIANT: both of one family, first <= last.
struct AddressSpan {
  IpAddress first;
  IpAddress last;

  static AddressSpan of(const IpPrefix& prefix);
  bool operator==(const AddressSpan&) const = default;
};

// INVARIANT: `name` is what Host::text() would say, has two labels at least and is no address.
struct FeedHost {
  std::string name;
  bool below = false;  // Covers every host under it too.

  bool operator==(const FeedHost&) const = default;
};

struct Feed {
  FeedFormat format = FeedFormat::plain;  // What the text was read as, never auto_.
  std::vector<AddressSpan> entries;       // In the order written; may overlap.
  std::vector<FeedHost> hosts;            // Likewise.
  std::size_t bad_lines = 0;              // Of JSON: values that are no entry.
  struct BadLine {
    std::size_t line;  // From 1.
    std::string text;  // Printable, cut at 60 bytes.
  };
  std::vector<BadLine> first_bad;  // At most 3.
  std::size_t ignored = 0;     // Understood, and of no use: headings, metadata, filters for paths.
  std::size_t expired = 0;     // Entries that say themselves that they are too old.
  std::optional<Time> newest;  // The latest stamp inside, where the format has stamps.
};

// Where entries lie in a JSON document: a JSON pointer (RFC 6901) in which a step may be '*', for
// every element or member: "/prefixes/*/ip_prefix".
struct FeedPath {
  std::vector<std::string> steps;

  // At most 16 steps. Nothing for what is no pointer.
  static std::optional<FeedPath> parse(std::string_view text);
  bool operator==(const FeedPath&) const = default;
};

struct FeedOptions {
  FeedFormat format = FeedFormat::auto_;
  Time now;                     // For formats whose entries expire.
  std::vector<FeedPath> paths;  // For json and ndjson; empty: the known ones. At most kMaxPaths.
  std::size_t column = 0;       // For csv, from 1: entries are in this column. 0: find it.
};

constexpr std::size_t kMaxFeedBytes = 64 * 1024 * 1024;
constexpr std::size_t kMaxFeedEntries = 2'000'000;  // Addresses and hosts.
constexpr std::size_t kMaxPaths = 32;

// Pure. With auto_ the first 64 lines that are no comment tell the format. Fails only with
// ErrorKind::limit. A JSON document that breaks off yields what stands before, and a bad line.
Result<Feed> parse_feed(std::string_view text, const FeedOptions& options);

}  // namespace sallyport::discovery
