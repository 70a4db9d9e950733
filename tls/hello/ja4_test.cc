#include "tls/hello/ja4.h"

#include <gtest/gtest.h>
#include <string>

namespace sallyport::tls {
namespace {

// The example in FoxIO's description, with GREASE strewn in.
ClientHello chrome() {
  ClientHello hello;
  hello.legacy_version = 0x0303;
  hello.supported_versions = {0x5a5a, 0x0304, 0x0303};
  hello.ciphers = {0x8a8a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030,
                   0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035};
  hello.extensions = {0x3a3a, 0x001b, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002d, 0x000d,
                      0x0005, 0x0023, 0x0012, 0x002b, 0xff01, 0x000b, 0x000a, 0x0015, 0xdada};
  hello.signature_algorithms = {0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601};
  hello.server_name = "example.com";
  hello.alpn = {"h2", "http/1.1"};
  return hello;
}

TEST(Ja4, GivesTheFingerprintOfTheSpecification) {
  EXPECT_EQ(ja4(chrome()), "t13d1516h2_8daaf6152771_e5627efa2ab1");
}

TEST(Ja4, ShowsTheListsInClear) {
  EXPECT_EQ(ja4_raw(chrome()),
            "t13d1516h2_002f,0035,009c,009d,1301,1302,1303,c013,c014,c02b,c02c,c02f,c030,cca8,cca9_"
            "0005,000a,000b,000d,0012,0015,0017,001b,0023,002b,002d,0033,4469,ff01_"
            "0403,0804,0401,0503,0805,0501,0806,0601");
}

TEST(Ja4, DoesNotDependOnTheOrderOfExtensions) {
  ClientHello shuffled = chrome();
  std::reverse(shuffled.extensions.begin(), shuffled.extensions.end());
  std::reverse(shuffled.ciphers.begin(), shuffled.ciphers.end());
  EXPECT_EQ(ja4(shuffled), ja4(chrome()));
  std::reverse(shuffled.signature_algorithms.begin(), shuffled.signature_algorithms.end());
  EXPECT_NE(ja4(shuffled), ja4(chrome()));
}

std::string mark(const ClientHello& hello) { return ja4(hello).substr(0, 10); }

TEST(Ja4, MarksVersionNameCountsAndProtocol) {
  ClientHello hello;
  hello.legacy_version = 0x0303;
  EXPECT_EQ(ja4(hello), "t12i000000_000000000000_000000000000");
  hello.legacy_version = 0x0301;
  hello.extensions = {0x0000};
  EXPECT_EQ(mark(hello), "t10d000100");
  hello.legacy_version = 0x1234;
  EXPECT_EQ(mark(hello), "t00d000100");
  hello.ciphers.assign(150, 0x1301);
  EXPECT_EQ(mark(hello), "t00d990100");
}

TEST(Ja4, WritesAStrangeProtocolInHexadecimal) {
  ClientHello hello;
  hello.legacy_version = 0x0303;
  hello.alpn = {"http/1.1"};
  EXPECT_EQ(mark(hello), "t12i0000h1");
  hello.alpn = {"h"};
  EXPECT_EQ(mark(hello), "t12i0000hh");
  hello.alpn = {"\xab"};
  EXPECT_EQ(mark(hello), "t12i0000ab");
  hello.alpn = {"\x30\xab"};
  EXPECT_EQ(mark(hello), "t12i00003b");
}

}  // namespace
}  // namespace sallyport::tls
