#pragma once
// What an address tells: the category, tags and name that the operator's ranges and the feeds give
// it; and the tags that feeds give to hosts.
//
// How they add up, where several cover one address:
//   name      of the most specific range of the operator's own.
//   category  of the most specific of these ranges that states one (`category: none` states one
//   too);
//             only if none does, the feeds': risky before all others, then the first in the file.
//             So a range that the operator calls corporate silences a feed that calls the address
//             risky.
//   tags      all of them, from every range and every feed.
//   override_isp, override_location  of the most specific range that states one; they beat the data
//             that tells countries and autonomous systems. A country without coordinates removes
//             those that the data has.
// Two ranges may nest; the same prefix in two ranges is an error. A risky range inside a trusted
// one (corporate, administrative, vpn), or the other way round, is a warning.
//
// An IPv6 address that carries an IPv4 address (NAT64, 6to4) is judged by both: its own ranges
// first.
//
// Immutable after making; share it between threads as shared_ptr<const IpTags>.
//
//   auto tags = load_ip_tags("conf/tags/ip_ranges.yaml", clock.now(), warnings);
//   (*tags)->describe(peer, activity.client);
//
// Limits: 10,000 ranges, 200,000 CIDRs, 64 feeds, 64 tags each, 4,000,000 entries in all feeds: a
// feed that would go beyond is left out, with a warning.

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
#include "discovery/tags/feed_status.h"
#include "discovery/tags/host_map.h"
#include "discovery/tags/span_map.h"
#include "policy/activity/activity.h"

namespace sallyport::discovery {

// One of the operator's ranges, as it is written.
struct TaggedRange {
  std::string name;
  std::vector<std::string> cidrs;
  std::optional<policy::IpCategory> category;  // absent: it says nothing of it
  std::vector<std::string> tags;
  std::optional<std::string> isp;
  std::optional<std::string> country;
  std::optional<policy::Coordinates> location;
  std::uint32_t line = 0;

  // Whether its name, a tag or a prefix has the words in it, which are in small letters; "" is in
  // all.
  bool holds(std::string_view words) const;
};

// What a feed gives to its addresses and hosts; how it fares is its FeedStatus, of the same place.
struct TaggedFeed {
  std::string name;
  policy::IpCategory category = policy::IpCategory::none;
  std::vector<std::string> tags;
  std::uint32_t line = 0;
};

class IpTags {
 public:
  IpTags() = default;  // Knows nothing.

  // Sets address, category, tags and range of `out`. Country, location and ISP, which other data
  // has filled in before, change only where a range overrides them. No allocation beyond the texts
  // that are copied.
  void describe(const IpAddress& address, policy::AddressFacts& out) const;

  // Sets the tags that feeds give to a host or to a domain above it: sorted, unique, mostly none.
  void describe_host(std::string_view host, std::vector<std::string>& out) const;

  const std::vector<FeedStatus>& feeds() const { return feeds_; }
  std::size_t feed_entries() const;
  // In the order of the file.
  const std::vector<TaggedRange>& ranges() const { return ranges_; }
  const std::vector<TaggedFeed>& tagged_feeds() const { return tagged_feeds_; }
  // Every file that this was made from, the missing ones too: whoever reloads watches these.
  const std::vector<std::string>& files() const { return files_; }

 private:
  friend class IpTagsBuilder;
  // What holds for one combination of ranges and feeds.
  struct Facts {
    std::optional<policy::IpCategory> own;  // Stated by the operator's ranges.
    policy::IpCategory fed = policy::IpCategory::none;
    std::string range;
    std::vector<std::string> tags;  // sorted, unique
    // What the operator's ranges override: the most specific that states it.
    std::optional<std::string> isp;
    std::optional<std::string> country;
    std::optional<policy::Coordinates> location;  // Of the range that gave the country.
  };
  static void override_data(const Facts& facts, policy::AddressFacts& out);
  std::vector<Facts> facts_{Facts{}};  // [SpanMap::kNothing] is "nothing known".
  SpanMap spans_;
  std::vector<std::vector<std::string>> host_tags_{{}};  // By the numbers of hosts_, sorted.
  HostMap hosts_;
  std::vector<FeedStatus> feeds_;
  std::vector<TaggedRange> ranges_;
  std::vector<TaggedFeed> tagged_feeds_;
  std::vector<std::string> files_;
};

// Reads ranges and feeds; feed paths are relative to the file's own folder. A feed that is missing,
// stale or partly unreadable is a warning that says what is not covered, never an error: the
// gateway starts without it.
//
//   ranges:
//     - {name: head office, cidrs: [192.0.2.0/24], category: corporate, tags: [office],
//        override_isp: Example Net, override_location: {country: DE, lat: 52.52, lon: 13.40}}
//   feeds:
//     - {name: tor exits, path: feeds/tor-exits.txt, category: risky, tags: [tor], max_age: 48h}
Checked<std::shared_ptr<const IpTags>> load_ip_tags(const std::string& path, Time now,
                                                    Diagnostics& warnings);
// The same from a text; feed paths are relative to `folder`.
Checked<std::shared_ptr<const IpTags>> parse_ip_tags(SourcePtr source, const std::string& folder,
                                                     Time now, Diagnostics& warnings);

}  // namespace sallyport::discovery
