#include "discovery/geo/geo_list.h"

#include <gtest/gtest.h>

#include "base/core/text.h"

namespace sallyport::discovery {
namespace {

// The ranges, one a line, then what was counted.
std::string read(std::string_view text, GeoListKind kind) {
  std::string out;
  const auto summary = parse_geo_list(text, kind, [&](const GeoRange& range) {
    out += range.first.to_string() + " " + range.last.to_string() + " " +
           (kind == GeoListKind::country ? range.country
                                         : std::to_string(range.asn) + " " + range.organisation) +
           "\n";
  });
  if (!summary) return summary.error().detail;
  out += std::to_string(summary->v4) + " v4, " + std::to_string(summary->v6) + " v6, " +
         std::to_string(summary->nowhere) + " nowhere, " + std::to_string(summary->bad_lines) +
         " bad";
  for (const auto& bad : summary->first_bad) {
    out += "\n" + std::to_string(bad.line) + ": " + bad.text;
  }
  return out;
}

std::string countries(std::string_view text) { return read(text, GeoListKind::country); }
std::string systems(std::string_view text) { return read(text, GeoListKind::asn); }

TEST(GeoList, ReadsTorsNumbersAndAddresses) {
  EXPECT_EQ(countries("# a comment\n"
                      "3221225984,3221226239,AT\n"
                      "3325256704,3325256831,??\n"
                      "\n"
                      "2001:db8::,2001:db8:ffff:ffff:ffff:ffff:ffff:ffff,DE\r\n"
                      "203.0.113.0,203.0.113.255,NO"),
            "192.0.2.0 192.0.2.255 AT\n"
            "2001:db8:: 2001:db8:ffff:ffff:ffff:ffff:ffff:ffff DE\n"
            "203.0.113.0 203.0.113.255 NO\n"
            "2 v4, 1 v6, 1 nowhere, 0 bad");
}

TEST(GeoList, TellsWhatIsNoCountryFromWhatIsNoLine) {
  EXPECT_EQ(countries("1.0.0.0,1.0.0.255,EU\n1.0.1.0,1.0.1.255,AP\n1.0.2.0,1.0.2.255,A1\n"
                      "1.0.3.0,1.0.3.255,de\n1.0.4.0,1.0.4.255,DEU\n"),
            "0 v4, 0 v6, 2 nowhere, 3 bad\n"
            "3: 1.0.2.0,1.0.2.255,A1\n"
            "4: 1.0.3.0,1.0.3.255,de\n"
            "5: 1.0.4.0,1.0.4.255,DEU");
}

TEST(GeoList, LeavesOutWhatIsNoRange) {
  EXPECT_EQ(countries("1.0.0.255,1.0.0.0,DE\n"
                      "1.0.0.0,2001:db8::,DE\n"
                      "4294967296,4294967297,DE\n"
                      "1.0.0,1.0.1,DE\n"
                      "1.0.0.0,1.0.0.255\n"
                      "1.0.0.0,1.0.0.255,DE,\n"
                      "1.0.0.0,1.0.0.255,DE,,\n"
                      "\xff\x1b,,\n"),
            "0 v4, 0 v6, 0 nowhere, 8 bad\n"
            "1: 1.0.0.255,1.0.0.0,DE\n"
            "2: 1.0.0.0,2001:db8::,DE\n"
            "3: 4294967296,4294967297,DE");
  EXPECT_EQ(countries("1.0.0.0,1.0.0.255,DE" + std::string(5000, ' ') + ",\n"),
            "0 v4, 0 v6, 0 nowhere, 1 bad\n"
            "1: 1.0.0.0,1.0.0.255,DE                                        ");
}

TEST(GeoList, ReadsAutonomousSystems) {
  EXPECT_EQ(systems("192.0.2.0,192.0.2.255,64496,\"Example, \"\"Net\"\" Inc.\"\n"
                    "2001:db8::,2001:db8::ffff,AS4294967295,Example Cloud\n"
                    "198.51.100.0,198.51.100.255,64497\n"
                    "203.0.113.0,203.0.113.255,0,Not routed\n"),
            "192.0.2.0 192.0.2.255 64496 Example, \"Net\" Inc.\n"
            "2001:db8:: 2001:db8::ffff 4294967295 Example Cloud\n"
            "198.51.100.0 198.51.100.255 64497 \n"
            "2 v4, 1 v6, 1 nowhere, 0 bad");
  EXPECT_EQ(systems("1.0.0.0,1.0.0.255,4294967296,x\n"
                    "1.0.0.0,1.0.0.255,64496,\"open\n"
                    "1.0.0.0,1.0.0.255,64496,\"a\"b\n"),
            "0 v4, 0 v6, 0 nowhere, 3 bad\n"
            "1: 1.0.0.0,1.0.0.255,4294967296,x\n"
            "2: 1.0.0.0,1.0.0.255,64496,\"open\n"
            "3: 1.0.0.0,1.0.0.255,64496,\"a\"b");
}

TEST(GeoList, MakesNamesOfStrangersPrintableAndShort) {
  EXPECT_EQ(systems("1.0.0.0,1.0.0.255,64496,\x1b[31mred\n"),
            "1.0.0.0 1.0.0.255 64496 \\x1b[31mred\n1 v4, 0 v6, 0 nowhere, 0 bad");
  EXPECT_EQ(systems("1.0.0.0,1.0.0.255,64496," + std::string(1000, 'x') + "\n"),
            "1.0.0.0 1.0.0.255 64496 " + std::string(128, 'x') + "\n1 v4, 0 v6, 0 nowhere, 0 bad");
}

TEST(GeoList, KeepsWhoMadeItWhenAndUnderWhichLicence) {
  const auto read = parse_geo_list(
      "# Location Database Export\n#\n"
      "# Generated: Thu, 25 Jun 2026 04:33:59 GMT\n"
      "# Vendor:    Example Project\n"
      "# License:   CC BY-SA 4.0\n",
      GeoListKind::country, [](const GeoRange&) {});
  ASSERT_TRUE(read && read->generated);
  EXPECT_EQ(format_rfc3339(*read->generated), "2026-06-25T04:33:59.000000Z");
  EXPECT_EQ(read->vendor, "Example Project");
  EXPECT_EQ(read->license, "CC BY-SA 4.0");
  for (const std::string_view date :
       {"yesterday", "Thu, 25 Foo 2026 04:33:59 GMT", "Thu, 45 Jun 2026 04:33:59 GMT", ""}) {
    const auto undated = parse_geo_list("# Generated: " + std::string(date), GeoListKind::country,
                                        [](const GeoRange&) {});
    EXPECT_FALSE(undated->generated) << date;
  }
}

TEST(GeoList, HasALimit) {
  EXPECT_EQ(countries(std::string(8'000'001, '\n')), "more than 8,000,000 lines");
}

}  // namespace
}  // namespace sallyport::discovery
