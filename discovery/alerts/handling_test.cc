#include "discovery/alerts/handling.h"

#include <gtest/gtest.h>

namespace sallyport::discovery {
namespace {

using Kind = AlertStep::Kind;
using Resolution = AlertResolution;

const Time kNow = *parse_rfc3339("2026-11-27T10:00:00Z");

AlertStep step(Kind kind, std::string text = "") {
  AlertStep made;
  made.kind = kind;
  made.text = std::move(text);
  made.who = "ana";
  made.at = kNow;
  return made;
}
AlertStep close_as(Resolution resolution, std::string reason = "") {
  AlertStep made = step(Kind::close);
  made.resolution = resolution;
  made.reason = std::move(reason);
  return made;
}
AlertHandling done(const std::vector<AlertStep>& steps) {
  AlertHandling handling;
  for (const AlertStep& one : steps) {
    auto now = after(handling, one);
    EXPECT_TRUE(now) << now.error();
    if (now) handling = std::move(*now);
  }
  return handling;
}
std::string refused(const AlertHandling& before, const AlertStep& one) {
  const auto now = after(before, one);
  return now ? "done" : now.error();
}

TEST(AlertHandling, IsOpenAndUnreadUntilSomebodyDoesSomething) {
  const AlertHandling none;
  EXPECT_FALSE(none.read);
  EXPECT_EQ(none.resolution, Resolution::open);
  EXPECT_TRUE(none.history.empty());
}

TEST(AlertHandling, ClosingJudgesReadsAndCanBeTakenBack) {
  const AlertHandling closed = done({close_as(Resolution::benign, "test")});
  EXPECT_TRUE(closed.read);
  EXPECT_EQ(closed.resolution, Resolution::benign);
  EXPECT_EQ(closed.reason, "test");
  const AlertHandling again = done({close_as(Resolution::benign, "test"), step(Kind::reopen)});
  EXPECT_EQ(again.resolution, Resolution::open);
  EXPECT_EQ(again.reason, "");
  EXPECT_EQ(again.history.size(), 2U);
  // Another judgement takes the first one's place.
  EXPECT_EQ(done({close_as(Resolution::benign), close_as(Resolution::true_positive)}).resolution,
            Resolution::true_positive);
}

TEST(AlertHandling, EveryChangeStandsInTheHistoryAndNothingElseDoes) {
  AlertStep give = step(Kind::assign);
  give.assignee = "ben";
  const AlertHandling handling = done({step(Kind::read), step(Kind::read), give, give,
                                       step(Kind::comment, "asked ana"), step(Kind::unread)});
  std::vector<std::string> said;
  for (const AlertStep& one : handling.history) said.push_back(describe(one));
  EXPECT_EQ(said,
            (std::vector<std::string>{"read", "given to ben", "asked ana", "marked as unread"}));
  EXPECT_EQ(handling.assignee, "ben");
}

TEST(AlertHandling, RefusesWhatIsNoStep) {
  const AlertHandling open;
  EXPECT_EQ(refused(open, step(Kind::reopen)), "it is open");
  EXPECT_EQ(refused(open, step(Kind::comment)), "a comment says something");
  EXPECT_EQ(refused(open, close_as(Resolution::open)),
            "an alert is closed as true_positive, benign or false_positive");
  EXPECT_EQ(refused(open, close_as(Resolution::true_positive, "test")),
            "true_positive takes no reason");
  EXPECT_EQ(refused(open, close_as(Resolution::false_positive, "test")),
            "a reason for false_positive is one of: not_of_interest, too_many_alike, "
            "not_accurate, other");
  EXPECT_EQ(refused(done({close_as(Resolution::benign)}), close_as(Resolution::benign)),
            "it is closed as benign already");
  for (const char* text : {"two\nlines", "\x1b[31m", "\xff"}) {
    EXPECT_EQ(refused(open, step(Kind::comment, text)),
              "a comment is one line of at most 1000 bytes");
  }
  EXPECT_EQ(refused(open, step(Kind::comment, std::string(1'001, 'x'))),
            "a comment is one line of at most 1000 bytes");
}

TEST(AlertHandling, IsBoundedAndCanBeClosedAllTheSame) {
  AlertHandling handling;
  while (handling.history.size() < AlertHandling::kMostSteps) {
    handling = *after(handling, step(Kind::comment, "again"));
  }
  EXPECT_EQ(refused(handling, step(Kind::comment, "once more")),
            "its history has 200 entries and takes no more of these");
  handling = *after(handling, close_as(Resolution::benign));
  while (handling.history.size() < AlertHandling::kMostInAll) {
    handling = *after(
        handling, step(handling.resolution == Resolution::open ? Kind::close : Kind::reopen).kind ==
                          Kind::reopen
                      ? step(Kind::reopen)
                      : close_as(Resolution::benign));
  }
  EXPECT_NE(refused(handling, close_as(Resolution::true_positive)), "done");
}

TEST(AlertHandling, IsReadBackAsItWasWritten) {
  AlertStep give = step(Kind::assign);
  give.assignee = "b\"e\\n";
  const AlertHandling handling =
      done({step(Kind::comment, "a \"quoted\" word"), give, close_as(Resolution::benign, "other")});
  EXPECT_EQ(parse_alert_handling(to_json(handling)), handling);
  EXPECT_EQ(parse_alert_handling(to_json({})), AlertHandling());
  for (const char* bad : {"", "[]", "{", R"({"read":true})", R"({"read":1,"resolution":"open"})",
                          R"({"read":true,"resolution":"shut"})",
                          R"({"read":true,"resolution":"open","history":[{"step":"read"}]})",
                          R"({"read":true,"resolution":"open"} x)"}) {
    EXPECT_FALSE(parse_alert_handling(bad)) << bad;
  }
}

TEST(AlertHandling, IsFilteredByItsState) {
  AlertHandling handling = done({close_as(Resolution::benign)});
  handling.assignee = "ben";
  const auto kept_by = [&](std::string state) { return AlertStateFilter{state}.keeps(handling); };
  for (const char* yes : {"", "closed", "read", "benign"}) EXPECT_TRUE(kept_by(yes)) << yes;
  for (const char* no : {"open", "unread", "true_positive"}) EXPECT_FALSE(kept_by(no)) << no;
  EXPECT_TRUE((AlertStateFilter{"", "ben"}.keeps(handling)));
  EXPECT_FALSE((AlertStateFilter{"", ""}.keeps(handling)));
  EXPECT_TRUE(is_alert_state("false_positive"));
  EXPECT_FALSE(is_alert_state("shut"));
}

}  // namespace
}  // namespace sallyport::discovery
