#include "base/core/address.h"

#include <gtest/gtest.h>

namespace sallyport {
namespace {

std::string address(std::string_view text) {
  const auto parsed = IpAddress::parse(text);
  return parsed ? parsed->to_string() : "refused";
}

std::string prefix(std::string_view text) {
  const auto parsed = IpPrefix::parse(text);
  return parsed ? parsed->to_string() : "refused";
}

std::string embedded(std::string_view text) {
  const auto inner = IpAddress::parse(text)->embedded_v4();
  return inner ? inner->to_string() : "none";
}

bool covers(std::string_view text, std::string_view inner) {
  return IpPrefix::parse(text)->contains(*IpAddress::parse(inner));
}

TEST(IpAddress, ReadsDottedDecimalOnly) {
  for (const char* text : {"0.0.0.0", "192.0.2.1", "255.255.255.255", "1.20.30.4"}) {
    EXPECT_EQ(address(text), text);
  }
  for (const char* text :
       {"", "1", "1.2.3", "1.2.3.4.", ".1.2.3.4", "1..3.4", "1.2.3.4.5", "01.2.3.4", "1.2.3.004",
        "1.2.3.256", "1.2.3.1000", "0x1.2.3.4", "1.2.3.4 ", " 1.2.3.4", "+1.2.3.4", "1.2.3.-4",
        "1.2.3.4/8", "1,2,3,4"}) {
    EXPECT_EQ(address(text), "refused") << text;
  }
}

TEST(IpAddress, WritesIpv6AsRfc5952Says) {
  const std::pair<const char*, const char*> kForms[] = {
      {"::", "::"},
      {"::1", "::1"},
      {"1::", "1::"},
      {"2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
      {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
      {"2001:0db8::0001", "2001:db8::1"},
      {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
      {"0:0:0:0:0:0:0:0", "::"},
      {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
      {"::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"},
      {"1:2:3:4:5:6:192.0.2.1", "1:2:3:4:5:6:c000:201"},
      {"64:ff9b::192.0.2.33", "64:ff9b::c000:221"},
      {"fe80::1:0:0", "fe80::1:0:0"},
      {"ff02::fb", "ff02::fb"},
  };
  for (const auto& [written, expected] : kForms) EXPECT_EQ(address(written), expected);
}

TEST(IpAddress, RefusesWhatIsNoIpv6) {
  for (const char* text : {":",
                           ":::",
                           "1:",
                           ":1",
                           "1:2:3:4:5:6:7",
                           "1:2:3:4:5:6:7:8:9",
                           "1::2::3",
                           "1:2:3:4:5:6:7:8::",
                           "::1:2:3:4:5:6:7:8",
                           "12345::",
                           "g::",
                           "::1%eth0",
                           "[::1]",
                           "::1.2.3",
                           "::1.2.3.4.5",
                           "::01.2.3.4",
                           "1.2.3.4::",
                           "::1.2.3.4:5",
                           "1:2:3:4:5:6:7:1.2.3.4",
                           "::ffff:0x7f.0.0.1",
                           "1: :2",
                           "::1 "}) {
    EXPECT_EQ(address(text), "refused") << text;
  }
}

TEST(IpAddress, MakesMappedAddressesIpv4) {
  EXPECT_EQ(address("::ffff:192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(address("::ffff:c000:201"), "192.0.2.1");
  EXPECT_EQ(address("0:0:0:0:0:FFFF:127.0.0.1"), "127.0.0.1");
  EXPECT_EQ(IpAddress::parse("::ffff:10.0.0.1"), IpAddress::v4(0x0a000001));
  EXPECT_EQ(address("::fffe:192.0.2.1"), "::fffe:c000:201");
}

TEST(IpAddress, TellsTheIpv4AddressInside) {
  EXPECT_EQ(embedded("64:ff9b::7f00:1"), "127.0.0.1");
  EXPECT_EQ(embedded("2002:a00:1::5"), "10.0.0.1");
  EXPECT_EQ(embedded("::10.0.0.1"), "10.0.0.1");
  EXPECT_EQ(embedded("::1"), "none");
  EXPECT_EQ(embedded("::"), "none");
  EXPECT_EQ(embedded("64:ff9b:1::7f00:1"), "none");
  EXPECT_EQ(embedded("2001:db8::a00:1"), "none");
  EXPECT_EQ(embedded("10.0.0.1"), "none");
}

TEST(IpAddress, GivesItsBitsFromTheFront) {
  const IpAddress v4 = *IpAddress::parse("128.0.0.1");
  EXPECT_TRUE(v4.bit(0));
  EXPECT_FALSE(v4.bit(1));
  EXPECT_TRUE(v4.bit(31));
  EXPECT_EQ(v4.v4_value(), 0x80000001u);
  EXPECT_TRUE(IpAddress::parse("::1")->bit(127));
}

TEST(IpPrefix, ReadsBothFamilies) {
  EXPECT_EQ(prefix("192.0.2.0/24"), "192.0.2.0/24");
  EXPECT_EQ(prefix("192.0.2.7"), "192.0.2.7/32");
  EXPECT_EQ(prefix("2001:db8::/32"), "2001:db8::/32");
  EXPECT_EQ(prefix("::1"), "::1/128");
  EXPECT_EQ(prefix("0.0.0.0/0"), "0.0.0.0/0");
  EXPECT_EQ(prefix("::/0"), "::/0");
  EXPECT_EQ(prefix("::ffff:192.0.2.0/120"), "192.0.2.0/24");
  EXPECT_EQ(prefix("::ffff:0:0/96"), "0.0.0.0/0");
  for (const char* text : {"192.0.2.0/33", "192.0.2.0/", "192.0.2.0/-1", "192.0.2.0/024",
                           "192.0.2.0/00", "2001:db8::/129", "/8", "", "::ffff:0:0/95",
                           "1.2.3.4/8/9", "1.2.3.4/0x8", "1.2.3.4/4294967304"}) {
    EXPECT_EQ(prefix(text), "refused") << text;
  }
}

TEST(IpPrefix, CoversWhatSharesItsBits) {
  EXPECT_TRUE(covers("192.0.2.0/25", "192.0.2.127"));
  EXPECT_FALSE(covers("192.0.2.0/25", "192.0.2.128"));
  EXPECT_TRUE(covers("0.0.0.0/0", "8.8.8.8"));
  EXPECT_FALSE(covers("0.0.0.0/0", "2001:db8::1"));
  EXPECT_FALSE(covers("::/0", "192.0.2.1"));
  EXPECT_TRUE(covers("127.0.0.0/8", "::ffff:127.0.0.1"));
  EXPECT_TRUE(covers("2001:db8::/33", "2001:db8:7fff::1"));
  EXPECT_FALSE(covers("2001:db8::/33", "2001:db8:8000::1"));
  EXPECT_TRUE(covers("192.0.2.7", "192.0.2.7"));
  EXPECT_FALSE(covers("192.0.2.7", "192.0.2.6"));
  EXPECT_TRUE(covers("192.0.2.99/24", "192.0.2.1"));
}

TEST(IpPrefix, KeepsHostBitsUntilAskedToMaskThem) {
  const IpPrefix written = *IpPrefix::parse("192.0.2.77/26");
  EXPECT_TRUE(written.has_host_bits());
  EXPECT_EQ(written.masked().to_string(), "192.0.2.64/26");
  EXPECT_FALSE(written.masked().has_host_bits());
  EXPECT_EQ(IpPrefix::parse("2001:db8::1/32")->masked().to_string(), "2001:db8::/32");
  EXPECT_EQ(IpPrefix::parse("ffff::1/0")->masked().to_string(), "::/0");
}

TEST(IpEndpoint, BracketsIpv6) {
  EXPECT_EQ((IpEndpoint{*IpAddress::parse("192.0.2.1"), 443}.to_string()), "192.0.2.1:443");
  EXPECT_EQ((IpEndpoint{*IpAddress::parse("2001:db8::1"), 80}.to_string()), "[2001:db8::1]:80");
}

}  // namespace
}  // namespace sallyport
