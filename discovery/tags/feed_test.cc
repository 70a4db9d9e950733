#include "discovery/tags/feed.h"

#include <gtest/gtest.h>

#include "discovery/tags/feed_intake.h"
#include "discovery/tags/feed_text_for_tests.h"

namespace sallyport::discovery {
namespace {

TEST(Feed, ReadsAddressesRangesAndSpansOfBothFamilies) {
  EXPECT_EQ(feed_text("192.0.2.1\n198.51.100.0/24\n203.0.113.5-203.0.113.9\n"
                      "203.0.113.20 - 203.0.113.21\n"
                      "2001:db8::1\n2001:db8::/64\n2001:db8::5-2001:db8::6\n"),
            "plain: 192.0.2.1 198.51.100.0-198.51.100.255 203.0.113.5-203.0.113.9 "
            "203.0.113.20-203.0.113.21 2001:db8::1 2001:db8::-2001:db8::ffff:ffff:ffff:ffff "
            "2001:db8::5-2001:db8::6");
}

TEST(Feed, SkipsCommentsOfEveryKind) {
  EXPECT_EQ(feed_text("# a\n; b\n! c\n// d\n\n  \n192.0.2.0/31 ; SBL1\n192.0.2.7 # x\n"
                      "192.0.2.8 // y\n\t192.0.2.9\t\n"),
            "plain: 192.0.2.0-192.0.2.1 192.0.2.7 192.0.2.8 192.0.2.9");
}

TEST(Feed, TakesWindowsLinesAMarkAndAMissingLastEnd) {
  EXPECT_EQ(feed_text("\xef\xbb\xbf"
                      "192.0.2.1\r\n192.0.2.2"),
            "plain: 192.0.2.1 192.0.2.2");
  EXPECT_EQ(feed_text(""), "plain:");
}

TEST(Feed, DropsHostBitsAndReadsMappedAddressesAsIpv4) {
  EXPECT_EQ(feed_text("192.0.2.77/24\n::ffff:198.51.100.1\n"),
            "plain: 192.0.2.0-192.0.2.255 198.51.100.1");
}

TEST(Feed, CountsWhatItDoesNotUnderstandAndShowsTheFirst) {
  EXPECT_EQ(feed_text("192.0.2.1\n<html>\nexample.com\n192.0.2.300\n192.0.2.9-192.0.2.1\n"
                      "192.0.2.1-2001:db8::1\n010.0.0.1\n",
                      FeedFormat::plain),
            "plain: 192.0.2.1; bad 6: 2'<html>' 3'example.com' 4'192.0.2.300'");
}

TEST(Feed, ShowsBadLinesPrintableAndCut) {
  EXPECT_EQ(feed_text("\x1b[2J\n"), "plain:; bad 1: 1'\\x1b[2J'");
  EXPECT_EQ(feed_text(std::string(500, 'x') + "\n"),
            "plain:; bad 1: 1'" + std::string(60, 'x') + "'");
}

TEST(Feed, RefusesEntriesThatCoverTooMuch) {
  EXPECT_EQ(feed_text("0.0.0.0/0\n10.0.0.0/7\n10.0.0.0/8\n::/0\n2000::/15\n2000::/16\n"),
            "plain: 10.0.0.0-10.255.255.255 2000::-2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff; "
            "bad 4: 1'0.0.0.0/0' 2'10.0.0.0/7' 4'::/0'");
}

// A span is judged by its size: one over the middle of the address space was once called too wide.
TEST(Feed, TakesNarrowSpansWhereverTheyLie) {
  EXPECT_EQ(feed_text("127.255.255.255-128.0.0.0\n7fff::-8000::\n10.0.0.0-11.0.0.0\n"),
            "plain: 127.255.255.255-128.0.0.0; bad 2: 2'7fff::-8000::' 3'10.0.0.0-11.0.0.0'");
}

TEST(Feed, TellsTheFormatFromTheText) {
  const auto sniffed = [](std::string_view text) { return to_string(sniff_feed(text)); };
  EXPECT_EQ(sniffed(""), "plain");
  EXPECT_EQ(sniffed("<html>\n"), "plain");
  EXPECT_EQ(sniffed("# c\n192.0.2.0/24\n"), "plain");
  EXPECT_EQ(sniffed("@type tordnsel 1.0\nExitNode 00\n"), "tor_exit_addresses");
  EXPECT_EQ(sniffed("@type x\nnetwork-status-version 3 microdesc\n"), "tor_consensus");
  EXPECT_EQ(sniffed("{\n  \"prefixes\": []\n}\n"), "json");
  EXPECT_EQ(sniffed("{\"prefixes\": []}\n"), "json");
  EXPECT_EQ(sniffed("[\n{\"ips\":[]}]"), "json");
  EXPECT_EQ(sniffed("{\"cidr\":\"192.0.2.0/24\"}\n{\"type\":\"metadata\"}\n"), "ndjson");
  EXPECT_EQ(sniffed("{\"cidr\":\"192.0.2.0/24\"}\n"), "ndjson");
  EXPECT_EQ(sniffed("first,last\n192.0.2.0,192.0.2.255\n"), "csv");
  EXPECT_EQ(sniffed("192.0.2.1 # a, and more\n"), "plain");
  EXPECT_EQ(sniffed("127.0.0.1 localhost\n0.0.0.0 ads.example\n"), "hosts");
  EXPECT_EQ(sniffed("192.0.2.1\nmalware.example\n"), "hosts");
  EXPECT_EQ(sniffed("*.malware.example\n"), "hosts");
  EXPECT_EQ(sniffed("[Adblock Plus 2.0]\n"), "abp");
  EXPECT_EQ(sniffed("! Title: x\n192.0.2.1\n"), "abp");
  EXPECT_EQ(sniffed("malware.example\n192.0.2.1\n||bad.example^\n"), "abp");
  EXPECT_EQ(sniffed("two words\n"), "plain");
}

TEST(Feed, FollowsAStatedFormat) {
  EXPECT_EQ(feed_text("192.0.2.1\n", FeedFormat::tor_exit_addresses),
            "tor_exit_addresses:; bad 1: 1'192.0.2.1'");
}

TEST(Feed, HasAWordForEachFormat) {
  const auto words = feed_format_words();
  for (std::size_t i = 0; i < words.size(); ++i) {
    EXPECT_EQ(words[i], to_string(static_cast<FeedFormat>(i)));
  }
  EXPECT_EQ(words.back(), "abp");
}

TEST(Feed, StopsAtTwoMillionEntries) {
  std::string text;
  text.reserve(kMaxFeedEntries * 8 + 16);
  for (std::size_t i = 0; i < kMaxFeedEntries; ++i) text += "1.1.1.1\n";
  EXPECT_EQ(parse_feed(text, {FeedFormat::plain})->entries.size(), kMaxFeedEntries);
  text += "1.1.1.1\n";
  const auto refused = parse_feed(text, {FeedFormat::plain});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::limit);
}

TEST(Feed, SpansReachToTheLastAddress) {
  EXPECT_EQ(AddressSpan::of(*IpPrefix::parse("0.0.0.0/0")).last.to_string(), "255.255.255.255");
  EXPECT_EQ(AddressSpan::of(*IpPrefix::parse("::/0")).last.to_string(),
            "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
  EXPECT_EQ(AddressSpan::of(*IpPrefix::parse("2001:db8::/33")).last.to_string(),
            "2001:db8:7fff:ffff:ffff:ffff:ffff:ffff");
}

// A span that began as IPv6 and ended as IPv4 broke the order of the map.
TEST(Feed, SpansEndBeforeTheMappedAddresses) {
  EXPECT_EQ(AddressSpan::of(*IpPrefix::parse("::/80")).last, IpAddress::parse("::fffe:ffff:ffff"));
  EXPECT_EQ(AddressSpan::of(*IpPrefix::parse("::fffe:0:0/95")).last,
            IpAddress::parse("::fffe:ffff:ffff"));
}

}  // namespace
}  // namespace sallyport::discovery
