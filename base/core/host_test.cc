#include "base/core/host.h"

#include <gtest/gtest.h>

namespace sallyport {
namespace {

constexpr const char* kRefused = "refused";

// What a host written so is called from then on.
std::string canonical(std::string_view written) {
  const auto host = Host::parse(written);
  if (!host) return kRefused;
  return (host->is_address() ? "address " : "name ") + host->text();
}

void check(std::string_view written, std::string_view expected) {
  EXPECT_EQ(canonical(written), expected) << "'" << written << "'";
}

std::string labels(std::size_t count, std::size_t size) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += (i ? "." : "") + std::string(size, 'a');
  return out;
}

TEST(Host, HasOneSpellingForEachName) {
  check("example.com", "name example.com");
  check("Example.COM", "name example.com");
  check("example.com.", "name example.com");
  check("EXAMPLE.com.", "name example.com");
  check("localhost", "name localhost");
  check("a", "name a");
  check("_dmarc.example.com", "name _dmarc.example.com");
  check("a_b.example", "name a_b.example");
  check("xn--bcher-kva.example", "name xn--bcher-kva.example");
  check("a--b.example", "name a--b.example");
  check("1.example", "name 1.example");
  check("123.45.example", "name 123.45.example");
  check("4chan", "name 4chan");
  check("0x7f.example", "name 0x7f.example");
  check("x0x", "name x0x");
}

TEST(Host, HasOneSpellingForEachAddress) {
  check("192.0.2.1", "address 192.0.2.1");
  check("192.0.2.1.", "address 192.0.2.1");
  check("[2001:db8::1]", "address 2001:db8::1");
  check("[2001:DB8:0:0:0:0:0:1]", "address 2001:db8::1");
  check("[::1]", "address ::1");
  check("[::]", "address ::");
  check("[::ffff:127.0.0.1]", "address 127.0.0.1");
  check("[::ffff:7f00:1]", "address 127.0.0.1");
  check("[64:ff9b::7f00:1]", "address 64:ff9b::7f00:1");
}

TEST(Host, RefusesStrangeSpellingsOfIpv4) {
  for (const char* written : {"127.1",
                              "127.0.1",
                              "2130706433",
                              "017700000001",
                              "0177.0.0.1",
                              "0177.0.0.01",
                              "0x7f.1",
                              "0x7f000001",
                              "0x7f.0x0.0x0.0x1",
                              "0X7F.0.0.1",
                              "127.0.0.0x1",
                              "127.0.0.0X1",
                              "0x",
                              "0x.",
                              "1.0x",
                              "256.0.0.1",
                              "1.2.3.256",
                              "1.2.3.4.5",
                              "1.2.3",
                              "01.2.3.4",
                              "1.2.3.04",
                              "1.2.3.4..",
                              "0",
                              "00",
                              "example.1",
                              "example.0x1f",
                              "1.2.3.4294967295",
                              "127.0.0.1%00",
                              "127.0.0.1 "}) {
    check(written, kRefused);
  }
}

TEST(Host, RefusesDotsThatEncloseNothing) {
  for (const char* written :
       {"", ".", "..", "example.com..", ".example.com", "a..b", "..a", "a.b..."}) {
    check(written, kRefused);
  }
}

TEST(Host, RefusesAddressesInTheWrongDress) {
  for (const char* written : {"::1",
                              "2001:db8::1",
                              "[::1",
                              "::1]",
                              "[[::1]]",
                              "[]",
                              "[::1].",
                              "[::1]x",
                              "x[::1]",
                              "[::1%25eth0]",
                              "[fe80::1%eth0]",
                              "[fe80::1%251]",
                              "[192.0.2.1]",
                              "[example.com]",
                              "[::1::]",
                              "[:::1]",
                              "[1:2:3]",
                              "[::ffff:1.2.3.04]",
                              "[v1.fe80::a+en1]",
                              "[::1 ]",
                              "[12345::]",
                              "[1:2:3:4:5:6:7:8:9]"}) {
    check(written, kRefused);
  }
}

TEST(Host, RefusesBytesThatNoNameHolds) {
  for (const char* written : {"exa%6dple.com",
                              "example%2ecom",
                              "user@example.com",
                              "@example.com",
                              "exam ple.com",
                              " example.com",
                              "example.com ",
                              "example.com\t",
                              "example.com\r\n",
                              "b\xc3\xbc"
                              "cher.example",
                              "example\xe3\x80\x82"
                              "com",
                              "example\xef\xbc\x8e"
                              "com",
                              "\xef\xbc\x91.example",
                              "exa\x7fmple.com",
                              "exa\xff",
                              "*.example.com",
                              "example.com/",
                              "example.com#",
                              "example.com?",
                              "example.com\\",
                              "example.com:443",
                              "a,b",
                              "a;b",
                              "<a>",
                              "a'b",
                              "a\"b",
                              "~a",
                              "a+b",
                              "a!b",
                              "a|b"}) {
    check(written, kRefused);
  }
  check(std::string_view("example.com\0", 12), kRefused);
  check(std::string_view("exa\0mple.com", 12), kRefused);
  check(std::string_view("\0", 1), kRefused);
}

TEST(Host, RefusesHyphensAtTheEndsOfLabels) {
  for (const char* written :
       {"-a.example", "a-.example", "a.-example", "a.example-", "-", "a.-.b"}) {
    check(written, kRefused);
  }
}

TEST(Host, HoldsTheLimitsOfTheNameSystem) {
  check(std::string(63, 'a') + ".example", "name " + std::string(63, 'a') + ".example");
  check(std::string(64, 'a') + ".example", kRefused);
  const std::string longest = labels(3, 63) + '.' + std::string(61, 'a');
  ASSERT_EQ(longest.size(), 253u);
  check(longest, "name " + longest);
  check(longest + '.', "name " + longest);
  check(longest + 'a', kRefused);
  check(labels(127, 1), "name " + labels(127, 1));
  check(labels(128, 1), kRefused);
  check(std::string(1 << 20, 'a'), kRefused);
  check(std::string(1 << 20, '.'), kRefused);
}

TEST(Host, IsUnderItselfAndItsParentsOnly) {
  const Host host = *Host::parse("a.Example.com");
  EXPECT_TRUE(host.is_under("a.example.com"));
  EXPECT_TRUE(host.is_under("example.com"));
  EXPECT_TRUE(host.is_under("com"));
  EXPECT_FALSE(host.is_under("b.a.example.com"));
  EXPECT_FALSE(host.is_under("ample.com"));
  EXPECT_FALSE(host.is_under(".example.com"));
  EXPECT_FALSE(host.is_under(""));
  const Host address = *Host::parse("10.0.2.1");
  EXPECT_TRUE(address.is_under("10.0.2.1"));
  EXPECT_FALSE(address.is_under("2.1"));
}

std::string authority(std::string_view written, std::uint16_t port = 443) {
  const auto parsed = Authority::parse(written, port);
  return parsed ? parsed->to_string() : kRefused;
}

TEST(Authority, TakesTheDefaultPortOrTheWrittenOne) {
  EXPECT_EQ(authority("Example.com"), "example.com:443");
  EXPECT_EQ(authority("example.com:8443"), "example.com:8443");
  EXPECT_EQ(authority("example.com.:00080"), "example.com:80");
  EXPECT_EQ(authority("example.com:65535"), "example.com:65535");
  EXPECT_EQ(authority("192.0.2.1:1"), "192.0.2.1:1");
  EXPECT_EQ(authority("[2001:db8::1]"), "[2001:db8::1]:443");
  EXPECT_EQ(authority("[2001:db8::1]:80"), "[2001:db8::1]:80");
  EXPECT_EQ(authority("[::ffff:192.0.2.1]:80"), "192.0.2.1:80");
  EXPECT_EQ(Authority::parse("a.example:443", 443)->to_string(443), "a.example");
  EXPECT_EQ(Authority::parse("[::1]:80", 443)->to_string(443), "[::1]:80");
  EXPECT_EQ(Authority::parse("[::1]:443", 443)->to_string(443), "[::1]");
}

TEST(Authority, RefusesWhatTwoReadersCouldReadInTwoWays) {
  for (const char* written : {"",
                              ":",
                              ":443",
                              "example.com:",
                              "example.com:0",
                              "example.com:00000",
                              "example.com:65536",
                              "example.com:99999",
                              "example.com:000443",
                              "example.com:+443",
                              "example.com:-1",
                              "example.com: 443",
                              "example.com:443 ",
                              "example.com:0x1bb",
                              "example.com:https",
                              "example.com:443:443",
                              "example.com:80@evil.example",
                              "user@example.com:443",
                              "user:password@example.com",
                              "2001:db8::1",
                              "2001:db8::1:443",
                              "[::1",
                              "[::1]443",
                              "[::1]:",
                              "[::1]:0",
                              "[::1]]:443",
                              "[[::1]]:443",
                              "[::1]@evil.example:443",
                              "]:443",
                              "[:443",
                              "example.com/:443",
                              "example.com:4\n43"}) {
    EXPECT_EQ(authority(written), kRefused) << "'" << written << "'";
  }
  EXPECT_EQ(authority(std::string_view("a.example:44\0", 13)), kRefused);
  EXPECT_EQ(authority("example.com", 0), kRefused);
}

}  // namespace
}  // namespace sallyport
