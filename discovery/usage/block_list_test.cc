#include "discovery/usage/block_list.h"

#include <gtest/gtest.h>

namespace sallyport::discovery {
namespace {

SourcePtr entry(const std::string& id, const std::string& domains, const char* tag) {
  return std::make_shared<const Source>(Source{
      "catalog/" + id + "/app.yaml",
      "name: " + id + "\nvendor: V\nid: " + id + "\ncategory: cloud_storage\ndomains: [" + domains +
          "]\ntags: [" + tag + "]\nsources: [{kind: observed, date: 2026-11-23}]\n"});
}

constexpr const char* kBad = "unsanctioned";
constexpr const char* kGood = "";

// The list without its head, of the apps that are tagged so.
std::string list(const std::vector<SourcePtr>& apps, BlockFormat format, bool with_head = false) {
  Diagnostics warnings;
  const auto catalog = parse_catalog(apps, warnings);
  EXPECT_TRUE(catalog) << render(catalog.error());
  if (!catalog) return "";
  const AppBook book(*catalog, {});
  const BlockList made = make_block_list(book, {.tags = {kBad}});
  std::string text =
      render(made, format,
             {.what = "apps tagged unsanctioned", .made = *parse_rfc3339("2026-11-27T20:00:00Z")});
  while (!with_head && (text.starts_with("#") || text.starts_with(";"))) {
    text.erase(0, text.find('\n') + 1);
  }
  return text;
}

const std::vector<SourcePtr> kSimple = {entry("mega", "mega.nz, mega.io, api.mega.nz", kBad),
                                        entry("box", "box.com", kGood)};
// Storage at parent.com is refused, its chat is not, and of the chat the bots are again.
const std::vector<SourcePtr> kFamily = {
    entry("parent", "parent.com, parent.com/own", kBad), entry("chat", "chat.parent.com", kGood),
    entry("bots", "bots.chat.parent.com", kBad), entry("talk", "talk.parent.com/x", kGood),
    entry("share", "shared.com/drop", kBad)};

TEST(BlockList, CoversWholeDomainsOnceAndInOrder) {
  EXPECT_EQ(list(kSimple, BlockFormat::squid),
            "acl sallyport_refused_1 dstdomain .mega.io\n"
            "acl sallyport_refused_1 dstdomain .mega.nz\n"
            "http_access deny sallyport_refused_1\n");
  EXPECT_EQ(list(kSimple, BlockFormat::plain), "mega.io\nmega.nz\n");
  EXPECT_EQ(list(kSimple, BlockFormat::paloalto), "mega.io/\n*.mega.io/\nmega.nz/\n*.mega.nz/\n");
  // Which covers nothing below, so every name that is known stands there.
  EXPECT_EQ(list(kSimple, BlockFormat::hosts),
            "0.0.0.0 api.mega.nz\n0.0.0.0 mega.io\n0.0.0.0 mega.nz\n");
  EXPECT_EQ(
      list(kSimple, BlockFormat::bluecoat),
      "define condition sallyport_refused_1\n  url.domain=mega.io\n  url.domain=mega.nz\nend\n"
      "<Proxy>\n  condition=sallyport_refused_1 deny\n");
  EXPECT_EQ(list(kSimple, BlockFormat::fortigate),
            "config webfilter urlfilter\n    edit 0\n        set name \"sallyport\"\n"
            "        config entries\n"
            "            edit 1\n                set url \"mega.io\"\n"
            "                set type simple\n                set action block\n"
            "                set status enable\n            next\n"
            "            edit 2\n                set url \"mega.nz\"\n"
            "                set type simple\n                set action block\n"
            "                set status enable\n            next\n"
            "        end\n    next\nend\n");
  EXPECT_EQ(list(kSimple, BlockFormat::zscaler),
            "{\"configuredName\":\"sallyport\",\"description\":\"Sallyport: apps tagged "
            "unsanctioned, made 2026-11-27T20:00Z\\n1 apps\",\"customCategory\":true,"
            "\"superCategory\":\"USER_DEFINED\",\"urls\":[\".mega.io\",\".mega.nz\"]}\n");
}

TEST(BlockList, RefusesAParentWithoutItsChildrenThatAreNotListed) {
  EXPECT_EQ(list(kFamily, BlockFormat::squid),
            "acl sallyport_refused_1 dstdomain .bots.chat.parent.com\n"
            "http_access deny sallyport_refused_1\n"
            "acl sallyport_refused_2 dstdomain .parent.com\n"
            "acl sallyport_excepted_2 dstdomain .chat.parent.com\n"
            "http_access deny sallyport_refused_2 !sallyport_excepted_2\n");
  // Without exceptions: the parent alone, and the bots as a whole.
  EXPECT_EQ(list(kFamily, BlockFormat::plain), "bots.chat.parent.com\n=parent.com\n");
  EXPECT_EQ(list(kFamily, BlockFormat::paloalto),
            "bots.chat.parent.com/\n*.bots.chat.parent.com/\nparent.com/\n");
  const std::string fortigate = list(kFamily, BlockFormat::fortigate);
  const std::size_t bots = fortigate.find("bots.chat.parent.com");
  const std::size_t chat = fortigate.find("\"chat.parent.com\"");
  const std::size_t parent = fortigate.find("\"parent.com\"");
  EXPECT_LT(bots, chat);
  EXPECT_LT(chat, parent);
  EXPECT_NE(fortigate.find("set action allow"), std::string::npos);
}

TEST(BlockList, AChildAloneDoesNotRefuseItsParent) {
  const std::vector<SourcePtr> apps = {entry("parent", "parent.com", kGood),
                                       entry("chat", "chat.parent.com", kBad)};
  EXPECT_EQ(list(apps, BlockFormat::squid),
            "acl sallyport_refused_1 dstdomain .chat.parent.com\n"
            "http_access deny sallyport_refused_1\n");
  EXPECT_EQ(list(apps, BlockFormat::plain), "chat.parent.com\n");
}

TEST(BlockList, ItsHeadSaysWhatItIsAndIsNot) {
  const std::string text = list(kFamily, BlockFormat::squid, true);
  EXPECT_TRUE(
      text.starts_with("# Sallyport: apps tagged unsanctioned, made 2026-11-27T20:00Z\n"
                       "# 2 apps\n"
                       "# left out, paths on hosts that other apps share: "
                       "parent.com/own shared.com/drop\n"
                       "# refused as well, paths on hosts that are refused: "
                       "talk.parent.com/x\n"
                       "# not refused, of apps that are not on the list: "
                       "chat.parent.com\n"))
      << text;
  EXPECT_TRUE(list(kFamily, BlockFormat::bluecoat, true).starts_with("; Sallyport: "));
  EXPECT_NE(list(kFamily, BlockFormat::plain, true)
                .find("# refused without what is below, where other apps live: parent.com\n"),
            std::string::npos);
}

TEST(BlockList, WhatIsOnlyBelowStaysOnlyBelow) {
  const std::vector<SourcePtr> apps = {entry("mega", "'*.mega.nz'", kBad)};
  EXPECT_EQ(list(apps, BlockFormat::plain), "*.mega.nz\n");
  EXPECT_EQ(list(apps, BlockFormat::paloalto), "*.mega.nz/\n");
  EXPECT_EQ(list(apps, BlockFormat::hosts), "");
  EXPECT_EQ(list(apps, BlockFormat::squid),
            "acl sallyport_refused_1 dstdomain .mega.nz\n"
            "acl sallyport_excepted_1 dstdomain mega.nz\n"
            "http_access deny sallyport_refused_1 !sallyport_excepted_1\n");
}

TEST(BlockList, OfNothingIsEmpty) {
  EXPECT_EQ(list({entry("box", "box.com", kGood)}, BlockFormat::squid), "");
  EXPECT_EQ(list({entry("box", "box.com", kGood)}, BlockFormat::plain), "");
}

}  // namespace
}  // namespace sallyport::discovery
