// From conf/tags/ip_ranges.yaml to IpTags. A layer of the SpanMap is an operator's CIDR or a whole
// feed: CIDRs come first, ordered from the widest prefix to the narrowest, so that the last of an
// address's CIDRs is the most specific; the feeds follow in the order of the file.

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <set>
#include <sys/stat.h>
#include <utility>

#include "base/yaml/node.h"
#include "discovery/tags/ip_tags.h"
#include "discovery/tags/written_tags.h"
#include "policy/activity/words.h"

namespace sallyport::discovery {
namespace {

std::optional<Time> changed_at(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return Time(std::chrono::seconds(status.st_mtim.tv_sec));
}

// "its tags 'tor' and its category 'risky'": what goes missing with a feed.
std::string what_of(const WrittenFeed& feed) {
  std::string what;
  if (!feed.tags.empty()) what = fmt::format("tag '{}'", fmt::join(feed.tags, "', '"));
  if (feed.category != policy::IpCategory::none) {
    what += fmt::format("{}category '{}'", what.empty() ? "" : " and ", to_string(feed.category));
  }
  return what.empty() ? "nothing" : what;
}

// Reads one feed; whatever is wrong is a warning, and the status says how it went.
Feed take_feed(const WrittenFeed& written, const std::string& folder, Time now, FeedStatus& status,
               Diagnostics& warnings) {
  const std::filesystem::path full = std::filesystem::path(folder) / *written.path;
  status.name = *written.name;
  status.path = full.string();
  status.max_age = written.max_age;
  const auto warn = [&](std::string message) {
    warnings.warning(written.path.place,
                     fmt::format("feed '{}' {}", *written.name, std::move(message)));
  };

  const auto text = read_feed_file(status.path);
  Result<Feed> feed =
      text ? parse_feed(*text, written.format) : Result<Feed>(std::unexpected(text.error()));
  if (!feed) {
    warn(fmt::format("cannot be read ({}); no address gets {} from it", feed.error().detail,
                     what_of(written)));
    return {};
  }
  status.format = feed->format;
  status.entries = feed->entries.size();
  status.bad_lines = feed->bad_lines;
  status.usable = status.entries > 0;
  status.as_of = feed->newest ? feed->newest : changed_at(status.path);
  if (feed->bad_lines > 0) {
    std::string shown;
    for (const auto& bad : feed->first_bad) {
      shown += fmt::format("{}line {} '{}'", shown.empty() ? "" : ", ", bad.line, bad.text);
    }
    warn(fmt::format("has {} lines that are not understood and cover nothing: {}{}",
                     feed->bad_lines, shown,
                     feed->bad_lines > feed->first_bad.size() ? ", ..." : ""));
  }
  if (!status.usable) {
    warn(fmt::format("holds no address; no address gets {} from it", what_of(written)));
  }
  const bool aged = written.max_age.count() > 0 && status.usable;
  status.stale = aged && status.as_of && now - *status.as_of > written.max_age;
  if (status.stale) {
    warn(fmt::format("is of {}, older than {}: addresses listed since then do not get {}",
                     format_rfc3339(*status.as_of), format_duration(written.max_age),
                     what_of(written)));
  }
  return std::move(*feed);
}

}  // namespace

class IpTagsBuilder {
 public:
  explicit IpTagsBuilder(const WrittenTags& written) : written_(written) {
    for (const WrittenRange& range : written.ranges) {
      for (const auto& cidr : range.cidrs) cidrs_.push_back({*cidr, &range});
    }
    std::stable_sort(cidrs_.begin(), cidrs_.end(), [](const Cidr& a, const Cidr& b) {
      return a.prefix.length < b.prefix.length;
    });
    for (std::uint32_t i = 0; i < cidrs_.size(); ++i) {
      spans_.push_back({AddressSpan::of(cidrs_[i].prefix), i});
    }
  }

  void add_feed(const Feed& feed, FeedStatus status) {
    const auto layer = static_cast<std::uint32_t>(cidrs_.size() + made_.feeds_.size());
    for (const AddressSpan& span : feed.entries) spans_.push_back({span, layer});
    made_.feeds_.push_back(std::move(status));
  }

  std::shared_ptr<const IpTags> build() && {
    made_.spans_ = SpanMap(std::move(spans_), [this](std::span<const std::uint32_t> layers) {
      made_.facts_.push_back(facts_of(layers));
      return static_cast<std::uint32_t>(made_.facts_.size() - 1);
    });
    return std::make_shared<const IpTags>(std::move(made_));
  }

 private:
  struct Cidr {
    IpPrefix prefix;
    const WrittenRange* range;
  };

  IpTags::Facts facts_of(std::span<const std::uint32_t> layers) const {
    IpTags::Facts facts;
    std::set<std::string> tags;
    for (const std::uint32_t layer : layers) {
      if (layer < cidrs_.size()) {  // Widest first, so the narrowest has the last word.
        const WrittenRange& range = *cidrs_[layer].range;
        facts.range = *range.name;
        if (range.category) facts.own = range.category;
        tags.insert(range.tags.begin(), range.tags.end());
      } else {
        const WrittenFeed& feed = written_.feeds[layer - cidrs_.size()];
        if (facts.fed == policy::IpCategory::none || feed.category == policy::IpCategory::risky) {
          facts.fed = feed.category;
        }
        tags.insert(feed.tags.begin(), feed.tags.end());
      }
    }
    facts.tags.assign(tags.begin(), tags.end());
    return facts;
  }

  const WrittenTags& written_;
  std::vector<Cidr> cidrs_;
  std::vector<SpanMap::Layered> spans_;
  IpTags made_;
};

namespace {

Checked<std::shared_ptr<const IpTags>> make_ip_tags(const yaml::Node& node,
                                                    const std::string& folder, Time now,
                                                    Diagnostics& warnings) {
  Diagnostics found;
  const WrittenTags written = read_tags_file(node, found);
  if (found.has_errors()) return std::unexpected(std::move(found));
  warnings.append(std::move(found));

  IpTagsBuilder builder(written);
  for (const WrittenFeed& feed : written.feeds) {
    FeedStatus status;
    const Feed taken = take_feed(feed, folder, now, status, warnings);
    builder.add_feed(taken, std::move(status));
  }
  return std::move(builder).build();
}

}  // namespace

Checked<std::shared_ptr<const IpTags>> load_ip_tags(const std::string& path, Time now,
                                                    Diagnostics& warnings) {
  const auto parsed = yaml::parse_file(path);
  if (!parsed) return std::unexpected(parsed.error());
  return make_ip_tags(*parsed, std::filesystem::path(path).parent_path().string(), now, warnings);
}

Checked<std::shared_ptr<const IpTags>> parse_ip_tags(SourcePtr source, const std::string& folder,
                                                     Time now, Diagnostics& warnings) {
  const auto parsed = yaml::parse(std::move(source));
  if (!parsed) return std::unexpected(parsed.error());
  return make_ip_tags(*parsed, folder, now, warnings);
}

}  // namespace sallyport::discovery
