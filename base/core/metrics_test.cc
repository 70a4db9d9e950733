#include "base/core/metrics.h"

#include <gtest/gtest.h>

#include "base/core/text.h"

namespace sallyport {
namespace {

TEST(Metrics, AreTheSumsOfTheSets) {
  MetricSet one;
  MetricSet other;
  one.add(Metric::exchanges_total);
  other.add(Metric::exchanges_total, 41);
  one.add(Metric::tunnels_open, 5);
  other.add(Metric::tunnels_open, -2);
  other.set(Metric::store_bytes, 1000);
  const std::vector<const MetricSet*> sets = {&one, &other};
  EXPECT_EQ(sum(sets, Metric::exchanges_total), 42);
  EXPECT_EQ(sum(sets, Metric::tunnels_open), 3);

  const std::string text = render_prometheus(sets);
  EXPECT_NE(
      text.find("# HELP sallyport_exchanges_total Requests received, whatever became of them.\n"
                "# TYPE sallyport_exchanges_total counter\n"
                "sallyport_exchanges_total 42\n"),
      std::string::npos);
  EXPECT_NE(text.find("# TYPE sallyport_tunnels_open gauge\nsallyport_tunnels_open 3\n"),
            std::string::npos);
  EXPECT_NE(text.find("\nsallyport_store_bytes 1000\n"), std::string::npos);
}

TEST(Metrics, ShowEveryMetricOnceInTheTextFormat) {
  const std::string text = render_prometheus({});
  ASSERT_TRUE(text.ends_with('\n'));
  const auto lines = split(std::string_view(text).substr(0, text.size() - 1), '\n');
  ASSERT_EQ(lines.size(), 3 * static_cast<std::size_t>(Metric::count_));
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < lines.size(); i += 3) {
    const std::string_view name = lines[i + 2].substr(0, lines[i + 2].find(' '));
    EXPECT_TRUE(names.insert(name).second) << name;
    EXPECT_TRUE(lines[i].starts_with("# HELP " + std::string(name) + ' ')) << lines[i];
    EXPECT_TRUE(lines[i + 1].starts_with("# TYPE " + std::string(name) + ' ')) << lines[i + 1];
    EXPECT_TRUE(lines[i + 2].ends_with(" 0"));
  }
}

TEST(Metrics, ShowAGaugeWithOneValuePerThing) {
  std::string text;
  append_prometheus(text, {"sallyport_feed_age_seconds",
                           "Age.",
                           "feed",
                           {{"tor exits", 60}, {"half", 0.5}, {"a\"b\\c\nd", 1e6}}});
  EXPECT_EQ(text,
            "# HELP sallyport_feed_age_seconds Age.\n"
            "# TYPE sallyport_feed_age_seconds gauge\n"
            "sallyport_feed_age_seconds{feed=\"tor exits\"} 60\n"
            "sallyport_feed_age_seconds{feed=\"half\"} 0.5\n"
            "sallyport_feed_age_seconds{feed=\"a\\\"b\\\\c\\nd\"} 1000000\n");
}

TEST(Metrics, LeaveAGaugeOfNothingOut) {
  std::string text;
  append_prometheus(text, {"sallyport_feed_age_seconds", "Age.", "feed", {}});
  EXPECT_EQ(text, "");
}

}  // namespace
}  // namespace sallyport
