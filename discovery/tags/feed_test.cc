#include "discovery/tags/feed.h"

#include <gtest/gtest.h>

namespace sallyport::discovery {
namespace {

// "format: a b-c; bad 1: 'text'": what a feed is read as.
std::string read(std::string_view text, FeedFormat format = FeedFormat::auto_) {
  const auto feed = parse_feed(text, format);
  if (!feed) return describe(feed.error());
  std::string shown = std::string(to_string(feed->format)) + ":";
  for (const AddressSpan& span : feed->entries) {
    shown += " " + span.first.to_string();
    if (span.last != span.first) shown += "-" + span.last.to_string();
  }
  if (feed->bad_lines > 0) shown += "; bad " + std::to_string(feed->bad_lines) + ":";
  for (const auto& bad : feed->first_bad)
    shown += " " + std::to_string(bad.line) + "'" + bad.text + "'";
  if (feed->newest) shown += "; newest " + format_rfc3339(*feed->newest);
  return shown;
}

TEST(Feed, ReadsAddressesRangesAndSpansOfBothFamilies) {
  EXPECT_EQ(
      read("192.0.2.1\n198.51.100.0/24\n203.0.113.5-203.0.113.9\n203.0.113.20 - 203.0.113.21\n"
           "2001:db8::1\n2001:db8::/64\n2001:db8::5-2001:db8::6\n"),
      "plain: 192.0.2.1 198.51.100.0-198.51.100.255 203.0.113.5-203.0.113.9 "
      "203.0.113.20-203.0.113.21 2001:db8::1 2001:db8::-2001:db8::ffff:ffff:ffff:ffff "
      "2001:db8::5-2001:db8::6");
}

TEST(Feed, SkipsCommentsOfEveryKind) {
  EXPECT_EQ(read("# a\n; b\n! c\n// d\n\n  \n192.0.2.0/31 ; SBL1\n192.0.2.7 # x\n192.0.2.8 // y\n"
                 "\t192.0.2.9\t\n"),
            "plain: 192.0.2.0-192.0.2.1 192.0.2.7 192.0.2.8 192.0.2.9");
}

TEST(Feed, TakesWindowsLinesAMarkAndAMissingLastEnd) {
  EXPECT_EQ(read("\xef\xbb\xbf"
                 "192.0.2.1\r\n192.0.2.2"),
            "plain: 192.0.2.1 192.0.2.2");
  EXPECT_EQ(read(""), "plain:");
}

TEST(Feed, DropsHostBitsAndReadsMappedAddressesAsIpv4) {
  EXPECT_EQ(read("192.0.2.77/24\n::ffff:198.51.100.1\n"),
            "plain: 192.0.2.0-192.0.2.255 198.51.100.1");
}

TEST(Feed, CountsWhatItDoesNotUnderstandAndShowsTheFirst) {
  EXPECT_EQ(read("192.0.2.1\n<html>\nexample.com\n192.0.2.300\n192.0.2.9-192.0.2.1\n"
                 "192.0.2.1-2001:db8::1\n010.0.0.1\n"),
            "plain: 192.0.2.1; bad 6: 2'<html>' 3'example.com' 4'192.0.2.300'");
}

TEST(Feed, ShowsBadLinesPrintableAndCut) {
  EXPECT_EQ(read("\x1b[2J\n"), "plain:; bad 1: 1'\\x1b[2J'");
  EXPECT_EQ(read(std::string(500, 'x') + "\n"), "plain:; bad 1: 1'" + std::string(60, 'x') + "'");
}

TEST(Feed, RefusesEntriesThatCoverTooMuch) {
  EXPECT_EQ(read("0.0.0.0/0\n10.0.0.0/7\n10.0.0.0/8\n::/0\n2000::/15\n"),
            "plain: 10.0.0.0-10.255.255.255; bad 4: 1'0.0.0.0/0' 2'10.0.0.0/7' 4'::/0'");
}

TEST(Feed, ReadsTorExitAddressesWithTheirNewestStamp) {
  EXPECT_EQ(read("# sample\n@type tordnsel 1.0\nExitNode 0001\nPublished 2026-11-23 08:02:11\n"
                 "LastStatus 2026-11-23 20:00:00\nExitAddress 192.0.2.66 2026-11-23 20:12:01\n"
                 "ExitAddress 2001:db8::9 2026-11-22 10:00:00\nExitNode 0002\n"),
            "tor_exit_addresses: 192.0.2.66 2001:db8::9; newest 2026-11-23T20:12:01.000000Z");
}

TEST(Feed, KeepsATorAddressWhoseStampIsBroken) {
  EXPECT_EQ(
      read("ExitAddress 192.0.2.1 yesterday\nExitAddress nobody 2026-11-23 20:12:01\nWhat 1\n"),
      "tor_exit_addresses: 192.0.2.1; bad 2: 2'ExitAddress nobody 2026-11-23 20:12:01' 3'What 1'");
}

TEST(Feed, FollowsAStatedFormat) {
  EXPECT_EQ(read("192.0.2.1\n", FeedFormat::tor_exit_addresses),
            "tor_exit_addresses:; bad 1: 1'192.0.2.1'");
}

TEST(Feed, StopsAtTwoMillionEntries) {
  std::string text;
  text.reserve(kMaxFeedEntries * 8 + 16);
  for (std::size_t i = 0; i < kMaxFeedEntries; ++i) text += "1.1.1.1\n";
  EXPECT_EQ(parse_feed(text, FeedFormat::plain)->entries.size(), kMaxFeedEntries);
  text += "1.1.1.1\n";
  const auto refused = parse_feed(text, FeedFormat::plain);
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
