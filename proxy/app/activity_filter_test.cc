// The grammar of policies, asked of what happened.

#include "proxy/app/activity_filter.h"

#include <gtest/gtest.h>

namespace sallyport::app {
namespace {

discovery::Event event() {
  discovery::Event one;
  one.activity.user = "ana";
  one.activity.host = "www.dropbox.com";
  one.activity.app = policy::AppFacts{};
  one.activity.app->id = "dropbox";
  one.activity.app->name = "Dropbox";
  one.activity.type = policy::ActivityType::upload;
  one.activity.method = "POST";
  return one;
}

bool keeps(const std::string& filter, const discovery::Event& one = event()) {
  const auto parsed = ActivityFilter::parse(filter, {}, "UTC");
  EXPECT_TRUE(parsed) << filter << "\n" << render(parsed.error());
  return parsed && parsed->keeps(one);
}

std::string wrong(const std::string& filter) {
  const auto parsed = ActivityFilter::parse(filter, {}, "UTC");
  return parsed ? "" : render(parsed.error());
}

TEST(ActivityFilter, AsksAsAPolicyWould) {
  EXPECT_TRUE(keeps("app: dropbox"));
  EXPECT_TRUE(keeps("{app: dropbox, activity: upload}"));
  EXPECT_TRUE(keeps("app: dropbox, activity: [upload, share]"));
  EXPECT_TRUE(keeps("user: ana, not: {app: mega}"));
  EXPECT_TRUE(keeps("any: [{app: mega}, {user: ana}]"));
  EXPECT_TRUE(keeps("app: dropbox\nactivity: upload\n"));
  EXPECT_FALSE(keeps("app: mega"));
  EXPECT_FALSE(keeps("app: dropbox, activity: download"));
  // What is not known neither holds nor does its opposite.
  EXPECT_FALSE(keeps("file.name: a.txt"));
  EXPECT_FALSE(keeps("not: {file.name: a.txt}"));
}

TEST(ActivityFilter, KeepsAnEventOfWhichOneActivityHolds) {
  discovery::Event batch = event();
  batch.activities.resize(2);
  batch.activities[0].type = policy::ActivityType::upload;
  batch.activities[1].type = policy::ActivityType::share;
  EXPECT_TRUE(keeps("activity: upload", batch));
  EXPECT_TRUE(keeps("activity: share, user: ana", batch));
  EXPECT_FALSE(keeps("activity: rename", batch));
}

TEST(ActivityFilter, NarrowsAQuestionOnlyByWhatItDemands) {
  const auto narrowed = [](const std::string& filter, discovery::Query query = {}) {
    ActivityFilter::parse(filter, {}, "UTC")->narrow(query);
    return query.app.value_or("-") + " " + (query.type ? std::string(to_string(*query.type)) : "-");
  };
  EXPECT_EQ(narrowed("app: dropbox, activity: upload"), "dropbox upload");
  for (const char* wider : {"app: [dropbox, box]", "app: drop*", "app: unknown", "app: is set",
                            "not: {app: dropbox}", "any: [{app: dropbox}]", "user: ana"}) {
    EXPECT_EQ(narrowed(wider), "- -") << wider;
  }
  EXPECT_EQ(narrowed("app: dropbox", {.app = "mega"}), "mega -");
}

TEST(ActivityFilter, SaysWhatIsWrongWhereItStands) {
  EXPECT_NE(wrong("app.categry: x").find("filter:1:1: error: unknown attribute 'app.categry'"),
            std::string::npos)
      << wrong("app.categry: x");
  EXPECT_NE(wrong("user: ana, activty: upload").find("filter:1:12: error:"), std::string::npos)
      << wrong("user: ana, activty: upload");
  EXPECT_NE(wrong("{user: ana, activty: upload}").find("filter:1:13: error:"), std::string::npos)
      << wrong("{user: ana, activty: upload}");
  for (const char* filter : {"app", "{", "[app: x]", "app: {a: b}", "app: [", "a: b: c", "}{"}) {
    EXPECT_NE(wrong(filter), "") << filter;
  }
  EXPECT_NE(wrong("user: " + std::string(5'000, 'a')).find("more than 4096 bytes"),
            std::string::npos);
}

}  // namespace
}  // namespace sallyport::app
