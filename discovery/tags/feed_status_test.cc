#include "discovery/tags/feed_status.h"

#include <gtest/gtest.h>

namespace sallyport::discovery {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

FeedStatus status() {
  FeedStatus feed;
  feed.name = "tor exits";
  feed.format = FeedFormat::tor_exit_addresses;
  feed.bytes = 4096;
  feed.entries = 5;
  feed.hosts = 2;
  feed.bad_lines = 1;
  feed.ignored = 3;
  feed.expired = 4;
  feed.usable = true;
  feed.as_of = parse_rfc3339("2026-11-23T20:00:00Z");
  feed.max_age = hours(48);
  return feed;
}

Time at(std::string_view text) { return parse_rfc3339(text).value(); }

TEST(FeedStatus, GrowsOldWithoutBeingReadAgain) {
  const FeedStatus feed = status();
  EXPECT_EQ(feed.age(at("2026-11-23T20:00:01Z")), milliseconds(1000));
  EXPECT_FALSE(feed.is_stale(at("2026-11-25T20:00:00Z")));
  EXPECT_TRUE(feed.is_stale(at("2026-11-25T20:00:01Z")));
}

TEST(FeedStatus, TakesAStampOfTomorrowForNow) {
  EXPECT_EQ(status().age(at("2026-11-22T00:00:00Z")), milliseconds(0));
}

TEST(FeedStatus, IsNeverStaleWithoutALimitOrWithoutContent) {
  FeedStatus feed = status();
  feed.max_age = {};
  EXPECT_FALSE(feed.is_stale(at("2036-01-01T00:00:00Z")));
  feed = status();
  feed.usable = false;
  EXPECT_FALSE(feed.is_stale(at("2036-01-01T00:00:00Z")));
  EXPECT_FALSE(FeedStatus().age(at("2036-01-01T00:00:00Z")));
}

TEST(FeedStatus, ShowsEachFeedInTheMetrics) {
  FeedStatus missing;
  missing.name = "gone";
  EXPECT_EQ(render_feed_metrics({status(), missing}, at("2026-11-25T20:00:00.5Z")),
            "# HELP sallyport_feed_age_seconds Age of the feed: of its newest stamp, else of its "
            "file.\n"
            "# TYPE sallyport_feed_age_seconds gauge\n"
            "sallyport_feed_age_seconds{feed=\"tor exits\"} 172800.5\n"
            "# HELP sallyport_feed_max_age_seconds The age from which on the feed is stale.\n"
            "# TYPE sallyport_feed_max_age_seconds gauge\n"
            "sallyport_feed_max_age_seconds{feed=\"tor exits\"} 172800\n"
            "# HELP sallyport_feed_stale 1 where the feed is older than its max_age.\n"
            "# TYPE sallyport_feed_stale gauge\n"
            "sallyport_feed_stale{feed=\"tor exits\"} 1\n"
            "sallyport_feed_stale{feed=\"gone\"} 0\n"
            "# HELP sallyport_feed_usable 0 where the feed could not be read or holds nothing.\n"
            "# TYPE sallyport_feed_usable gauge\n"
            "sallyport_feed_usable{feed=\"tor exits\"} 1\n"
            "sallyport_feed_usable{feed=\"gone\"} 0\n"
            "# HELP sallyport_feed_addresses Addresses and ranges in the feed.\n"
            "# TYPE sallyport_feed_addresses gauge\n"
            "sallyport_feed_addresses{feed=\"tor exits\"} 5\n"
            "sallyport_feed_addresses{feed=\"gone\"} 0\n"
            "# HELP sallyport_feed_hosts Host names in the feed.\n"
            "# TYPE sallyport_feed_hosts gauge\n"
            "sallyport_feed_hosts{feed=\"tor exits\"} 2\n"
            "sallyport_feed_hosts{feed=\"gone\"} 0\n"
            "# HELP sallyport_feed_bad_lines Lines of the feed that are not understood.\n"
            "# TYPE sallyport_feed_bad_lines gauge\n"
            "sallyport_feed_bad_lines{feed=\"tor exits\"} 1\n"
            "sallyport_feed_bad_lines{feed=\"gone\"} 0\n"
            "# HELP sallyport_feed_ignored Lines of the feed that are understood and of no use.\n"
            "# TYPE sallyport_feed_ignored gauge\n"
            "sallyport_feed_ignored{feed=\"tor exits\"} 3\n"
            "sallyport_feed_ignored{feed=\"gone\"} 0\n"
            "# HELP sallyport_feed_expired Entries of the feed that are too old by their own "
            "stamp.\n"
            "# TYPE sallyport_feed_expired gauge\n"
            "sallyport_feed_expired{feed=\"tor exits\"} 4\n"
            "sallyport_feed_expired{feed=\"gone\"} 0\n"
            "# HELP sallyport_feed_bytes Size of the feed's file.\n"
            "# TYPE sallyport_feed_bytes gauge\n"
            "sallyport_feed_bytes{feed=\"tor exits\"} 4096\n"
            "sallyport_feed_bytes{feed=\"gone\"} 0\n");
}

TEST(FeedStatus, SaysNothingWithoutFeeds) {
  EXPECT_EQ(render_feed_metrics({}, at("2026-11-25T20:00:00Z")), "");
}

}  // namespace
}  // namespace sallyport::discovery
