#pragma once
// conf/tags/ip_ranges.yaml as it is written, checked for what can be seen without any feed.

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/core/address.h"
#include "base/core/diagnostics.h"
#include "base/yaml/node.h"
#include "discovery/tags/feed.h"
#include "policy/activity/activity.h"
#include "policy/activity/words.h"

namespace sallyport::discovery {

struct WrittenRange {
  Spanned<std::string> name;
  std::vector<Spanned<IpPrefix>> cidrs;
  std::optional<policy::IpCategory> category;  // Absent: says nothing; `none` says "none".
  std::vector<std::string> tags;
  // These beat what any data about addresses says.
  std::optional<std::string> isp;
  std::optional<std::string> country;           // With it the data's location is void.
  std::optional<policy::Coordinates> location;  // Only with a country.
};

struct WrittenFeed {
  Spanned<std::string> name;
  Spanned<std::string> path;  // Relative to the file's folder.
  FeedFormat format = FeedFormat::auto_;
  std::vector<FeedPath> paths;  // Of json and ndjson; empty: the known ones.
  std::size_t column = 0;       // Of csv, from 1; 0: found.
  policy::IpCategory category = policy::IpCategory::none;
  std::vector<std::string> tags;
  std::chrono::milliseconds max_age{0};  // 0: never stale
};

struct WrittenTags {
  std::vector<WrittenRange> ranges;
  std::vector<WrittenFeed> feeds;
};

// Reports to `found`; what it returns is of use only while `found` has no errors.
WrittenTags read_tags_file(const yaml::Node& node, Diagnostics& found);

}  // namespace sallyport::discovery
