// The formats other than plain, with rows in the shape in which their publishers write them.

#include <gtest/gtest.h>

#include "discovery/tags/feed_text_for_tests.h"

namespace sallyport::discovery {
namespace {

std::string with_paths(std::string_view text, FeedFormat format,
                       const std::vector<std::string_view>& paths) {
  FeedOptions options;
  options.format = format;
  for (const std::string_view path : paths) options.paths.push_back(*FeedPath::parse(path));
  return feed_text(text, options);
}

// ---- Tor

TEST(FeedTor, ReadsExitAddressesWithTheirNewestStamp) {
  EXPECT_EQ(feed_text("# sample\n@type tordnsel 1.0\nExitNode 0001\nPublished 2026-11-23 08:02:11\n"
                      "LastStatus 2026-11-23 20:00:00\nExitAddress 192.0.2.66 2026-11-23 20:12:01\n"
                      "ExitAddress 2001:db8::9 2026-11-22 12:00:00\nExitNode 0002\n"),
            "tor_exit_addresses: 192.0.2.66 2001:db8::9; newest 2026-11-23T20:12:01.000000Z");
}

TEST(FeedTor, LetsAnExitExpireAfterTwoDays) {
  EXPECT_EQ(feed_text("ExitNode 0001\n"
                      "ExitAddress 192.0.2.1 2026-11-22 12:00:00\n"
                      "ExitAddress 192.0.2.2 2026-11-22 11:59:59\n"
                      "ExitAddress 192.0.2.3 2025-11-22 12:00:00\n"),
            "tor_exit_addresses: 192.0.2.1; expired 2; newest 2026-11-22T12:00:00.000000Z");
}

TEST(FeedTor, KeepsAnAddressWhoseStampIsBroken) {
  EXPECT_EQ(
      feed_text(
          "ExitAddress 192.0.2.1 yesterday\nExitAddress nobody 2026-11-23 20:12:01\nWhat 1\n"),
      "tor_exit_addresses: 192.0.2.1; bad 2: 2'ExitAddress nobody 2026-11-23 20:12:01' 3'What 1'");
}

TEST(FeedTor, ReadsTheExitsOfAConsensus) {
  EXPECT_EQ(
      feed_text("network-status-version 3\nvote-status consensus\n"
                "valid-after 2026-11-24 11:00:00\nfresh-until 2026-11-24 12:00:00\n"
                "dir-source tor26 847B 192.0.2.250 192.0.2.250 80 443\n"
                "r alpha AAAA BBBB 2026-11-23 20:13:33 192.0.2.10 9001 0\n"
                "a [2001:db8::10]:9001\ns Exit Fast Running Valid\nv Tor 0.4.8.12\npr Cons=1-2\n"
                "w Bandwidth=1\np accept 80,443\n"
                "r beta CCCC DDDD 2026-11-23 20:13:33 192.0.2.11 9001 0\ns Fast Guard Running\n"
                "r gamma EEEE FFFF 2026-11-23 20:13:33 192.0.2.12 9001 0\n"
                "s BadExit Exit Running Valid\ndirectory-footer\n"),
      "tor_consensus: 192.0.2.10 2001:db8::10 192.0.2.12; ignored 1; "
      "newest 2026-11-24T11:00:00.000000Z");
}

TEST(FeedTor, ReadsAConsensusOfMicrodescriptors) {
  EXPECT_EQ(feed_text("network-status-version 3 microdesc\n"
                      "r alpha AAAA 2038-01-01 00:00:00 192.0.2.10 9001 0\nm x\ns Exit Running\n"),
            "tor_consensus: 192.0.2.10");
}

TEST(FeedTor, CountsBrokenRelaysOfAConsensus) {
  EXPECT_EQ(feed_text("network-status-version 3\nr alpha AAAA 9001\ns Exit\n"
                      "r b A B 2026-11-23 20:13:33 nowhere 9001 0\na 192.0.2.9\na [::1]:1 x\n"
                      "r b A B 2026-11-23 20:13:33 192.0.2.7 9001 0 one too many\ns Exit\n"
                      "valid-after soon\n"),
            "tor_consensus:; bad 5: 2'r alpha AAAA 9001' "
            "4'r b A B 2026-11-23 20:13:33 nowhere 9001 0' 5'a 192.0.2.9'");
}

// ---- CSV

TEST(FeedCsv, ReadsFirstAndLastAsIpcatAndIpLocationDbWriteThem) {
  EXPECT_EQ(feed_text("192.0.2.0,192.0.2.255,Example Hosting,http://hosting.example/\n"
                      "2001:db8::,2001:db8::ff,64496,\"Example, \"\"the\"\" network\"\n"),
            "csv: 192.0.2.0-192.0.2.255 2001:db8::-2001:db8::ff");
}

TEST(FeedCsv, ReadsNumbersAsTorGeoipdbWritesThem) {
  EXPECT_EQ(feed_text("# IPv4\n3221225984,3221226239,ZZ\n3325256704,3325256704,ZZ\n"
                      "4294967295,4294967295,ZZ\n4294967296,4294967297,ZZ\n"),
            "csv: 192.0.2.0-192.0.2.255 198.51.100.0 255.255.255.255; "
            "bad 1: 5'4294967296,4294967297,ZZ'");
}

TEST(FeedCsv, FindsTheColumnBehindAHeading) {
  EXPECT_EQ(feed_text("id,network,is_proxy\n1,192.0.2.0/28,1\n2,\"2001:db8::/126\",0\n3,,1\n"),
            "csv: 192.0.2.0-192.0.2.15 2001:db8::-2001:db8::3; bad 1: 4'3,,1'; ignored 1");
}

TEST(FeedCsv, TakesTheStatedColumn) {
  FeedOptions options;
  options.format = FeedFormat::csv;
  options.column = 2;
  EXPECT_EQ(feed_text("192.0.2.1,192.0.2.9,x\n192.0.2.2,198.51.100.0/31,x\n192.0.2.3\n", options),
            "csv: 192.0.2.9 198.51.100.0-198.51.100.1; bad 1: 3'192.0.2.3'");
}

TEST(FeedCsv, CountsRowsThatAreNone) {
  EXPECT_EQ(feed_text("192.0.2.0,192.0.2.9\n192.0.2.9,192.0.2.0\n192.0.2.0,2001:db8::\n"
                      "\"192.0.2.0,192.0.2.9\n\"192.0.2.0\"x,192.0.2.9\n192.0.2.7\n"),
            "csv: 192.0.2.0-192.0.2.9; bad 5: 2'192.0.2.9,192.0.2.0' 3'192.0.2.0,2001:db8::' "
            "4'\"192.0.2.0,192.0.2.9'");
}

// ---- JSON

TEST(FeedJson, ReadsTheRangesOfAws) {
  EXPECT_EQ(
      feed_text(R"({"syncToken":"1763985600","createDate":"2025-11-24-12-00-00","prefixes":[
{"ip_prefix":"192.0.2.0/24","region":"eu-1","service":"EC2","network_border_group":"eu-1"}],
"ipv6_prefixes":[{"ipv6_prefix":"2001:db8::/126","region":"eu-1","service":"AMAZON"}]})"),
      "json: 192.0.2.0-192.0.2.255 2001:db8::-2001:db8::3; newest 2025-11-24T12:00:00.000000Z");
}

TEST(FeedJson, ReadsTheRangesOfGoogle) {
  EXPECT_EQ(feed_text(R"({"syncToken": "1763985600123", "creationTime": "2025-11-24T04:00:00.123",
"prefixes": [{"ipv4Prefix": "192.0.2.0/31", "service": "Google Cloud", "scope": "eu"},
 {"ipv6Prefix": "2001:db8::/127", "service": "Google Cloud", "scope": "eu"}]})"),
            "json: 192.0.2.0-192.0.2.1 2001:db8::-2001:db8::1; newest 2025-11-24T12:00:00.123000Z");
}

TEST(FeedJson, ReadsTheServiceTagsOfAzure) {
  EXPECT_EQ(feed_text(R"({"changeNumber": 1, "cloud": "Public", "values": [{"name": "AzureAD",
"id": "AzureAD", "properties": {"changeNumber": 2, "region": "", "platform": "Azure",
"addressPrefixes": ["192.0.2.0/31", "2001:db8::/127"], "networkFeatures": ["API"]}}]})"),
            "json: 192.0.2.0-192.0.2.1 2001:db8::-2001:db8::1");
}

TEST(FeedJson, ReadsEndpointsOfMicrosoft365WithTheirHosts) {
  EXPECT_EQ(feed_text(R"([{"id":1,"serviceArea":"Exchange","urls":["Outlook.office.example",
"*.mail.example","auto*.mail.example"],"ips":["192.0.2.0/31","2001:db8::/127"],
"tcpPorts":"443","required":true,"category":"Optimize"},{"id":2,"urls":["a.example"]}])"),
            "json: 192.0.2.0-192.0.2.1 2001:db8::-2001:db8::1; "
            "hosts outlook.office.example *.mail.example a.example; ignored 1");
}

TEST(FeedJson, ReadsAListOfTexts) {
  EXPECT_EQ(
      feed_text(R"(["192.0.2.1", "198.51.100.0/31", "bad.example", "?", 7])", FeedFormat::json),
      "json: 192.0.2.1 198.51.100.0-198.51.100.1; hosts bad.example; bad 1: 1'?'");
}

TEST(FeedJson, FollowsStatedPaths) {
  constexpr std::string_view kText =
      R"({"a/b":{"x":["192.0.2.1","192.0.2.2"],"y":"192.0.2.3"},"c":[{"ip":"192.0.2.4"},
{"ip":"nowhere at all"}],"prefixes":["192.0.2.9"]})";
  EXPECT_EQ(with_paths(kText, FeedFormat::json, {"/a~1b/x/*"}), "json: 192.0.2.1 192.0.2.2");
  EXPECT_EQ(with_paths(kText, FeedFormat::json, {"/a~1b/x/1", "/a~1b/y"}),
            "json: 192.0.2.2 192.0.2.3");
  EXPECT_EQ(with_paths(kText, FeedFormat::json, {"/*/*/ip"}),
            "json: 192.0.2.4; bad 1: 2'nowhere at all'");
  EXPECT_EQ(with_paths(kText, FeedFormat::json, {"/nothing/here"}), "json:");
}

TEST(FeedJson, TakesWhatStandsBeforeABreakAndCountsTheBreak) {
  EXPECT_EQ(feed_text("{\"prefixes\":[\n{\"ip_prefix\":\"192.0.2.1/32\"},\n{\"ip_prefix\":\"19"),
            "json: 192.0.2.1; bad 1: 3''");
  EXPECT_EQ(feed_text("{\"prefixes\":[{\"ip_prefix\":\"192.0.2.1/32\"}\noops]}"),
            "json: 192.0.2.1; bad 1: 2'oops]}'");
  EXPECT_EQ(feed_text("[]x", FeedFormat::json), "json:; bad 1: 1'x'");
  EXPECT_EQ(feed_text("", FeedFormat::json), "json:; bad 1: 1''");
}

TEST(FeedJson, BoundsTheDepth) {
  const std::string deep(100'000, '[');
  EXPECT_EQ(feed_text(deep).substr(0, 13), "json:; bad 1:");
}

TEST(FeedJson, ReadsPathsAsPointers) {
  const auto steps = [](std::string_view text) {
    const auto path = FeedPath::parse(text);
    if (!path) return std::string("refused");
    std::string shown;
    for (const auto& step : path->steps) shown += "[" + step + "]";
    return shown;
  };
  EXPECT_EQ(steps("/a/*/b"), "[a][*][b]");
  EXPECT_EQ(steps("/a~0b~1c"), "[a~b/c]");
  EXPECT_EQ(steps("/"), "[]");
  for (const auto* wrong : {"", "a/b", "/a~", "/a~2", "$.a"}) EXPECT_EQ(steps(wrong), "refused");
  EXPECT_EQ(steps("/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17"), "refused");
}

TEST(FeedNdjson, ReadsSpamhausDrop) {
  EXPECT_EQ(
      feed_text("{\"cidr\":\"192.0.2.0/24\",\"sblid\":\"SBL1\",\"rir\":\"apnic\"}\n"
                "{\"cidr\":\"2001:db8::/127\",\"sblid\":\"SBL2\",\"rir\":\"ripencc\"}\n"
                "{\"type\":\"metadata\",\"timestamp\":1763985600,\"size\":1,\"records\":2}\n"),
      "ndjson: 192.0.2.0-192.0.2.255 2001:db8::-2001:db8::1; ignored 1; "
      "newest 2025-11-24T12:00:00.000000Z");
}

TEST(FeedNdjson, CountsEachBrokenLineAndGoesOn) {
  EXPECT_EQ(feed_text("{\"ip\":\"192.0.2.1\"}\n{\"ip\":\n{\"other\":1}\n{\"ip\":\"nowhere\"}\n"
                      "{\"ip\":\"192.0.2.2\"}\n",
                      FeedFormat::ndjson),
            "ndjson: 192.0.2.1 192.0.2.2; bad 3: 2'' 3'{\"other\":1}' 4'nowhere'");
}

TEST(FeedNdjson, FollowsStatedPaths) {
  EXPECT_EQ(with_paths("{\"a\":{\"b\":\"192.0.2.1\"},\"ip\":\"192.0.2.2\"}\n", FeedFormat::ndjson,
                       {"/a/b"}),
            "ndjson: 192.0.2.1");
}

// ---- Hosts and filters

TEST(FeedHosts, ReadsAHostsFile) {
  EXPECT_EQ(feed_text("# hosts\n127.0.0.1 localhost\n::1 localhost ip6-loopback\n0.0.0.0 0.0.0.0\n"
                      "0.0.0.0 Ads.Example tracker.example # both\n192.0.2.1\tbad.example\n"),
            "hosts:; hosts ads.example tracker.example bad.example; ignored 4");
}

TEST(FeedHosts, ReadsAListOfDomainsWithAddressesAmongThem) {
  EXPECT_EQ(feed_text("bad.example\n*.worse.example\n.worst.example\n192.0.2.1\n192.0.2.8/31\n"
                      "http://site.example/bad.exe\n192.0.2.1-192.0.2.2\n192.0.2.3 - 192.0.2.4\n"
                      "two words\ncom\nb\xc3\xbc.example\n"),
            "hosts: 192.0.2.1 192.0.2.8-192.0.2.9 192.0.2.1-192.0.2.2 192.0.2.3-192.0.2.4; "
            "hosts bad.example *.worse.example *.worst.example; bad 3: 9'two words' 10'com' "
            "11'b\xc3\xbc.example'; ignored 1");
}

TEST(FeedAbp, ReadsFiltersForWholeHostsAndCountsTheOthers) {
  EXPECT_EQ(feed_text("[Adblock Plus 2.0]\n! Title: x\n||Bad.example^\n||all.example^$all\n"
                      "||doc.example^$document,important\nbare.example\n192.0.2.1\n||192.0.2.2^\n"
                      "||[2001:db8::1]^\n||third.example^$third-party\n||cdn.example/bad.js\n"
                      "@@||good.example^\n##.banner\nsite.example##.ad\n/banner/\n192.0.2.1/16\n"
                      "||*.star.example^\n||com^\n||192.0.2.3:8080/x$all\n"),
            "abp: 192.0.2.1 192.0.2.2 2001:db8::1; "
            "hosts *.bad.example *.all.example *.doc.example *.bare.example; ignored 10");
}

}  // namespace
}  // namespace sallyport::discovery
