#include "discovery/tags/ip_tags.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

#include "policy/activity/words.h"

namespace sallyport::discovery {
namespace {

class IpTagsTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "ip-tags-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
  }

  Checked<std::shared_ptr<const IpTags>> parse(const std::string& text) {
    return parse_ip_tags(std::make_shared<const Source>(Source{"tags/ip_ranges.yaml", text}),
                         folder_.string(), now_, warnings_);
  }

  void load(const std::string& text) {
    auto made = parse(text);
    ASSERT_TRUE(made) << render(made.error());
    tags_ = *made;
  }

  // "category [tag tag] 'range'"
  std::string at(std::string_view address) {
    policy::AddressFacts facts;
    facts.range = "left over";
    facts.tags = {"left_over"};
    const IpAddress asked = IpAddress::parse(address).value();
    tags_->describe(asked, facts);
    EXPECT_EQ(facts.address, asked);
    std::string shown = std::string(to_string(facts.category)) + " [";
    for (const auto& tag : facts.tags) shown += (shown.back() == '[' ? "" : " ") + tag;
    return shown + "] '" + facts.range + "'";
  }

  void expect_refused(const std::string& text, const std::vector<std::string>& expected) {
    const auto made = parse(text);
    ASSERT_FALSE(made);
    const std::string shown = render(made.error());
    EXPECT_EQ(made.error().errors(), expected.size()) << shown;
    for (const auto& part : expected) {
      EXPECT_NE(shown.find(part), std::string::npos) << "no '" << part << "' in:\n" << shown;
    }
  }

  void expect_warned(const std::vector<std::string>& expected) {
    const std::string shown = render(warnings_);
    for (const auto& part : expected) {
      EXPECT_NE(shown.find(part), std::string::npos) << "no '" << part << "' in:\n" << shown;
    }
    EXPECT_EQ(warnings_.sorted().size(), expected.size()) << shown;
    EXPECT_FALSE(warnings_.has_errors()) << shown;
  }

  std::filesystem::path folder_;
  Time now_ = parse_rfc3339("2026-11-23T22:00:00Z").value();
  Diagnostics warnings_;
  std::shared_ptr<const IpTags> tags_ = std::make_shared<const IpTags>();
};

TEST_F(IpTagsTest, SaysNothingOfUnknownAddresses) {
  EXPECT_EQ(at("192.0.2.1"), "none [] ''");
  load("");
  EXPECT_EQ(at("2001:db8::1"), "none [] ''");
}

TEST_F(IpTagsTest, NamesTheMostSpecificRangeAndAddsUpTags) {
  load(
      "ranges:\n"
      "  - {name: site, cidrs: [192.0.2.0/24, 2001:db8::/32], category: corporate, tags: [site, "
      "b]}\n"
      "  - {name: guests, cidrs: [192.0.2.128/25], tags: [guest, b]}\n"
      "  - {name: lab, cidrs: ['2001:db8:1::/48'], category: other}\n"
      "  - {name: hall, cidrs: [192.0.2.192/26], category: none}\n");
  EXPECT_EQ(at("192.0.2.1"), "corporate [b site] 'site'");
  EXPECT_EQ(at("192.0.2.129"), "corporate [b guest site] 'guests'");
  EXPECT_EQ(at("192.0.2.200"), "none [b guest site] 'hall'");
  EXPECT_EQ(at("2001:db8::1"), "corporate [b site] 'site'");
  EXPECT_EQ(at("2001:db8:1::1"), "other [b site] 'lab'");
  EXPECT_EQ(at("192.0.3.0"), "none [] ''");
}

TEST_F(IpTagsTest, TellsTheRangesAsTheyAreWritten) {
  load(
      "ranges:\n"
      "  - {name: head office, cidrs: [192.0.2.0/24, 2001:db8::/32], category: corporate,\n"
      "     tags: [office], override_isp: Example Net,\n"
      "     override_location: {country: DE, lat: 52.5, lon: 13.4}}\n"
      "  - {name: guests, cidrs: [198.51.100.0/24]}\n");
  ASSERT_EQ(tags_->ranges().size(), 2u);
  const TaggedRange& office = tags_->ranges()[0];
  EXPECT_EQ(office.name, "head office");
  EXPECT_EQ(office.cidrs, (std::vector<std::string>{"192.0.2.0/24", "2001:db8::/32"}));
  EXPECT_EQ(office.category, policy::IpCategory::corporate);
  EXPECT_EQ(office.tags, std::vector<std::string>{"office"});
  EXPECT_EQ(office.isp, "Example Net");
  EXPECT_EQ(office.country, "DE");
  ASSERT_TRUE(office.location);
  EXPECT_EQ(office.location->latitude, 52.5);
  EXPECT_EQ(office.line, 2u);
  const TaggedRange& guests = tags_->ranges()[1];
  EXPECT_EQ(guests.category, std::nullopt);
  EXPECT_EQ(guests.line, 5u);
  for (const char* words : {"", "guest", "198.51"}) EXPECT_TRUE(guests.holds(words)) << words;
  EXPECT_TRUE(office.holds("offi"));
  EXPECT_FALSE(guests.holds("office"));
}

TEST_F(IpTagsTest, LetsTheOperatorBeatAFeedsCategoryButNotItsTags) {
  write(
      "tor.txt",
      "ExitAddress 192.0.2.9 2026-11-23 20:00:00\nExitAddress 198.51.100.1 2026-11-23 20:00:00\n"
      "ExitAddress 203.0.113.1 2026-11-23 20:00:00\nExitAddress 2001:db8::9 2026-11-23 20:00:00\n");
  load(
      "ranges:\n"
      "  - {name: office, cidrs: [192.0.2.0/24, '2001:db8::/32'], category: corporate}\n"
      "  - {name: partner, cidrs: [203.0.113.0/24], tags: [partner]}\n"
      "feeds:\n"
      "  - {name: tor exits, path: tor.txt, category: risky, tags: [tor], max_age: 48h}\n");
  EXPECT_EQ(at("192.0.2.9"), "corporate [tor] 'office'");
  EXPECT_EQ(at("2001:db8::9"), "corporate [tor] 'office'");
  EXPECT_EQ(at("198.51.100.1"), "risky [tor] ''");
  EXPECT_EQ(at("203.0.113.1"), "risky [partner tor] 'partner'");
  expect_warned({});
  EXPECT_EQ(tags_->feed_entries(), 4u);
}

TEST_F(IpTagsTest, PutsRiskyBeforeWhatOtherFeedsSay) {
  write("cloud.txt", "192.0.2.0/24\n");
  write("vpn.txt", "192.0.2.0/25\n");
  write("bad.txt", "192.0.2.1\n");
  load(
      "feeds:\n"
      "  - {name: c, path: cloud.txt, category: cloud_provider, tags: [hosting]}\n"
      "  - {name: v, path: vpn.txt, category: vpn, tags: [vpn]}\n"
      "  - {name: b, path: bad.txt, category: risky, tags: [botnet]}\n");
  EXPECT_EQ(at("192.0.2.1"), "risky [botnet hosting vpn] ''");
  EXPECT_EQ(at("192.0.2.2"), "cloud_provider [hosting vpn] ''");
}

TEST_F(IpTagsTest, JudgesAnIpv6AddressByTheIpv4AddressInsideToo) {
  load(
      "ranges:\n"
      "  - {name: exit, cidrs: [192.0.2.1/32], category: risky, tags: [tor]}\n"
      "  - {name: nat64, cidrs: ['64:ff9b::/96'], tags: [translated]}\n");
  EXPECT_EQ(at("64:ff9b::192.0.2.1"), "risky [tor translated] 'nat64'");
  EXPECT_EQ(at("2002:c000:201::1"), "risky [tor] 'exit'");
  EXPECT_EQ(at("64:ff9b::192.0.2.2"), "none [translated] 'nat64'");
  EXPECT_EQ(at("::ffff:192.0.2.1"), "risky [tor] 'exit'");
}

TEST_F(IpTagsTest, RefusesHostBitsAndSaysWhatWasMeant) {
  expect_refused("ranges:\n  - {name: a, cidrs: [192.168.2.0/16]}\n",
                 {"ip_ranges.yaml:2:23: error: '192.168.2.0/16' has bits behind its first 16"});
}

TEST_F(IpTagsTest, RefusesTheSamePrefixInTwoRangesAndNamesBoth) {
  expect_refused(
      "ranges:\n"
      "  - {name: a, cidrs: [192.0.2.0/24]}\n"
      "  - {name: b, cidrs: [192.0.2.0/25, '::ffff:192.0.2.0/120']}\n",
      {"ip_ranges.yaml:3:37: error: '192.0.2.0/24' is already in range 'a' (line 2)"});
}

TEST_F(IpTagsTest, ReportsEveryFaultAtOnce) {
  expect_refused(
      "ranges:\n"
      "  - {name: a, cidrs: [nowhere], category: corprate, tags: [Tag]}\n"
      "  - {name: a, cidr: [192.0.2.0/24]}\n"
      "feeds:\n"
      "  - {name: f, format: cvs}\n"
      "  - {name: f, path: x, max_age: soon}\n",
      {"'nowhere' is no address range", "did you mean 'corporate'?", "'Tag' is no tag",
       "range needs 'cidrs'", "unknown key 'cidr'", "range 'a' is already on line 2",
       "feed needs 'path'", "cannot be 'cvs'", "must be a duration",
       "feed 'f' is already on line 5"});
}

TEST_F(IpTagsTest, WarnsOfAMissingFeedAndSaysWhatIsNotCovered) {
  load(
      "feeds:\n  - {name: tor exits, path: gone.txt, category: risky, tags: [tor, "
      "anonymous_proxy]}\n");
  EXPECT_EQ(at("192.0.2.9"), "none [] ''");
  expect_warned({"no address gets tag 'tor', 'anonymous_proxy' and category 'risky' from it"});
  ASSERT_EQ(tags_->feeds().size(), 1u);
  EXPECT_FALSE(tags_->feeds()[0].usable);
}

TEST_F(IpTagsTest, UsesAStaleFeedAndWarns) {
  write("tor.txt", "ExitAddress 192.0.2.9 2026-11-22 20:00:00\n");
  load("feeds:\n  - {name: tor exits, path: tor.txt, tags: [tor], max_age: 24h}\n");
  EXPECT_EQ(at("192.0.2.9"), "none [tor] ''");
  expect_warned({"feed 'tor exits' is of 2026-11-22T20:00:00.000000Z, older than"});
  EXPECT_TRUE(tags_->feeds()[0].is_stale(now_));
}

TEST_F(IpTagsTest, TakesTheAgeOfAFileWithoutStampsFromItsLastChange) {
  write("plain.txt", "192.0.2.9\n");
  now_ = system_clock().now() + std::chrono::hours(72);
  load("feeds:\n  - {name: p, path: plain.txt, tags: [x], max_age: 2d}\n");
  EXPECT_TRUE(tags_->feeds()[0].is_stale(now_));
}

TEST_F(IpTagsTest, WarnsOfBadLinesAndOfFeedsWithoutAnyAddress) {
  write("partly.txt", "192.0.2.9\nwhat\n");
  write("page.txt", "<html>\n</html>\n");
  load(
      "feeds:\n  - {name: a, path: partly.txt, tags: [x]}\n  - {name: b, path: page.txt, tags: "
      "[y]}\n");
  EXPECT_EQ(at("192.0.2.9"), "none [x] ''");
  expect_warned({"feed 'a' has 1 lines that are not understood and cover nothing: line 2 'what'",
                 "feed 'b' has 2 lines",
                 "feed 'b' holds no address; no address gets tag 'y' from it"});
}

TEST_F(IpTagsTest, WarnsOfAFeedThatIsAFolder) {
  std::filesystem::create_directory(folder_ / "sub");
  load("feeds:\n  - {name: a, path: sub, tags: [x]}\n");
  expect_warned({"feed 'a' cannot be read"});
}

TEST_F(IpTagsTest, WarnsOfEntriesThatAreTooOldByTheirOwnStamp) {
  write("tor.txt",
        "ExitAddress 192.0.2.9 2026-11-20 20:00:00\nExitAddress 192.0.2.8 2026-11-23 20:00:00\n");
  load("feeds:\n  - {name: tor exits, path: tor.txt, tags: [tor]}\n");
  EXPECT_EQ(at("192.0.2.9"), "none [] ''");
  EXPECT_EQ(at("192.0.2.8"), "none [tor] ''");
  expect_warned(
      {"feed 'tor exits' has 1 entries that are too old by their own stamp and cover nothing"});
}

TEST_F(IpTagsTest, OverridesIspAndLocationOfOtherData) {
  load(
      "ranges:\n"
      "  - name: site\n    cidrs: [192.0.2.0/24, '2001:db8::/32']\n"
      "    override_isp: Example Net\n"
      "    override_location: {country: DE, lat: 52.52, lon: 13.4}\n"
      "  - {name: branch, cidrs: [192.0.2.128/25], override_location: {country: FR}}\n"
      "  - {name: desk, cidrs: [192.0.2.192/26], override_isp: Other Net, tags: [desk]}\n");
  const auto facts_at = [&](std::string_view address) {
    policy::AddressFacts facts;
    facts.country = "US";
    facts.asn = 64496;
    facts.isp = "Data";
    facts.location = policy::Coordinates{1, 2};
    tags_->describe(IpAddress::parse(address).value(), facts);
    std::string shown = facts.country + " " + std::to_string(facts.asn) + " " + facts.isp;
    if (facts.location) {
      shown += " " + std::to_string(facts.location->latitude) + "," +
               std::to_string(facts.location->longitude);
    }
    return shown;
  };
  EXPECT_EQ(facts_at("198.51.100.1"), "US 64496 Data 1.000000,2.000000");
  EXPECT_EQ(facts_at("192.0.2.1"), "DE 64496 Example Net 52.520000,13.400000");
  EXPECT_EQ(facts_at("2001:db8::1"), "DE 64496 Example Net 52.520000,13.400000");
  EXPECT_EQ(facts_at("::ffff:192.0.2.1"), "DE 64496 Example Net 52.520000,13.400000");
  EXPECT_EQ(facts_at("64:ff9b::192.0.2.1"), "DE 64496 Example Net 52.520000,13.400000");
  EXPECT_EQ(facts_at("192.0.2.129"), "FR 64496 Example Net");
  EXPECT_EQ(facts_at("192.0.2.193"), "FR 64496 Other Net");
}

TEST_F(IpTagsTest, RefusesOverridesThatAreNone) {
  expect_refused(
      "ranges:\n"
      "  - {name: a, cidrs: [192.0.2.0/25], override_location: {country: de}}\n"
      "  - {name: b, cidrs: [192.0.2.128/25], override_location: {country: EU, lat: 91, lon: x}}\n"
      "  - {name: c, cidrs: [198.51.100.0/25], override_location: {lat: 1}}\n"
      "  - {name: d, cidrs: [198.51.100.128/25], override_isp: ''}\n"
      "  - {name: e, cidrs: [203.0.113.0/25], override_location: {country: DE, lat: nan, lon: "
      "1e1}}\n",
      {"2:67: error: 'de' is no country", "3:69: error: 'EU' is no country", "'lat' cannot be '91'",
       "'lon' cannot be 'x'", "override_location needs 'country'", "'lat' and 'lon' go together",
       "5:57: error: 'override_isp' is 1 to 128 bytes", "'lat' cannot be 'nan'",
       "'lon' cannot be '1e1'"});
}

TEST_F(IpTagsTest, TakesOwnTagsButNotOnesThatAreNearlyBuiltIn) {
  load("ranges:\n  - {name: a, cidrs: [192.0.2.0/24], tags: [my_office, vpn, aws_ec2, akamai]}\n");
  EXPECT_EQ(at("192.0.2.1"), "none [akamai aws_ec2 my_office vpn] 'a'");
  expect_refused(
      "ranges:\n  - {name: a, cidrs: [192.0.2.0/24], tags: [anonimous_proxy]}\n"
      "feeds:\n  - {name: f, path: x, tags: [bot_net]}\n",
      {"2:45: error: tag 'anonimous_proxy' is nearly a built-in one",
       "4:31: error: tag 'bot_net' is nearly a built-in one"});
}

TEST_F(IpTagsTest, WarnsWhereARangeInsideAnotherContradictsIt) {
  load(
      "ranges:\n"
      "  - {name: site, cidrs: [192.0.2.0/24, '2001:db8::/32'], category: corporate}\n"
      "  - {name: admins, cidrs: [192.0.2.0/28], category: administrative}\n"
      "  - {name: guests, cidrs: [192.0.2.128/25, '2001:db8:1::/48'], category: risky}\n"
      "  - {name: plain, cidrs: [192.0.2.160/28], tags: [x]}\n"
      "  - {name: back, cidrs: [192.0.2.192/28], category: vpn}\n"
      "  - {name: other, cidrs: [192.0.2.224/28], category: other}\n");
  EXPECT_EQ(at("192.0.2.129"), "risky [] 'guests'");
  expect_warned(
      {"4:28: warning: '192.0.2.128/25' is risky and lies inside '192.0.2.0/24' of range "
       "'site' (line 2), which is corporate: its addresses count as risky",
       "'2001:db8:1::/48' is risky and lies inside '2001:db8::/32'",
       "'192.0.2.192/28' is vpn and lies inside '192.0.2.128/25' of range 'guests'"});
}

TEST_F(IpTagsTest, ReadsFeedsOfOtherFormatsWithTheirPathsAndColumns) {
  write("aws.json", R"({"prefixes":[{"ip_prefix":"192.0.2.0/24"}]})");
  write("own.json", R"({"a":[{"b":"198.51.100.1"}]})");
  write("list.csv", "192.0.2.77,203.0.113.1\n");
  load(
      "feeds:\n"
      "  - {name: aws, path: aws.json, category: cloud_provider, tags: [aws]}\n"
      "  - {name: own, path: own.json, format: json, paths: [/a/*/b], tags: [own]}\n"
      "  - {name: csv, path: list.csv, format: csv, column: 2, tags: [csv]}\n");
  EXPECT_EQ(at("192.0.2.77"), "cloud_provider [aws] ''");
  EXPECT_EQ(at("198.51.100.1"), "none [own] ''");
  EXPECT_EQ(at("203.0.113.1"), "none [csv] ''");
  expect_warned({});
  EXPECT_EQ(tags_->feeds()[0].format, FeedFormat::json);
  EXPECT_EQ(tags_->feeds()[0].bytes, 43u);
}

TEST_F(IpTagsTest, RefusesPathsAndColumnsWhereTheyMeanNothing) {
  expect_refused(
      "feeds:\n"
      "  - {name: a, path: x, paths: [/a]}\n"
      "  - {name: b, path: x, format: json, paths: [a.b]}\n"
      "  - {name: c, path: x, format: plain, column: 2}\n"
      "  - {name: d, path: x, format: csv, column: 0}\n",
      {"2:31: error: 'paths' need 'format: json' or 'ndjson'", "3:46: error: 'a.b' is no path",
       "4:47: error: 'column' needs 'format: csv'", "5:45: error: "});
}

TEST_F(IpTagsTest, TagsHostsThatFeedsName) {
  write("hosts.txt", "bad.example\n192.0.2.9\n");
  write("filters.txt", "! Title: x\n||worse.example^\n||bad.example^\n");
  write("untagged.txt", "worse.example\n");
  load(
      "feeds:\n"
      "  - {name: h, path: hosts.txt, category: risky, tags: [malware_cnc, b]}\n"
      "  - {name: f, path: filters.txt, tags: [b, a]}\n"
      "  - {name: u, path: untagged.txt, category: risky}\n");
  const auto host = [&](std::string_view name) {
    std::vector<std::string> tags{"left_over"};
    tags_->describe_host(name, tags);
    std::string shown;
    for (const auto& tag : tags) shown += (shown.empty() ? "" : " ") + tag;
    return shown;
  };
  EXPECT_EQ(host("bad.example"), "a b malware_cnc");
  EXPECT_EQ(host("www.bad.example"), "a b");
  EXPECT_EQ(host("worse.example"), "a b");
  EXPECT_EQ(host("example"), "");
  EXPECT_EQ(at("192.0.2.9"), "risky [b malware_cnc] ''");
  expect_warned({"feed 'u' names 1 hosts, and has no tags to give them"});
  EXPECT_EQ(tags_->feeds()[0].hosts, 1u);
}

TEST_F(IpTagsTest, NamesEveryFileItWasMadeFromAndTheMissingOnes) {
  write("a.txt", "192.0.2.9\n");
  write("ip_ranges.yaml",
        "feeds:\n  - {name: a, path: a.txt, tags: [x]}\n"
        "  - {name: b, path: gone/b.txt, tags: [x]}\n");
  const auto made = load_ip_tags((folder_ / "ip_ranges.yaml").string(), now_, warnings_);
  ASSERT_TRUE(made);
  EXPECT_EQ((*made)->files(), (std::vector<std::string>{(folder_ / "ip_ranges.yaml").string(),
                                                        (folder_ / "a.txt").string(),
                                                        (folder_ / "gone/b.txt").string()}));
  EXPECT_NE((*made)->feeds()[1].trouble.find("No such file"), std::string::npos);
}

TEST(ShippedIpRanges, LoadWithoutAWarning) {
  Diagnostics warnings;
  const auto made = load_ip_tags(std::string(SALLYPORT_SOURCE_DIR) + "/conf/tags/ip_ranges.yaml",
                                 system_clock().now(), warnings);
  ASSERT_TRUE(made) << render(made.error());
  EXPECT_EQ(render(warnings), "");
  EXPECT_EQ((*made)->feed_entries(), 5u);
  policy::AddressFacts facts;
  (*made)->describe(IpAddress::parse("2001:db8:7077::201").value(), facts);
  EXPECT_EQ(facts.tags, std::vector<std::string>{"tor"});
  EXPECT_EQ(facts.category, policy::IpCategory::risky);
  (*made)->describe(IpAddress::parse("10.1.2.3").value(), facts);
  EXPECT_EQ(facts.tags, std::vector<std::string>{"internal_network"});
  EXPECT_EQ(facts.category, policy::IpCategory::none);
}

}  // namespace
}  // namespace sallyport::discovery
