// From conf/tags/ip_ranges.yaml to IpTags. A layer of the SpanMap is an operator's CIDR or a whole
// feed: CIDRs come first, ordered from the widest prefix to the narrowest, so that the last of an
// address's CIDRs is the most specific; the feeds follow in the order of the file.

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <set>
#include <utility>

#include "base/yaml/node.h"
#include "discovery/tags/feed_file.h"
#include "discovery/tags/ip_tags.h"
#include "discovery/tags/written_tags.h"
#include "policy/activity/words.h"

namespace sallyport::discovery {
namespace {

constexpr std::size_t kMaxAllEntries = 4'000'000;  // of all feeds

// "its tags 'tor' and its category 'risky'": what goes missing with a feed.
std::string what_of(const WrittenFeed& feed) {
  std::string what;
  if (!feed.tags.empty()) what = fmt::format("tag '{}'", fmt::join(feed.tags, "', '"));
  if (feed.category != policy::IpCategory::none) {
    what += fmt::format("{}category '{}'", what.empty() ? "" : " and ", to_string(feed.category));
  }
  return what.empty() ? "nothing" : what;
}

// "line 2 'what', line 9 '<html>', ..."
std::string first_bad_of(const Feed& feed) {
  std::string shown;
  for (const auto& bad : feed.first_bad) {
    shown += fmt::format("{}line {} '{}'", shown.empty() ? "" : ", ", bad.line, bad.text);
  }
  if (feed.bad_lines > feed.first_bad.size()) shown += ", ...";
  return shown;
}

// Reads one feed; whatever is wrong is a warning, and the status says how it went.
class FeedTaker {
 public:
  FeedTaker(const WrittenFeed& written, const std::string& folder, Time now, Diagnostics& warnings)
      : written_(written), now_(now), warnings_(warnings) {
    status_.name = *written.name;
    status_.path = (std::filesystem::path(folder) / *written.path).string();
    status_.format = written.format;
    status_.max_age = written.max_age;
  }

  // `room`: how many entries may still be taken.
  Feed take(std::size_t room) {
    auto file = read_feed_file(status_.path);
    if (!file) return refuse(file.error().detail);
    status_.bytes = file->text.size();
    auto feed = parse_feed(file->text, {written_.format, now_, written_.paths, written_.column});
    if (!feed) return refuse(feed.error().detail);
    if (feed->entries.size() + feed->hosts.size() > room) {
      return refuse(fmt::format("all feeds together have more than {} entries", kMaxAllEntries));
    }
    status_.format = feed->format;
    status_.entries = feed->entries.size();
    status_.hosts = feed->hosts.size();
    status_.bad_lines = feed->bad_lines;
    status_.ignored = feed->ignored;
    status_.expired = feed->expired;
    status_.usable = status_.entries + status_.hosts > 0;
    status_.as_of = feed->newest ? feed->newest : file->changed;
    warn_of(*feed);
    return std::move(*feed);
  }

  FeedStatus& status() { return status_; }

 private:
  void warn(const std::string& message) {
    warnings_.warning(written_.path.place, fmt::format("feed '{}' {}", *written_.name, message));
  }

  Feed refuse(const std::string& why) {
    status_.trouble = why;
    warn(fmt::format("cannot be read ({}); no address gets {} from it", why, what_of(written_)));
    return {};
  }

  void warn_of(const Feed& feed) {
    if (feed.bad_lines > 0) {
      warn(fmt::format("has {} lines that are not understood and cover nothing: {}", feed.bad_lines,
                       first_bad_of(feed)));
    }
    if (feed.expired > 0) {
      warn(fmt::format("has {} entries that are too old by their own stamp and cover nothing",
                       feed.expired));
    }
    if (!status_.usable) {
      warn(fmt::format("holds no address; no address gets {} from it", what_of(written_)));
    }
    if (status_.hosts > 0 && written_.tags.empty()) {
      warn(fmt::format("names {} hosts, and has no tags to give them", status_.hosts));
    }
    if (status_.is_stale(now_)) {
      warn(fmt::format("is of {}, older than {}: addresses listed since then do not get {}",
                       format_rfc3339(*status_.as_of), format_duration(written_.max_age),
                       what_of(written_)));
    }
  }

  const WrittenFeed& written_;
  Time now_;
  Diagnostics& warnings_;
  FeedStatus status_;
};

}  // namespace

class IpTagsBuilder {
 public:
  explicit IpTagsBuilder(const WrittenTags& written) : written_(written) {
    for (const WrittenRange& range : written.ranges) {
      for (const auto& cidr : range.cidrs) cidrs_.push_back({*cidr, &range});
      made_.ranges_.push_back(tagged(range));
    }
    for (const WrittenFeed& feed : written.feeds) {
      made_.tagged_feeds_.push_back({*feed.name, feed.category, feed.tags, feed.name.place.line});
    }
    std::stable_sort(cidrs_.begin(), cidrs_.end(), [](const Cidr& a, const Cidr& b) {
      return a.prefix.length < b.prefix.length;
    });
    for (std::uint32_t i = 0; i < cidrs_.size(); ++i) {
      spans_.push_back({AddressSpan::of(cidrs_[i].prefix), i});
    }
  }

  void add_file(std::string path) { made_.files_.push_back(std::move(path)); }

  std::size_t room() const { return kMaxAllEntries - taken_; }

  void add_feed(Feed feed, FeedStatus status) {
    const auto index = static_cast<std::uint32_t>(made_.feeds_.size());
    const auto layer = static_cast<std::uint32_t>(cidrs_.size()) + index;
    for (const AddressSpan& span : feed.entries) spans_.push_back({span, layer});
    if (!written_.feeds[index].tags.empty()) {
      for (FeedHost& host : feed.hosts) {
        hosts_.push_back({std::move(host.name), host.below, index});
      }
    }
    taken_ += feed.entries.size() + feed.hosts.size();
    add_file(status.path);
    made_.feeds_.push_back(std::move(status));
  }

  std::shared_ptr<const IpTags> build() && {
    made_.spans_ = SpanMap(std::move(spans_), [this](std::span<const std::uint32_t> layers) {
      made_.facts_.push_back(facts_of(layers));
      return static_cast<std::uint32_t>(made_.facts_.size() - 1);
    });
    made_.hosts_ = HostMap(std::move(hosts_), [this](std::span<const std::uint32_t> feeds) {
      made_.host_tags_.push_back(tags_of(feeds));
      return static_cast<std::uint32_t>(made_.host_tags_.size() - 1);
    });
    return std::make_shared<const IpTags>(std::move(made_));
  }

 private:
  static TaggedRange tagged(const WrittenRange& range) {
    TaggedRange out{.name = *range.name,
                    .category = range.category,
                    .tags = range.tags,
                    .isp = range.isp,
                    .country = range.country,
                    .location = range.location,
                    .line = range.name.place.line};
    for (const auto& cidr : range.cidrs) out.cidrs.push_back(cidr->to_string());
    return out;
  }

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
        if (range.isp) facts.isp = range.isp;
        if (range.country) {
          facts.country = range.country;
          facts.location = range.location;
        }
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

  std::vector<std::string> tags_of(std::span<const std::uint32_t> feeds) const {
    std::set<std::string> tags;
    for (const std::uint32_t feed : feeds) {
      tags.insert(written_.feeds[feed].tags.begin(), written_.feeds[feed].tags.end());
    }
    return {tags.begin(), tags.end()};
  }

  const WrittenTags& written_;
  std::vector<Cidr> cidrs_;
  std::vector<SpanMap::Layered> spans_;
  std::vector<HostMap::Layered> hosts_;
  std::size_t taken_ = 0;  // Entries of all feeds.
  IpTags made_;
};

namespace {

// `file`: what the node was read from, or "".
Checked<std::shared_ptr<const IpTags>> make_ip_tags(const yaml::Node& node, const std::string& file,
                                                    const std::string& folder, Time now,
                                                    Diagnostics& warnings) {
  Diagnostics found;
  const WrittenTags written = read_tags_file(node, found);
  if (found.has_errors()) return std::unexpected(std::move(found));
  warnings.append(std::move(found));

  IpTagsBuilder builder(written);
  if (!file.empty()) builder.add_file(file);
  for (const WrittenFeed& feed : written.feeds) {
    FeedTaker taker(feed, folder, now, warnings);
    Feed taken = taker.take(builder.room());
    builder.add_feed(std::move(taken), std::move(taker.status()));
  }
  return std::move(builder).build();
}

}  // namespace

Checked<std::shared_ptr<const IpTags>> load_ip_tags(const std::string& path, Time now,
                                                    Diagnostics& warnings) {
  const auto parsed = yaml::parse_file(path);
  if (!parsed) return std::unexpected(parsed.error());
  return make_ip_tags(*parsed, path, std::filesystem::path(path).parent_path().string(), now,
                      warnings);
}

Checked<std::shared_ptr<const IpTags>> parse_ip_tags(SourcePtr source, const std::string& folder,
                                                     Time now, Diagnostics& warnings) {
  const auto parsed = yaml::parse(std::move(source));
  if (!parsed) return std::unexpected(parsed.error());
  return make_ip_tags(*parsed, "", folder, now, warnings);
}

}  // namespace sallyport::discovery
