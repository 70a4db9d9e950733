#include "discovery/catalog/app_tag_overlay.h"

#include <gtest/gtest.h>

#include "base/core/text.h"
#include "discovery/catalog/catalog.h"

namespace sallyport::discovery {
namespace {

SourcePtr source(std::string name, std::string text) {
  return std::make_shared<const Source>(Source{std::move(name), std::move(text)});
}

// Two apps, mega shipped as unsanctioned, with the operator's file on top.
std::shared_ptr<const Catalog> catalog(const std::string& file = "") {
  const auto entry = [](const std::string& id, const std::string& tags) {
    return source("catalog/" + id + "/app.yaml",
                  "id: " + id + "\nname: X\nvendor: X\ncategory: crm\ndomains: [" + id +
                      ".example]\ntags: " + tags +
                      "\nsources: [{kind: observed, date: 2026-11-23}]\n");
  };
  Diagnostics warnings;
  const auto made = parse_catalog({entry("box", "[]"), entry("mega", "[unsanctioned]")}, warnings);
  EXPECT_TRUE(made) << render(made.error());
  const auto tagged = parse_app_tags(source("tags/apps.yaml", file), **made);
  EXPECT_TRUE(tagged) << render(tagged.error());
  return *tagged;
}

// "+box sanctioned" or "-box sanctioned".
AppTagChange change(std::string_view text) {
  const auto parts = split(text.substr(1), ' ');
  return {std::string(parts[0]), std::string(parts[1]),
          text.front() == '+' ? TagEdit::add : TagEdit::remove};
}

AppTagOverlay overlay(const std::vector<std::string>& texts) {
  std::vector<AppTagChange> changes;
  for (const auto& text : texts) changes.push_back(change(text));
  return AppTagOverlay(changes);
}

// The tags of one app after the changes.
std::string tags(const std::string& app, const std::vector<std::string>& changes,
                 const std::string& file = "") {
  std::string shown;
  for (const auto& tag : facts_of(*catalog(file)->find(app), overlay(changes)).tags) {
    shown += (shown.empty() ? "" : " ") + tag;
  }
  return shown;
}

// "" or the report.
std::string refusal(std::string_view text, const std::string& file = "",
                    const std::vector<std::string>& before = {}) {
  const auto fine = check_app_tag_change(*catalog(file), overlay(before), change(text));
  return fine ? "" : render(fine.error());
}

TEST(AppTagOverlay, PutsChangesOnTopOfWhatIsShipped) {
  EXPECT_EQ(tags("box", {}), "");
  EXPECT_EQ(tags("mega", {}), "unsanctioned");
  EXPECT_EQ(tags("mega", {"+mega watched", "+mega a_word"}), "a_word unsanctioned watched");
  EXPECT_EQ(tags("mega", {"-mega unsanctioned"}), "");
  EXPECT_EQ(tags("mega", {"+box sanctioned"}), "unsanctioned");
  EXPECT_EQ(tags("mega", {"+mega unsanctioned"}), "unsanctioned");
}

TEST(AppTagOverlay, LetsTheLastChangeHold) {
  EXPECT_EQ(tags("box", {"+box legal", "-box legal"}), "");
  EXPECT_EQ(tags("box", {"-box legal", "+box legal"}), "legal");
}

TEST(AppTagOverlay, NeverLeavesAnAppBothSanctionedAndUnsanctioned) {
  EXPECT_EQ(tags("mega", {"+mega sanctioned"}), "sanctioned");
  EXPECT_EQ(tags("box", {"+box sanctioned", "+box unsanctioned"}), "unsanctioned");
  EXPECT_EQ(tags("mega", {"+mega sanctioned", "-mega sanctioned"}), "unsanctioned");
}

TEST(AppTagOverlay, IsEmptyUntilSomethingIsChanged) {
  EXPECT_TRUE(AppTagOverlay().empty());
  EXPECT_TRUE(overlay({}).empty());
  EXPECT_FALSE(overlay({"+gone monitored"}).empty());
}

TEST(AppTagOverlay, DoesNothingForAnAppThatIsGone) {
  EXPECT_EQ(tags("box", {"+gone monitored", "-a monitored", "+zz monitored"}), "");
}

TEST(AppTagChange, MayBeMadeWhereTheFileSaysNothing) {
  EXPECT_EQ(refusal("+box sanctioned"), "");
  EXPECT_EQ(refusal("-mega unsanctioned"), "");
  EXPECT_EQ(refusal("+mega sanctioned"), "");
  EXPECT_EQ(refusal("+box legal_2026"), "");
  EXPECT_EQ(refusal("+box monitored", "sanctioned: [box]\n"), "");
  EXPECT_EQ(refusal("-box unsanctioned", "sanctioned: [box]\n"), "");
}

TEST(AppTagChange, IsRefusedWhereTheFileSaysIt) {
  const std::string file = "# ours\nsanctioned:\n  - box\n";
  EXPECT_EQ(refusal("-box sanctioned", file),
            "tags/apps.yaml:3:5: error: app 'box' is 'sanctioned' by a file of yours, which no "
            "change by hand overrules\n"
            "  - box\n"
            "    ^~~ take 'box' out of 'sanctioned' here\n");
  EXPECT_EQ(refusal("+box unsanctioned", file),
            "tags/apps.yaml:3:5: error: app 'box' is 'sanctioned' by a file of yours, which no "
            "change by hand overrules\n"
            "  - box\n"
            "    ^~~ move 'box' from 'sanctioned' to 'unsanctioned' here\n");
  EXPECT_EQ(refusal("+box sanctioned", file),
            "tags/apps.yaml:3:5: error: app 'box' is 'sanctioned' already, by this file of yours\n"
            "  - box\n"
            "    ^~~\n");
}

TEST(AppTagChange, IsRefusedForWordsThatMeanNothing) {
  EXPECT_EQ(refusal("+bxo Legal"),
            "error: 'Legal' is no tag\n  letters a to z, digits and '_'\n"
            "error: no app 'bxo' in the catalog\n  did you mean 'box'?\n");
  EXPECT_NE(refusal("+box unsanctionned").find("did you mean 'unsanctioned'?"), std::string::npos);
}

TEST(AppTagChange, IsRefusedBeyondTheLastTag) {
  std::vector<std::string> before;
  for (std::size_t i = 0; i < kMaxAppTags; ++i) before.push_back("+box t" + std::to_string(i));
  EXPECT_NE(refusal("+box one_more", "", before).find("has 64 tags, and no room for more"),
            std::string::npos);
  EXPECT_EQ(refusal("+box t0", "", before), "");
  EXPECT_EQ(refusal("-box t0", "", before), "");
}

}  // namespace
}  // namespace sallyport::discovery
