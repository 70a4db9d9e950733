#include "proxy/app/hand_tags.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "base/core/text.h"
#include "discovery/store/sqlite_state_store.h"

namespace sallyport::app {
namespace {

using discovery::TagEdit;

// Three apps; mega is shipped as unsanctioned, and the operator's own file calls drive sanctioned.
std::shared_ptr<const discovery::Catalog> catalog() {
  const auto source = [](std::string name, std::string text) {
    return std::make_shared<const Source>(Source{std::move(name), std::move(text)});
  };
  const auto entry = [&](const std::string& id, const std::string& tags) {
    return source("catalog/" + id + "/app.yaml",
                  "id: " + id + "\nname: X\nvendor: X\ncategory: crm\ndomains: [" + id +
                      ".example]\ntags: " + tags +
                      "\nsources: [{kind: observed, date: 2026-11-23}]\n");
  };
  Diagnostics warnings;
  const auto made = discovery::parse_catalog(
      {entry("box", "[]"), entry("drive", "[]"), entry("mega", "[unsanctioned]")}, warnings);
  EXPECT_TRUE(made) << render(made.error());
  const auto tagged =
      discovery::parse_app_tags(source("tags/apps.yaml", "sanctioned: [drive]\n"), **made);
  EXPECT_TRUE(tagged) << render(tagged.error());
  return *tagged;
}

class HandTagsTest : public testing::Test {
 protected:
  HandTagsTest() {
    char name[] = "/tmp/sallyport-hand-XXXXXX";
    home_ = ::mkdtemp(name);
    auto opened = discovery::SqliteStateStore::open(home_ + "/state.sqlite");
    EXPECT_TRUE(opened) << describe(opened.error());
    store_ = std::move(*opened);
    hand_ = std::make_unique<HandTags>(*store_);
  }
  ~HandTagsTest() override {
    hand_.reset();
    store_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(home_, ignored);
  }

  // "ana +box sanctioned; p +box monitored": by a person, or by a policy of one letter. Comes out
  // what each led to: "set", "left", or the status of a refusal.
  std::string run(const std::string& given) {
    std::string out;
    for (std::string_view one : split(given, ';')) {
      const auto words = split(trim(one), ' ');
      const std::string who(words[0]);
      const std::string app(words[1].substr(1));
      const std::string tag(words[2]);
      out += out.empty() ? "" : " ";
      if (who.size() > 1) {
        const auto refusal = hand_->change(
            *catalog_, {app, tag, words[1][0] == '+' ? TagEdit::add : TagEdit::remove}, who, now_);
        out += refusal ? std::to_string(refusal->status) : "set";
      } else {
        const auto changed = hand_->change_for_policy(*catalog_, app, tag, who, now_);
        out += !changed ? std::to_string(changed.error().status) : *changed ? "set" : "left";
      }
    }
    return out;
  }
  std::string tags(const std::string& app) {
    std::string shown;
    for (const auto& tag : discovery::facts_of(*catalog_->find(app), *hand_->overlay()).tags) {
      shown += (shown.empty() ? "" : " ") + tag;
    }
    return shown;
  }

  std::string home_;
  Time now_ = *parse_rfc3339("2026-11-26T08:00:00Z");
  std::shared_ptr<const discovery::Catalog> catalog_ = catalog();
  std::unique_ptr<discovery::StateStore> store_;
  std::unique_ptr<HandTags> hand_;
};

TEST_F(HandTagsTest, TakesATagFromAPolicyOnceAndSaysWhichPolicy) {
  EXPECT_EQ(run("p +box unsanctioned; p +box unsanctioned; q +box unsanctioned"), "set left left");
  EXPECT_EQ(tags("box"), "unsanctioned");
  ASSERT_EQ(hand_->kept().size(), 1u);
  EXPECT_EQ(hand_->kept()[0].who, "policy p");
  EXPECT_EQ(hand_->kept()[0].at, now_);
}

TEST_F(HandTagsTest, LeavesWhatTheFilesSayAlready) {
  EXPECT_EQ(run("p +mega unsanctioned; p +drive sanctioned"), "left left");
  EXPECT_TRUE(hand_->kept().empty());
  // What we ship gives way to a policy, the operator's file does not.
  EXPECT_EQ(run("p +mega sanctioned; p +drive unsanctioned"), "set 409");
  EXPECT_EQ(tags("mega"), "sanctioned");
  EXPECT_EQ(tags("drive"), "sanctioned");
}

TEST_F(HandTagsTest, LeavesWhatAPersonSet) {
  EXPECT_EQ(run("ana +box sanctioned; p +box unsanctioned"), "set left");
  EXPECT_EQ(tags("box"), "sanctioned");
  EXPECT_EQ(run("ana -mega unsanctioned; p +mega unsanctioned"), "set left");
  EXPECT_EQ(tags("mega"), "");
  // About other tags nobody has spoken.
  EXPECT_EQ(run("p +box monitored"), "set");
  EXPECT_EQ(tags("box"), "monitored sanctioned");
}

TEST_F(HandTagsTest, BelievesAPersonAfterAPolicyUntilItIsReset) {
  EXPECT_EQ(run("p +box unsanctioned; ana -box unsanctioned; p +box unsanctioned"), "set set left");
  EXPECT_EQ(tags("box"), "");
  EXPECT_FALSE(hand_->forget(*catalog_, "box", "ana", now_));
  EXPECT_EQ(run("p +box unsanctioned"), "set");
}

TEST_F(HandTagsTest, LetsPoliciesNotUndoEachOtherInACircle) {
  EXPECT_EQ(run("p +box unsanctioned; q +box sanctioned; p +box unsanctioned"), "set left left");
  EXPECT_EQ(tags("box"), "unsanctioned");
}

TEST_F(HandTagsTest, RefusesAnAppThatIsGone) {
  EXPECT_EQ(run("p +gone monitored"), "404");
  EXPECT_EQ(run("p +box with-dash"), "409");
}

}  // namespace
}  // namespace sallyport::app
