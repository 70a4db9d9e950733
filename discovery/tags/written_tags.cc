#include "discovery/tags/written_tags.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <utility>

#include "base/core/text.h"
#include "base/yaml/reader.h"

namespace sallyport::discovery {
namespace {

constexpr std::size_t kMaxRanges = 10'000;
constexpr std::size_t kMaxCidrs = 200'000;
constexpr std::size_t kMaxFeeds = 64;
constexpr std::size_t kMaxTags = 64;
constexpr std::size_t kMaxTag = 64;  // bytes

std::string show(const Place& place) { return fmt::format("line {}", place.line); }

bool is_tag(std::string_view text) {
  if (text.empty() || text.size() > kMaxTag || text.front() == '_') return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || is_digit(c) || c == '_'; });
}

std::vector<std::string> read_tags(yaml::MapReader& map) {
  std::vector<std::string> tags;
  for (const auto& tag : map.texts("tags")) {
    if (!is_tag(*tag)) {
      map.diagnostics().error(tag.place, fmt::format("'{}' is no tag", *tag),
                              "letters a to z, digits and '_'");
    }
    tags.push_back(*tag);
  }
  if (tags.size() > kMaxTags) {
    map.diagnostics().error(map.place(), fmt::format("more than {} tags", kMaxTags));
  }
  return tags;
}

std::optional<policy::IpCategory> read_category(yaml::MapReader& map) {
  if (!map.node("category")) return std::nullopt;
  const auto words = policy::ip_category_words();
  const auto index = map.word("category", {words.begin(), words.end()});
  if (!index) return std::nullopt;
  return static_cast<policy::IpCategory>(*index);
}

Spanned<std::string> read_name(yaml::MapReader& map, std::string_view what) {
  const auto name = map.required_text("name");
  if (map.has("name") && name->empty()) {
    map.diagnostics().error(name.place, fmt::format("the {}'s name is empty", what));
  }
  return name;
}

WrittenRange read_range(const yaml::Node& node, Diagnostics& found) {
  yaml::MapReader map(node, found, "range");
  WrittenRange range;
  range.name = read_name(map, "range");
  map.required("cidrs");
  for (const auto& written : map.texts("cidrs")) {
    const auto prefix = IpPrefix::parse(*written);
    if (!prefix) {
      found.error(written.place, fmt::format("'{}' is no address range", *written),
                  "such as '192.0.2.0/24' or '2001:db8::/32'");
    } else if (prefix->has_host_bits()) {
      found.error(written.place,
                  fmt::format("'{}' has bits behind its first {}", *written, prefix->length),
                  fmt::format("did you mean '{}'?", prefix->masked().to_string()));
    } else {
      range.cidrs.push_back({*prefix, written.place});
    }
  }
  range.category = read_category(map);
  range.tags = read_tags(map);
  map.finish();
  return range;
}

WrittenFeed read_feed(const yaml::Node& node, Diagnostics& found) {
  yaml::MapReader map(node, found, "feed");
  WrittenFeed feed;
  feed.name = read_name(map, "feed");
  feed.path = map.required_text("path");
  const std::vector<FeedFormat> formats = {FeedFormat::auto_, FeedFormat::plain,
                                           FeedFormat::tor_exit_addresses};
  std::vector<std::string_view> words;
  for (const FeedFormat format : formats) words.push_back(to_string(format));
  if (map.node("format")) {
    if (const auto index = map.word("format", words)) feed.format = formats[*index];
  }
  feed.category = read_category(map).value_or(policy::IpCategory::none);
  feed.tags = read_tags(map);
  feed.max_age = map.duration("max_age", std::chrono::milliseconds(0));
  map.finish();
  return feed;
}

// Names must differ, and so must the prefixes of all ranges; that one lies inside another is fine.
void check_apart(const WrittenTags& written, Diagnostics& found) {
  std::map<std::string, Place, std::less<>> names;
  std::map<IpPrefix, std::pair<std::string, Place>> prefixes;
  for (const WrittenRange& range : written.ranges) {
    const auto [before, fresh] = names.emplace(*range.name, range.name.place);
    if (!fresh && !range.name->empty()) {
      found.error(range.name.place,
                  fmt::format("range '{}' is already on {}", *range.name, show(before->second)));
    }
    for (const auto& cidr : range.cidrs) {
      const auto [same, added] = prefixes.emplace(*cidr, std::pair(*range.name, cidr.place));
      if (added) continue;
      found.error(cidr.place, fmt::format("'{}' is already in range '{}' ({})", cidr->to_string(),
                                          same->second.first, show(same->second.second)));
    }
  }
  if (prefixes.size() > kMaxCidrs) {
    found.error(written.ranges.front().name.place, fmt::format("more than {} CIDRs", kMaxCidrs));
  }
  std::map<std::string, Place, std::less<>> feeds;
  for (const WrittenFeed& feed : written.feeds) {
    const auto [before, fresh] = feeds.emplace(*feed.name, feed.name.place);
    if (fresh || feed.name->empty()) continue;
    found.error(feed.name.place,
                fmt::format("feed '{}' is already on {}", *feed.name, show(before->second)));
  }
}

}  // namespace

WrittenTags read_tags_file(const yaml::Node& node, Diagnostics& found) {
  yaml::MapReader map(node, found, "ip_ranges");
  WrittenTags written;
  map.each("ranges",
           [&](const yaml::Node& item) { written.ranges.push_back(read_range(item, found)); });
  map.each("feeds",
           [&](const yaml::Node& item) { written.feeds.push_back(read_feed(item, found)); });
  map.finish();
  if (written.ranges.size() > kMaxRanges) {
    found.error(map.place(), fmt::format("more than {} ranges", kMaxRanges));
  }
  if (written.feeds.size() > kMaxFeeds) {
    found.error(map.place(), fmt::format("more than {} feeds", kMaxFeeds));
  }
  check_apart(written, found);
  return written;
}

}  // namespace sallyport::discovery
