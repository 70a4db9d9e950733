#include "discovery/tags/written_tags.h"

#include <algorithm>
#include <charconv>
#include <cmath>
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
constexpr std::size_t kMaxTag = 64;   // bytes
constexpr std::size_t kMaxIsp = 128;  // bytes

std::string show(const Place& place) { return fmt::format("line {}", place.line); }

bool is_tag(std::string_view text) {
  if (text.empty() || text.size() > kMaxTag || text.front() == '_') return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || is_digit(c) || c == '_'; });
}

// Own words are welcome; one that is nearly built in would silently match no rule.
void check_tag(const Spanned<std::string>& tag, Diagnostics& found) {
  if (!is_tag(*tag)) {
    found.error(tag.place, fmt::format("'{}' is no tag", *tag), "letters a to z, digits and '_'");
    return;
  }
  const auto words = policy::ip_tag_words();
  if (std::binary_search(words.begin(), words.end(), *tag)) return;
  std::string hint = did_you_mean(*tag, {words.begin(), words.end()});
  if (hint.empty()) return;
  found.error(tag.place, fmt::format("tag '{}' is nearly a built-in one", *tag), std::move(hint));
}

std::vector<std::string> read_tags(yaml::MapReader& map) {
  std::vector<std::string> tags;
  for (const auto& tag : map.texts("tags")) {
    check_tag(tag, map.diagnostics());
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

// Degrees from -`most` to `most`.
std::optional<double> read_degrees(yaml::MapReader& map, std::string_view key, double most) {
  if (!map.has(key)) return std::nullopt;
  const auto text = map.text(key);
  double value = 0;
  const auto [end, error] =
      std::from_chars(text->data(), text->data() + text->size(), value, std::chars_format::fixed);
  // Written so that NaN fails too.
  if (error != std::errc() || end != text->data() + text->size() || !(std::abs(value) <= most)) {
    map.diagnostics().error(text.place, fmt::format("'{}' cannot be '{}'", key, *text),
                            fmt::format("degrees from -{0} to {0}, such as 48.85", most));
    return std::nullopt;
  }
  return value;
}

void read_location(const yaml::Node& node, WrittenRange& range, Diagnostics& found) {
  yaml::MapReader map(node, found, "override_location");
  const auto country = map.required_text("country");
  if (map.has("country") && !policy::is_country_code(*country)) {
    std::string capitals = *country;
    for (char& c : capitals) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    found.error(country.place, fmt::format("'{}' is no country", *country),
                policy::is_country_code(capitals)
                    ? fmt::format("did you mean '{}'?", capitals)
                    : "two capital letters of ISO 3166-1, such as DE");
  }
  range.country = *country;
  const auto latitude = read_degrees(map, "lat", 90);
  const auto longitude = read_degrees(map, "lon", 180);
  if (map.has("lat") != map.has("lon")) {
    found.error(map.place(), "'lat' and 'lon' go together");
  }
  if (latitude && longitude) range.location = policy::Coordinates{*latitude, *longitude};
  map.finish();
}

std::optional<std::string> read_isp(yaml::MapReader& map) {
  if (!map.has("override_isp")) return std::nullopt;
  const auto isp = map.text("override_isp");
  if (isp->empty() || isp->size() > kMaxIsp || printable(*isp) != *isp) {
    map.diagnostics().error(
        isp.place, fmt::format("'override_isp' is 1 to {} bytes that can be printed", kMaxIsp));
  }
  return *isp;
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
  range.isp = read_isp(map);
  if (const yaml::Node* location = map.node("override_location")) {
    read_location(*location, range, found);
  }
  map.finish();
  return range;
}

// Where in its text a feed has its entries.
void read_places(yaml::MapReader& map, WrittenFeed& feed) {
  for (const auto& written : map.texts("paths")) {
    auto path = FeedPath::parse(*written);
    if (path) {
      feed.paths.push_back(std::move(*path));
    } else {
      map.diagnostics().error(written.place, fmt::format("'{}' is no path", *written),
                              "such as '/prefixes/*/ip_prefix'");
    }
  }
  if (feed.paths.size() > kMaxPaths) {
    map.diagnostics().error(map.place(), fmt::format("more than {} paths", kMaxPaths));
  }
  const bool json = feed.format == FeedFormat::json || feed.format == FeedFormat::ndjson;
  if (map.has("paths") && !json) {
    map.diagnostics().error(map.node("paths")->place, "'paths' need 'format: json' or 'ndjson'");
  }
  feed.column = static_cast<std::size_t>(map.integer("column", 0, 1, 64));
  if (map.has("column") && feed.format != FeedFormat::csv) {
    map.diagnostics().error(map.node("column")->place, "'column' needs 'format: csv'");
  }
}

WrittenFeed read_feed(const yaml::Node& node, Diagnostics& found) {
  yaml::MapReader map(node, found, "feed");
  WrittenFeed feed;
  feed.name = read_name(map, "feed");
  feed.path = map.required_text("path");
  const auto format = map.node("format") ? map.word("format", feed_format_words()) : std::nullopt;
  if (format) feed.format = static_cast<FeedFormat>(*format);
  read_places(map, feed);
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

bool is_trusted(policy::IpCategory category) {
  return category == policy::IpCategory::corporate ||
         category == policy::IpCategory::administrative || category == policy::IpCategory::vpn;
}

// That a range of administrators lies inside a corporate one is what nesting is for. That a risky
// one does, or the other way round, is more often a mistake.
bool contradict(policy::IpCategory a, policy::IpCategory b) {
  return (a == policy::IpCategory::risky && is_trusted(b)) ||
         (b == policy::IpCategory::risky && is_trusted(a));
}

void warn_of_contradictions(const WrittenTags& written, Diagnostics& found) {
  struct Stated {
    Spanned<IpPrefix> cidr;
    const WrittenRange* range;
  };
  std::vector<Stated> all;
  for (const WrittenRange& range : written.ranges) {
    if (!range.category) continue;
    for (const auto& cidr : range.cidrs) all.push_back({cidr, &range});
  }
  // In this order whatever lies inside a prefix follows it at once.
  std::sort(all.begin(), all.end(),
            [](const Stated& a, const Stated& b) { return *a.cidr < *b.cidr; });
  std::vector<const Stated*> around;
  for (const Stated& inner : all) {
    while (!around.empty() && !around.back()->cidr->contains(inner.cidr->address)) {
      around.pop_back();
    }
    if (!around.empty() && contradict(*around.back()->range->category, *inner.range->category)) {
      const Stated& outer = *around.back();
      found.warning(
          inner.cidr.place,
          fmt::format("'{}' is {} and lies inside '{}' of range '{}' ({}), which is {}: "
                      "its addresses count as {}",
                      inner.cidr->to_string(), to_string(*inner.range->category),
                      outer.cidr->to_string(), *outer.range->name, show(outer.cidr.place),
                      to_string(*outer.range->category), to_string(*inner.range->category)));
    }
    around.push_back(&inner);
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
  warn_of_contradictions(written, found);
  return written;
}

}  // namespace sallyport::discovery
