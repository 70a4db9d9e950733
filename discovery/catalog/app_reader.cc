#include "discovery/catalog/app_reader.h"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <iterator>
#include <optional>

#include "base/core/text.h"
#include "base/yaml/reader.h"
#include "discovery/catalog/app_index.h"
#include "discovery/catalog/app_ranges.h"
#include "discovery/catalog/app_tag_overlay.h"
#include "discovery/catalog/risk_reader.h"
#include "policy/activity/words.h"

namespace sallyport::discovery {
namespace {

constexpr std::size_t kMaxDomains = 1000;
constexpr std::size_t kMaxRanges = 1000;
constexpr std::size_t kMaxTags = 64;
constexpr std::size_t kMaxWord = 64;  // bytes
std::string read_id(yaml::MapReader& map, Place& place) {
  const auto id = map.required_text("id");
  place = id.place;
  if (map.has("id") && !is_catalog_word(*id)) {
    map.diagnostics().error(id.place, fmt::format("'{}' is no id of an app", *id),
                            "letters a to z, digits and '_'");
  }
  return *id;
}

std::string read_name(yaml::MapReader& map) {
  const auto name = map.required_text("name");
  if (map.has("name") && name->empty())
    map.diagnostics().error(name.place, "the app's name is empty");
  return *name;
}

std::string read_category(yaml::MapReader& map) {
  if (!map.required("category")) return {};
  const auto words = policy::app_category_words();
  const auto index = map.word("category", {words.begin(), words.end()});
  return index ? std::string(words[*index]) : std::string();
}

void refuse_domain(const Spanned<std::string>& written, Diagnostics& found) {
  const std::size_t slash = written->find('/');
  if (slash == std::string::npos || !canonical_domain(written->substr(0, slash))) {
    found.error(written.place, fmt::format("'{}' is no domain of an app", *written),
                "a name such as 'example.com' or '*.example.com', of two labels at least");
  } else if (slash + 1 == written->size()) {
    found.error(written.place, fmt::format("'{}' has an empty path", *written),
                fmt::format("the whole host is '{}'", written->substr(0, slash)));
  } else {
    found.error(written.place, fmt::format("the path of '{}' is none of an app", *written),
                fmt::format("at most {} segments of letters, digits, '-', '.', '_' and '~', and {} "
                            "bytes, such as 'example.com/forms'",
                            kMaxAppPathSegments, kMaxAppPath));
  }
}

std::vector<Spanned<std::string>> read_domains(yaml::MapReader& map) {
  std::vector<Spanned<std::string>> domains;
  if (!map.has("domains") && map.has("ranges")) return domains;
  const yaml::Node* node = map.required("domains");
  if (!node) return domains;
  Diagnostics& found = map.diagnostics();
  for (const auto& written : map.texts("domains")) {
    auto canonical = canonical_domain(*written);
    if (!canonical) {
      refuse_domain(written, found);
      continue;
    }
    const auto again = std::find_if(domains.begin(), domains.end(),
                                    [&](const auto& before) { return *before == *canonical; });
    if (again != domains.end()) {
      found.warning(written.place, fmt::format("domain '{}' is listed twice, first in line {}",
                                               *canonical, again->place.line));
      continue;
    }
    domains.push_back({std::move(*canonical), written.place});
  }
  if (domains.empty() && !map.has("ranges") && !found.has_errors()) {
    found.error(node->place, "an app needs at least one domain, or one of 'ranges'");
  }
  if (domains.size() > kMaxDomains) {
    found.error(node->place, fmt::format("more than {} domains", kMaxDomains));
  }
  return domains;
}

// What is wrong with a range by itself.
void check_range(const Spanned<std::string>& written, const IpPrefix& range, Diagnostics& found) {
  const int widest = range.address.is_v4() ? kWidestV4 : kWidestV6;
  if (range.length < widest) {
    const IpPrefix narrow = IpPrefix{range.address, widest}.masked();
    found.error(written.place, fmt::format("'{}' is too wide for the range of an app", *written),
                fmt::format("at least /{}, such as '{}'", widest, narrow.to_string()));
  } else if (range.has_host_bits()) {
    found.error(written.place,
                fmt::format("'{}' has bits behind its first {}", *written, range.length),
                fmt::format("did you mean '{}'?", range.masked().to_string()));
  }
}

std::vector<Spanned<IpPrefix>> read_ranges(yaml::MapReader& map) {
  std::vector<Spanned<IpPrefix>> ranges;
  const yaml::Node* node = map.node("ranges");
  if (!node) return ranges;
  Diagnostics& found = map.diagnostics();
  for (const auto& written : map.texts("ranges")) {
    const auto range = IpPrefix::parse(*written);
    if (!range) {
      found.error(written.place, fmt::format("'{}' is no range of addresses", *written),
                  "such as '192.0.2.0/24' or '2001:db8::/32'");
      continue;
    }
    check_range(written, *range, found);
    const auto again = std::find_if(ranges.begin(), ranges.end(),
                                    [&](const auto& before) { return *before == *range; });
    if (again != ranges.end()) {
      found.warning(written.place, fmt::format("range '{}' is listed twice, first in line {}",
                                               range->to_string(), again->place.line));
      continue;
    }
    ranges.push_back({*range, written.place});
  }
  if (ranges.empty() && !map.has("domains") && !found.has_errors()) {
    found.error(node->place, "an app needs at least one domain, or one of 'ranges'");
  }
  if (ranges.size() > kMaxRanges) {
    found.error(node->place, fmt::format("more than {} ranges", kMaxRanges));
  }
  return ranges;
}

std::string read_website(yaml::MapReader& map) {
  const auto website = map.text("website");
  if (!website->empty() && !website->starts_with("https://") && !website->starts_with("http://")) {
    map.diagnostics().error(website.place, fmt::format("'{}' is no address of a website", *website),
                            "such as 'https://www.example.com/'");
  }
  return *website;
}

std::vector<std::string> read_tags(yaml::MapReader& map) {
  std::vector<std::string> tags;
  for (const auto& tag : map.texts("tags")) {
    check_app_tag(tag, map.diagnostics());
    const std::string_view opposite = opposite_tag(*tag);
    if (!opposite.empty() && std::find(tags.begin(), tags.end(), opposite) != tags.end()) {
      map.diagnostics().error(tag.place, "an app cannot be sanctioned and unsanctioned");
    }
    tags.push_back(*tag);
  }
  std::sort(tags.begin(), tags.end());
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
  if (tags.size() > kMaxTags) {
    map.diagnostics().error(map.place(), fmt::format("more than {} tags", kMaxTags));
  }
  return tags;
}

}  // namespace

bool is_catalog_word(std::string_view text) {
  if (text.empty() || text.size() > kMaxWord || text.front() == '_') return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || is_digit(c) || c == '_'; });
}

WrittenApp read_app(const yaml::Node& node, Diagnostics& found) {
  Diagnostics own;  // So that "needs at least one" is said only where nothing else was wrong here.
  yaml::MapReader map(node, own, "app");
  WrittenApp read;
  App& app = read.app;
  app.facts.id = read_id(map, app.place);
  app.facts.name = read_name(map);
  app.vendor = *map.required_text("vendor");
  app.facts.category = read_category(map);
  read.domains = read_domains(map);
  read.ranges = read_ranges(map);
  app.website = read_website(map);
  app.facts.tags = read_tags(map);
  app.sources = read_sources(map, "an app");
  map.finish();
  found.append(std::move(own));
  return read;
}

}  // namespace sallyport::discovery
