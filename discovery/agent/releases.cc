#include "discovery/agent/releases.h"

#include <algorithm>
#include <fmt/format.h>

#include "base/core/text.h"
#include "base/yaml/reader.h"
#include "policy/activity/words.h"

namespace sallyport::discovery {
namespace {

constexpr std::size_t kMaxReleases = 1'000;  // per product
constexpr std::size_t kMaxDigits = 9;

// Takes the number that `text` begins with.
std::optional<std::uint32_t> take_number(std::string_view& text) {
  std::size_t end = 0;
  while (end < text.size() && is_digit(text[end])) ++end;
  if (end == 0 || end > kMaxDigits) return std::nullopt;
  const auto number = parse_decimal(text.substr(0, end));
  text.remove_prefix(end);
  return static_cast<std::uint32_t>(*number);
}

std::optional<Time> parse_date(std::string_view text) {
  return parse_rfc3339(std::string(text) + "T00:00:00Z");
}

std::optional<Time> read_date(yaml::MapReader& map, std::string_view key) {
  if (!map.has(key)) return std::nullopt;
  const auto text = map.text(key);
  const auto date = parse_date(*text);
  if (!date) {
    map.diagnostics().error(text.place, fmt::format("'{}' is no date", *text),
                            "such as 2024-11-12");
  }
  return date;
}

void read_release(const yaml::Node& node, Diagnostics& found, Product& product) {
  yaml::MapReader map(node, found, "release");
  const auto written = map.required_text("version");
  map.required("date");
  Release release;
  const auto version = ShortVersion::parse(*written);
  if (map.has("version") && !version) {
    found.error(written.place, fmt::format("'{}' is no version", *written), "such as 131 or 10.15");
  }
  const auto date = read_date(map, "date");
  release.ended = read_date(map, "ended");
  // For people: how well the date is known, and anything else worth saying.
  map.word("sure", {"day", "month", "planned"});
  map.text("note");
  map.finish();
  if (!version || !date) return;
  release.version = *version;
  release.date = *date;
  if (!product.releases.empty() && !(product.releases.back().version < release.version)) {
    found.error(written.place, "versions are listed from the oldest to the newest");
    return;
  }
  if (product.releases.size() == kMaxReleases) {
    found.error(node.place, fmt::format("more than {} releases", kMaxReleases));
    return;
  }
  product.releases.push_back(release);
}

Product read_product(const Spanned<std::string>& name, const yaml::Node& node, Diagnostics& found) {
  yaml::MapReader map(node, found, *name);
  Product product;
  map.required_text("source");
  if (map.has("superseded")) product.superseded = map.duration("superseded", {});
  if (map.has("behind")) {
    product.behind = static_cast<std::size_t>(map.integer("behind", 0, 0, 10'000));
  }
  map.required("releases");
  const std::size_t before = found.errors();
  map.each("releases", [&](const yaml::Node& row) { read_release(row, found, product); });
  if (product.releases.empty() && map.has("releases") && found.errors() == before) {
    found.error(name.place, fmt::format("'{}' lists no release", *name));
  }
  map.finish();
  return product;
}

}  // namespace

std::optional<ShortVersion> ShortVersion::parse(std::string_view text) {
  ShortVersion version;
  const auto first = take_number(text);
  if (!first) return std::nullopt;
  version.first = *first;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    version.second = take_number(text).value_or(0);
  }
  return version;
}

bool Product::is_outdated(const ShortVersion& version, Time now) const {
  // The first release that is newer than `version`.
  const auto next = std::upper_bound(
      releases.begin(), releases.end(), version,
      [](const ShortVersion& wanted, const Release& row) { return wanted < row.version; });
  const bool before_all = next == releases.begin();
  const std::optional<Time>& ended = before_all ? next->ended : std::prev(next)->ended;
  if (ended && *ended <= now) return true;
  if (ended && !before_all) return false;
  if (next == releases.end()) return false;
  if (superseded && next->date + *superseded <= now) return true;
  const auto out =
      std::count_if(next, releases.end(), [now](const Release& row) { return row.date <= now; });
  return behind && static_cast<std::size_t>(out) > *behind;
}

bool Releases::is_outdated(const Products& products, std::string_view name,
                           std::string_view version, Time now) {
  const auto found = products.find(name);
  if (found == products.end()) return false;
  const auto numbers = ShortVersion::parse(version);
  return numbers && found->second.is_outdated(*numbers, now);
}

bool Releases::is_browser_outdated(std::string_view browser, std::string_view version,
                                   Time now) const {
  return is_outdated(browsers_, browser, version, now);
}

bool Releases::is_os_outdated(std::string_view os, std::string_view version, Time now) const {
  return is_outdated(systems_, os, version, now);
}

std::optional<Time> Releases::newest() const {
  std::optional<Time> newest;
  for (const Products* products : {&browsers_, &systems_}) {
    for (const auto& [name, product] : *products) {
      const Time date = product.releases.back().date;
      if (!newest || *newest < date) newest = date;
    }
  }
  return newest;
}

Checked<Releases> Releases::read(const yaml::Node& file, Diagnostics& warnings) {
  Diagnostics found;
  Releases releases;
  yaml::MapReader map(file, found, "releases");
  const auto read_all = [&](std::string_view key, std::span<const std::string_view> words,
                            Products& products) {
    const yaml::Node* node = map.node(key);
    if (node == nullptr || node->kind == yaml::Node::Kind::null) return;
    if (node->kind != yaml::Node::Kind::map) {
      found.error(node->place, fmt::format("'{}' is a mapping of names", key));
      return;
    }
    for (const auto& [name, value] : node->entries) {
      // Others have names too, but a near miss is a list that nobody looks at.
      const std::string hint =
          std::find(words.begin(), words.end(), *name) != words.end()
              ? std::string()
              : did_you_mean(*name, std::vector<std::string_view>(words.begin(), words.end()));
      if (!hint.empty()) {
        found.warning(name.place, fmt::format("'{}' is no name that we know", *name), hint);
      }
      products.emplace(*name, read_product(name, value, found));
    }
  };
  read_all("browsers", policy::browser_words(), releases.browsers_);
  read_all("systems", policy::os_words(), releases.systems_);
  map.finish();
  if (found.has_errors()) return std::unexpected(std::move(found));
  warnings.append(std::move(found));
  return releases;
}

}  // namespace sallyport::discovery
