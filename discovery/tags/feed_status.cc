#include "discovery/tags/feed_status.h"

#include <algorithm>

#include "base/core/metrics.h"

namespace sallyport::discovery {

std::optional<std::chrono::milliseconds> FeedStatus::age(Time now) const {
  if (!as_of) return std::nullopt;
  return std::max(std::chrono::milliseconds(0),
                  std::chrono::floor<std::chrono::milliseconds>(now - *as_of));
}

bool FeedStatus::is_stale(Time now) const {
  const auto old = age(now);
  return usable && max_age.count() > 0 && old && *old > max_age;
}

std::string render_feed_metrics(const std::vector<FeedStatus>& feeds, Time now) {
  std::string out;
  // `value(status)`: a number, or nothing where the feed has none.
  const auto gauge = [&](std::string_view name, std::string_view help, auto value) {
    LabelledGauge rows{name, help, "feed", {}};
    for (const FeedStatus& feed : feeds) {
      const std::optional<double> number = value(feed);
      if (number) rows.values.emplace_back(feed.name, *number);
    }
    append_prometheus(out, rows);
  };
  const auto seconds = [](std::chrono::milliseconds time) {
    return std::chrono::duration<double>(time).count();
  };
  using Number = std::optional<double>;
  gauge("sallyport_feed_age_seconds", "Age of the feed: of its newest stamp, else of its file.",
        [&](const FeedStatus& feed) {
          const auto age = feed.age(now);
          return age ? Number(seconds(*age)) : Number();
        });
  gauge("sallyport_feed_max_age_seconds", "The age from which on the feed is stale.",
        [&](const FeedStatus& feed) {
          return feed.max_age.count() > 0 ? Number(seconds(feed.max_age)) : Number();
        });
  gauge("sallyport_feed_stale", "1 where the feed is older than its max_age.",
        [&](const FeedStatus& feed) { return Number(feed.is_stale(now)); });
  gauge("sallyport_feed_usable", "0 where the feed could not be read or holds nothing.",
        [](const FeedStatus& feed) { return Number(feed.usable); });
  gauge("sallyport_feed_addresses", "Addresses and ranges in the feed.",
        [](const FeedStatus& feed) { return Number(static_cast<double>(feed.entries)); });
  gauge("sallyport_feed_hosts", "Host names in the feed.",
        [](const FeedStatus& feed) { return Number(static_cast<double>(feed.hosts)); });
  gauge("sallyport_feed_bad_lines", "Lines of the feed that are not understood.",
        [](const FeedStatus& feed) { return Number(static_cast<double>(feed.bad_lines)); });
  gauge("sallyport_feed_ignored", "Lines of the feed that are understood and of no use.",
        [](const FeedStatus& feed) { return Number(static_cast<double>(feed.ignored)); });
  gauge("sallyport_feed_expired", "Entries of the feed that are too old by their own stamp.",
        [](const FeedStatus& feed) { return Number(static_cast<double>(feed.expired)); });
  gauge("sallyport_feed_bytes", "Size of the feed's file.",
        [](const FeedStatus& feed) { return Number(static_cast<double>(feed.bytes)); });
  return out;
}

}  // namespace sallyport::discovery
