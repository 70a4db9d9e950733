#include "discovery/geo/geo.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <random>

#include "discovery/geo/geo_build.h"
#include "discovery/mmdb/mmdb_writer.h"

namespace sallyport::discovery {
namespace {

const Time kNow = *parse_rfc3339("2026-11-24T12:00:00Z");

IpAddress ip(std::string_view text) { return *IpAddress::parse(text); }
MmdbValue text(std::string_view value) { return MmdbValue::text(value); }

// A file whose 192.0.2.0/24 and 2001:db8::/32 have `value`.
std::string file(const MmdbValue& value, Time built = kNow) {
  MmdbWriter writer({.type = "Test", .built = built});
  for (const std::string_view prefix : {"192.0.2.0/24", "2001:db8::/32"}) {
    writer.add(*IpPrefix::parse(prefix), writer.value(value));
  }
  return writer.finish();
}

std::shared_ptr<const Geo> geo_of(const std::vector<std::string>& files,
                                  std::vector<GeoSource> sources = {}) {
  sources.resize(files.size());
  const std::vector<std::string_view> views(files.begin(), files.end());
  Diagnostics warnings;
  auto geo = parse_geo(sources, views, kNow, warnings);
  EXPECT_TRUE(warnings.empty()) << render(warnings);
  return geo;
}

std::string shown(const policy::AddressFacts& facts) {
  std::string out = (facts.country.empty() ? "-" : facts.country) + " " +
                    std::to_string(facts.asn) + " " + (facts.isp.empty() ? "-" : facts.isp);
  if (facts.location) {
    out += " " + std::to_string(facts.location->latitude).substr(0, 5) + "," +
           std::to_string(facts.location->longitude).substr(0, 5);
  }
  return out;
}

std::string facts_of(const Geo& geo, std::string_view address) {
  policy::AddressFacts facts;
  geo.describe(ip(address), facts);
  return shown(facts);
}

// What an entry of a file tells.
std::string told(const MmdbValue& value, GeoSource source = {}) {
  return facts_of(*geo_of({file(value)}, {source}), "192.0.2.1");
}

TEST(Geo, KnowsNothingWithoutData) {
  EXPECT_EQ(facts_of(Geo(), "192.0.2.1"), "- 0 -");
  policy::AddressFacts facts;
  facts.country = "DE";
  facts.asn = 1;
  facts.isp = "left from before";
  facts.location.emplace();
  Geo().describe(ip("192.0.2.1"), facts);
  EXPECT_EQ(shown(facts), "- 0 -");
}

TEST(Geo, ReadsTheLayoutsOfOthers) {
  // MaxMind and DB-IP.
  EXPECT_EQ(
      told(MmdbValue::map(
          {{"continent", MmdbValue::map({{"code", text("EU")}})},
           {"country", MmdbValue::map({{"geoname_id", MmdbValue::uint32(2782113)},
                                       {"iso_code", text("AT")},
                                       {"names", MmdbValue::map({{"en", text("Austria")}})}})},
           {"location", MmdbValue::map({{"latitude", MmdbValue::number(48.2)},
                                        {"longitude", MmdbValue::number(16.37)}})},
           {"traits", MmdbValue::map({{"autonomous_system_number", MmdbValue::uint32(64496)}})}})),
      "AT 64496 - 48.20,16.37");
  EXPECT_EQ(told(MmdbValue::map({{"autonomous_system_number", MmdbValue::uint32(64497)},
                                 {"autonomous_system_organization", text("Example Net")}})),
            "- 64497 Example Net");
  // ip-location-db, flat.
  EXPECT_EQ(told(MmdbValue::map({{"country_code", text("DE")},
                                 {"latitude", MmdbValue::number(-0.5)},
                                 {"longitude", MmdbValue::number(180)}})),
            "DE 0 - -0.50,180.0");
  // IPinfo: everything is a text.
  EXPECT_EQ(told(MmdbValue::map({{"asn", text("AS15169")},
                                 {"as_name", text("Example LLC")},
                                 {"country", text("United States")},
                                 {"country_code", text("US")},
                                 {"lat", text("37.4")},
                                 {"lng", text("-122.1")}})),
            "US 15169 Example LLC 37.40,-122.");
  EXPECT_EQ(told(MmdbValue::map({{"country", text("no")}, {"asn", text("64498")}})), "NO 64498 -");
}

TEST(Geo, ReadsKeysOfTheOperatorsChoice) {
  GeoSource source;
  source.country = {"where.nation", "where.list.1"};
  source.asn = {"net"};
  source.isp = {};
  const MmdbValue value = MmdbValue::map(
      {{"where", MmdbValue::map({{"nation", text("nowhere")},
                                 {"list", {MmdbValue::Array{text("x"), text("CH")}}}})},
       {"net", MmdbValue::uint32(7)},
       {"isp", text("not asked for")}});
  EXPECT_EQ(told(value, source), "CH 7 -");
}

TEST(Geo, TakesOnlyWhatAValueCanMean) {
  for (const std::string_view code : {"EU", "AP", "??", "ZZ", "D", "DEU", ""}) {
    EXPECT_EQ(told(MmdbValue::map({{"country_code", text(code)}, {"isp", text("x")}})), "- 0 x")
        << code;
  }
  for (const MmdbValue& asn : {text("AS"), text("-1"), text("AS4294967296"), MmdbValue::uint32(0),
                               MmdbValue::number(5), MmdbValue{std::uint64_t{1} << 32}}) {
    EXPECT_EQ(told(MmdbValue::map({{"asn", asn}, {"isp", text("x")}})), "- 0 x");
  }
  for (const MmdbValue& degrees : {MmdbValue::number(90.1), MmdbValue::number(std::nan("")),
                                   text("12 N"), text(""), MmdbValue::number(HUGE_VAL)}) {
    EXPECT_EQ(
        told(MmdbValue::map({{"lat", degrees}, {"lng", MmdbValue::number(1)}, {"isp", text("x")}})),
        "- 0 x");
  }
  // Half a location is none.
  EXPECT_EQ(told(MmdbValue::map({{"lat", MmdbValue::number(1)}, {"isp", text("x")}})), "- 0 x");
}

TEST(Geo, MakesTextsOfStrangersPrintableAndShort) {
  const auto isp = [](std::string_view name) {
    return told(MmdbValue::map({{"isp", text(name)}})).substr(4);
  };
  EXPECT_EQ(isp("\x1b[2J\r\n evil\xff"), "\\x1b[2J\\x0d\\x0a evil\\xff");
  EXPECT_EQ(isp(std::string(100'000, 'x')), std::string(128, 'x'));
  EXPECT_EQ(isp(std::string(127, 'x') + "ü"), std::string(127, 'x'));
}

TEST(Geo, AddsUpDatabasesTheFirstThatKnowsTells) {
  const auto geo = geo_of(
      {file(MmdbValue::map({{"country_code", text("DE")}})),
       file(MmdbValue::map({{"country_code", text("FR")}, {"asn", MmdbValue::uint32(64496)}})),
       file(MmdbValue::map({{"isp", text("Example Net")}, {"asn", MmdbValue::uint32(1)}}))});
  EXPECT_EQ(facts_of(*geo, "192.0.2.1"), "DE 64496 Example Net");
  EXPECT_EQ(facts_of(*geo, "2001:db8::1"), "DE 64496 Example Net");
  EXPECT_EQ(facts_of(*geo, "192.0.3.1"), "- 0 -");
}

TEST(Geo, FindsTheIpv4AddressInsideAnIpv6Address) {
  const auto geo = geo_of({file(MmdbValue::map({{"country_code", text("DE")}}))});
  EXPECT_EQ(facts_of(*geo, "::ffff:192.0.2.1"), "DE 0 -");
  EXPECT_EQ(facts_of(*geo, "64:ff9b::192.0.2.1"), "DE 0 -");
  EXPECT_EQ(facts_of(*geo, "2002:c000:201::1"), "DE 0 -");
  EXPECT_EQ(facts_of(*geo, "::192.0.2.1"), "DE 0 -");
  EXPECT_EQ(facts_of(*geo, "64:ff9b::192.0.3.1"), "- 0 -");
  EXPECT_EQ(facts_of(*geo, "::1"), "- 0 -");
}

TEST(Geo, AsksAFileForIpv4NothingOfIpv6) {
  MmdbWriter writer({.built = kNow, .ip_version = 4});
  writer.add(*IpPrefix::parse("192.0.2.0/24"),
             writer.value(MmdbValue::map({{"country_code", text("DE")}})));
  const auto geo = geo_of({writer.finish()});
  EXPECT_EQ(facts_of(*geo, "192.0.2.1"), "DE 0 -");
  EXPECT_EQ(facts_of(*geo, "2001:db8::1"), "- 0 -");
}

TEST(Geo, TellsHowADatabaseFared) {
  const auto geo = geo_of({file(MmdbValue::map({{"country_code", text("DE")}}),
                                *parse_rfc3339("2026-11-01T00:00:00Z"))});
  const GeoDatabase& database = geo->databases().at(0);
  EXPECT_TRUE(database.usable);
  EXPECT_FALSE(database.is_stale(kNow));
  EXPECT_EQ(database.type, "Test");
  EXPECT_EQ(database.networks, 2u);
  EXPECT_EQ(database.places, 1u);
  EXPECT_GT(database.nodes, 100u);
  EXPECT_EQ(format_rfc3339(*database.built), "2026-11-01T00:00:00.000000Z");
}

TEST(Geo, ShowsItselfInTheMetrics) {
  const auto geo = geo_of({file(MmdbValue::map({{"country_code", text("DE")}}),
                                *parse_rfc3339("2026-11-24T11:00:00Z"))});
  std::vector<GeoDatabase> databases = geo->databases();
  databases[0].path = "a.mmdb";
  databases.push_back({.path = "broken.mmdb", .trouble = "broken"});
  databases.push_back({.path = "absent.mmdb", .expected = false, .missing = true});
  EXPECT_EQ(render_geo_metrics(databases, kNow),
            "# HELP sallyport_geo_usable 0 where the geo database could not be read.\n"
            "# TYPE sallyport_geo_usable gauge\n"
            "sallyport_geo_usable{database=\"a.mmdb\"} 1\n"
            "sallyport_geo_usable{database=\"broken.mmdb\"} 0\n"
            "# HELP sallyport_geo_age_seconds Time since the geo database was built.\n"
            "# TYPE sallyport_geo_age_seconds gauge\n"
            "sallyport_geo_age_seconds{database=\"a.mmdb\"} 3600\n"
            "# HELP sallyport_geo_stale 1 where the geo database is older than its max_age.\n"
            "# TYPE sallyport_geo_stale gauge\n"
            "sallyport_geo_stale{database=\"a.mmdb\"} 0\n"
            "sallyport_geo_stale{database=\"broken.mmdb\"} 0\n"
            "# HELP sallyport_geo_networks Networks that the geo database tells something of.\n"
            "# TYPE sallyport_geo_networks gauge\n"
            "sallyport_geo_networks{database=\"a.mmdb\"} 2\n"
            "sallyport_geo_networks{database=\"broken.mmdb\"} 0\n");
}

// ---- files

class GeoFiles : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/sallyport-geo-XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& bytes) {
    std::ofstream(folder_ + "/" + name, std::ios::binary) << bytes;
    return folder_ + "/" + name;
  }

  // The warnings, without the folder.
  std::string load(std::vector<GeoSource> sources) {
    Diagnostics warnings;
    geo_ = load_geo(sources, kNow, warnings);
    EXPECT_FALSE(warnings.has_errors());
    std::string out = render(warnings);
    for (std::size_t at; (at = out.find(folder_ + "/")) != std::string::npos;) {
      out.erase(at, folder_.size() + 1);
    }
    return out;
  }
  std::string load(const std::string& path) {
    GeoSource source;
    source.path.value = path;
    return load(std::vector{source});
  }

  std::string folder_;
  std::shared_ptr<const Geo> geo_;
};

TEST_F(GeoFiles, WarnOfWhatIsMissingOrBroken) {
  const std::string hint = "\n  what it would tell stays unknown; sallyport geo build makes one\n";
  EXPECT_EQ(load(folder_ + "/none.mmdb"),
            "none.mmdb: warning: the geo database none.mmdb cannot be used: No such "
            "file or directory" +
                hint);
  EXPECT_EQ(facts_of(*geo_, "192.0.2.1"), "- 0 -");
  EXPECT_FALSE(geo_->databases().at(0).usable);
  EXPECT_EQ(geo_->files(), std::vector{folder_ + "/none.mmdb"});

  const std::string whole = file(MmdbValue::map({{"country_code", text("DE")}}));
  EXPECT_EQ(load(write("cut.mmdb", whole.substr(0, whole.size() / 2))),
            "cut.mmdb: warning: the geo database cut.mmdb cannot be used: no MMDB file, or one "
            "that was cut off" +
                hint);
  EXPECT_EQ(load(write("empty.mmdb", "")),
            "empty.mmdb: warning: the geo database empty.mmdb cannot be used: no MMDB file, or one "
            "that was cut off" +
                hint);
  EXPECT_EQ(load(write("other.mmdb", file(MmdbValue::map({{"colour", text("red")}})))),
            "other.mmdb: warning: the geo database other.mmdb cannot be used: nothing that we look "
            "for stands under any of its keys" +
                hint);
}

TEST_F(GeoFiles, WarnOfWhatIsOldAndUseIt) {
  const std::string path = write("old.mmdb", file(MmdbValue::map({{"country_code", text("DE")}}),
                                                  kNow - std::chrono::days(181)));
  EXPECT_EQ(load(path),
            "old.mmdb: warning: the geo database old.mmdb is 181 days old, more than its max_age "
            "of 180d\n  it is used all the same; sallyport geo build makes a new one\n");
  EXPECT_EQ(facts_of(*geo_, "192.0.2.1"), "DE 0 -");
  EXPECT_TRUE(geo_->databases().at(0).is_stale(kNow));
  GeoSource patient;
  patient.path.value = path;
  patient.max_age = {};
  EXPECT_EQ(load(std::vector{patient}), "");
}

TEST_F(GeoFiles, MissWhatIsOnlyLookedForByDefaultInSilence) {
  EXPECT_EQ(load(default_geo_sources(folder_)), "");
  EXPECT_EQ(geo_->databases().size(), 2u);
  EXPECT_FALSE(geo_->databases().at(0).usable);
  EXPECT_EQ(geo_->databases().at(0).path, country_database(folder_));

  std::filesystem::create_directory(folder_ + "/geo");
  write("geo/country.mmdb", "broken");
  EXPECT_NE(load(default_geo_sources(folder_)), "");
  write("geo/country.mmdb", file(MmdbValue::map({{"country_code", text("DE")}})));
  EXPECT_EQ(load(default_geo_sources(folder_)), "");
  EXPECT_EQ(facts_of(*geo_, "192.0.2.1"), "DE 0 -");
}

// A database that is mapped while somebody truncates it ends a process with SIGBUS.
TEST_F(GeoFiles, AreNotNeededOnceTheyWereRead) {
  const std::string path = write("a.mmdb", file(MmdbValue::map({{"country_code", text("DE")}})));
  load(path);
  std::filesystem::resize_file(path, 0);
  EXPECT_EQ(facts_of(*geo_, "192.0.2.1"), "DE 0 -");
  std::filesystem::remove(path);
  EXPECT_EQ(facts_of(*geo_, "2001:db8::1"), "DE 0 -");
}

// ---- geo build

TEST(GeoBuild, TellsWhatTheListsTell) {
  const std::vector<std::string> lists = {
      "# Generated: Thu, 25 Jun 2026 04:33:59 GMT\n# Vendor: Example\n# License: CC0\n"
      "3221225984,3221226239,AT\n3405803776,3405804031,??\n",
      "# Generated: Fri, 26 Jun 2026 04:33:59 GMT\n"
      "2001:db8::,2001:db8::ffff,DE\nnonsense\n"};
  const auto built = build_geo(GeoListKind::country, lists, kNow);
  ASSERT_TRUE(built) << built.error().detail;
  EXPECT_EQ(built->lists.v4, 1u);
  EXPECT_EQ(built->lists.v6, 1u);
  EXPECT_EQ(built->lists.nowhere, 1u);
  EXPECT_EQ(built->lists.bad_lines, 1u);
  EXPECT_EQ(format_rfc3339(built->built), "2026-06-25T04:33:59.000000Z");
  EXPECT_NE(built->bytes.find("Made by sallyport geo build from data of Example, CC0"),
            std::string::npos);
  const auto geo = geo_of({built->bytes});
  EXPECT_EQ(facts_of(*geo, "192.0.2.255"), "AT 0 -");
  EXPECT_EQ(facts_of(*geo, "192.0.3.0"), "- 0 -");
  EXPECT_EQ(facts_of(*geo, "203.0.113.1"), "- 0 -");
  EXPECT_EQ(facts_of(*geo, "2001:db8::ffff"), "DE 0 -");
  EXPECT_EQ(facts_of(*geo, "2001:db8::1:0"), "- 0 -");
  EXPECT_EQ(geo->databases().at(0).type, "Sallyport-Country");
}

TEST(GeoBuild, RefusesListsThatTellNothing) {
  const std::vector<std::string> lists = {"# only words\n", "1.0.0.0,1.0.0.255,??\n"};
  EXPECT_EQ(build_geo(GeoListKind::country, lists, kNow).error().detail,
            "no line tells where a range of addresses is");
}

// 20,000 random addresses against a search through the ranges.
TEST(GeoBuild, AgreesWithASearchThroughTheRanges) {
  std::mt19937 random(3);
  struct Range {
    IpAddress first, last;
    std::uint32_t asn;
  };
  std::vector<Range> ranges;
  std::string list;
  std::uint32_t at = 0x0a000000;
  for (int i = 0; i < 500; ++i) {
    at += random() % 900;
    const IpAddress first = IpAddress::v4(at);
    at += random() % 900;
    ranges.push_back({first, IpAddress::v4(at++), 1 + static_cast<std::uint32_t>(random() % 50)});
  }
  std::array<std::uint8_t, 16> bytes{0x20, 0x01, 0x0d, 0xb8};
  for (int i = 0; i < 250; ++i) {
    bytes[5] = static_cast<std::uint8_t>(i);
    bytes[15] = static_cast<std::uint8_t>(random());
    const IpAddress first = IpAddress::v6(bytes);
    bytes[7] = static_cast<std::uint8_t>(1 + random() % 200);
    ranges.push_back({first, IpAddress::v6(bytes), 1 + static_cast<std::uint32_t>(random() % 50)});
    bytes[7] = 0;
  }
  for (const Range& range : ranges) {
    list += range.first.to_string() + "," + range.last.to_string() + "," +
            std::to_string(range.asn) + ",\"Net " + std::to_string(range.asn) + "\"\n";
  }
  const auto built = build_geo(GeoListKind::asn, {&list, 1}, kNow);
  ASSERT_TRUE(built);
  const auto geo = geo_of({built->bytes});
  int known = 0;
  for (int i = 0; i < 20'000; ++i) {
    IpAddress asked = IpAddress::v4(0x0a000000 + random() % (at - 0x0a000000 + 100));
    if (i % 2 == 0) {
      bytes[5] = static_cast<std::uint8_t>(random());
      bytes[7] = static_cast<std::uint8_t>(random() % 200);
      asked = IpAddress::v6(bytes);
    }
    std::string expected = "- 0 -";
    for (const Range& range : ranges) {
      if (range.first <= asked && asked <= range.last) {
        expected = "- " + std::to_string(range.asn) + " Net " + std::to_string(range.asn);
      }
    }
    known += expected.size() > 5 ? 1 : 0;
    ASSERT_EQ(facts_of(*geo, asked.to_string()), expected) << asked.to_string();
  }
  EXPECT_GT(known, 5000);
  EXPECT_LT(known, 18'000);
}

}  // namespace
}  // namespace sallyport::discovery
