#pragma once
// What an address tells: the category, tags and name that the operator's ranges and the feeds give
// it.
//
// How they add up, where several cover one address:
//   name      of the most specific range of the operator's own.
//   category  of the most specific of these ranges that states one (`category: none` states one
//   too);
//             only if none does, the feeds': risky before all others, then the first in the file.
//             So a range that the operator calls corporate silences a feed that calls the address
//             risky.
//   tags      all of them, from every range and every feed.
// Two ranges may nest; the same prefix in two ranges is an error.
//
// An IPv6 address that carries an IPv4 address (NAT64, 6to4) is judged by both: its own ranges
// first.
//
// Immutable after making; share it between threads as shared_ptr<const IpTags>.
//
//   auto tags = load_ip_tags("conf/tags/ip_ranges.yaml", clock.now(), warnings);
//   (*tags)->describe(peer, activity.client);
//
// Limits: 10,000 ranges, 200,000 CIDRs, 64 feeds, 64 tags each.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/core/address.h"
#include "base/core/clock.h"
#include "base/core/diagnostics.h"
#include "discovery/tags/feed.h"
#include "discovery/tags/span_map.h"
#include "policy/activity/activity.h"

namespace sallyport::discovery {

// How a feed fared when it was last read, for the console and the metrics.
struct FeedStatus {
  std::string name;
  std::string path;
  FeedFormat format = FeedFormat::plain;
  std::size_t entries = 0;
  std::size_t bad_lines = 0;
  bool usable = false;  // False: missing, unreadable or without a single entry; covers nothing.
  std::optional<Time> as_of;  // Newest stamp inside, else when the file was last changed.
  std::chrono::milliseconds max_age{0};  // 0: never stale.
  bool stale = false;                    // Older than max_age; its entries are used all the same.
};

class IpTags {
 public:
  IpTags() = default;  // Knows nothing.

  // Sets every field of `out`. No allocation beyond the texts that are copied.
  void describe(const IpAddress& address, policy::AddressFacts& out) const;

  const std::vector<FeedStatus>& feeds() const { return feeds_; }
  std::size_t feed_entries() const;

 private:
  friend class IpTagsBuilder;
  // What holds for one combination of ranges and feeds.
  struct Facts {
    std::optional<policy::IpCategory> own;  // Stated by the operator's ranges.
    policy::IpCategory fed = policy::IpCategory::none;
    std::string range;
    std::vector<std::string> tags;  // sorted, unique
  };
  std::vector<Facts> facts_{Facts{}};  // [SpanMap::kNothing] is "nothing known".
  SpanMap spans_;
  std::vector<FeedStatus> feeds_;
};

// Reads ranges and feeds; feed paths are relative to the file's own folder. A feed that is missing,
// stale or partly unreadable is a warning that says what is not covered, never an error: the
// gateway starts without it.
//
//   ranges:
//     - {name: head office, cidrs: [192.0.2.0/24], category: corporate, tags: [office]}
//   feeds:
//     - {name: tor exits, path: feeds/tor-exits.txt, category: risky, tags: [tor], max_age: 48h}
Checked<std::shared_ptr<const IpTags>> load_ip_tags(const std::string& path, Time now,
                                                    Diagnostics& warnings);
// The same from a text; feed paths are relative to `folder`.
Checked<std::shared_ptr<const IpTags>> parse_ip_tags(SourcePtr source, const std::string& folder,
                                                     Time now, Diagnostics& warnings);

}  // namespace sallyport::discovery
