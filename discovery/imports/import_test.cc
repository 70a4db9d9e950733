#include "discovery/imports/import.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "discovery/imports/packed_for_tests.h"
#include "discovery/imports/record_text_for_tests.h"

namespace sallyport::discovery::imports {
namespace {

std::string line_for(std::size_t number) {
  return fmt::format(
      "17642657{:02}.123 85 192.0.2.7 TCP_MISS/200 {} GET http://a{}.example/ ana HIER_NONE/- -\n",
      number % 100, number, number);
}
std::string lines_for(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += line_for(i);
  return text;
}

std::string described(const ImportReport& report) {
  std::string text = fmt::format(
      "{} {}: {} lines, {} records, {} aside, {} bad", report.packing,
      report.format == LogFormat::auto_ ? "?" : std::string(format_info(report.format).word),
      report.lines, report.records(), report.aside(), report.bad());
  for (const BadLine& bad : report.first_bad) {
    text += fmt::format("; {}: {}: {}", bad.line, to_string(bad.reason), bad.text);
  }
  if (!report.fault.empty()) text += "; " + report.fault;
  return text;
}

// What becomes of a file with these bytes; the sum of the bytes of all records.
class ImportTest : public testing::Test {
 protected:
  std::string imported(std::string_view bytes) {
    const std::string file = folder_.write("log", bytes);
    options_.parser.times = times_for_tests();
    down_ = 0;
    const auto reports =
        import_log(file, options_, [&](const LogRecord& record) { down_ += record.bytes(); }, {});
    if (!reports) return describe(reports.error());
    std::string text;
    for (const ImportReport& report : *reports) {
      std::string name = report.name.substr(file.size());
      text += (text.empty() ? "" : "\n") + name + (name.empty() ? "" : " ") + described(report);
    }
    for (std::size_t at; (at = text.find(file)) != text.npos;) text.replace(at, file.size(), "log");
    return text;
  }

  LogFolder folder_;
  ImportOptions options_;
  std::uint64_t down_ = 0;
};

TEST_F(ImportTest, ReadsPlainAndPackedFilesAlike) {
  const std::string text = lines_for(5000);
  const std::string counts = " squid: 5000 lines, 5000 records, 0 aside, 0 bad";
  const std::string half = text.substr(0, text.size() / 2), rest = text.substr(text.size() / 2);
  EXPECT_EQ(imported(text), "plain" + counts);
  EXPECT_EQ(imported(gzipped(text)), "gzip" + counts);
  EXPECT_EQ(imported(gzipped(half) + gzipped(rest) + std::string(512, '\0')), "gzip" + counts);
  EXPECT_EQ(imported(zstd_packed(text)), "zstd" + counts);
  EXPECT_EQ(imported(zstd_packed(half) + zstd_packed(rest)), "zstd" + counts);
  EXPECT_EQ(imported(zipped({{"access.log", text}})), ":access.log zip" + counts);
  EXPECT_EQ(down_, 5000u * 4999 / 2);
}

TEST_F(ImportTest, MembersOfAnArchiveAreTextsOfTheirOwn) {
  const std::string counts = " squid: 300 lines, 300 records, 0 aside, 0 bad";
  EXPECT_EQ(imported(zipped({{"logs/", "", true},
                             {"logs/a", lines_for(300)},
                             {"logs/b", lines_for(300), true},
                             {"logs/c", lines_for(300), false, true},
                             {"logs/\x1b[2J", "nothing of use\n"},
                             {"logs/e", lines_for(300)}})),
            ":logs/a zip" + counts + "\n:logs/b zip" + counts + "\n:logs/c zip" + counts +
                "\n:logs/\\x1b[2J zip ?: 1 lines, 0 records, 0 aside, 1 bad; 1: not of this "
                "format, or cut off: nothing of use; its format cannot be told: no format reads "
                "any of the first lines; --format names one, --parser describes one\n:logs/e zip" +
                counts);
}

TEST_F(ImportTest, WhatIsCutOrDamagedIsAFault) {
  const std::string text = lines_for(5000);
  const std::string gzip = gzipped(text), zstd = zstd_packed(text), zip = zipped({{"a", text}});
  const auto ends_with = [](const std::string& shown, std::string_view end) {
    EXPECT_TRUE(shown.ends_with(end)) << shown;
  };
  ends_with(imported(gzip.substr(0, gzip.size() / 2)), "log: it ends in the middle");
  ends_with(imported(zstd.substr(0, zstd.size() / 2)), "log: it ends in the middle");
  ends_with(imported(zip.substr(0, zip.size() / 2)), "log, member 'a': it ends in the middle");
  ends_with(imported(gzip + "x"), "log: something stands behind it");
  std::string damaged = gzip;
  damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 0x55);
  ends_with(imported(damaged), "log: it is damaged");
  damaged = zip;
  damaged[14] = static_cast<char>(damaged[14] ^ 1);
  ends_with(imported(damaged), "log, member 'a': its checksum is another");
  ends_with(imported(zipped({{"a", text, false, false, 1}})), "log, member 'a': it is encrypted");
}

TEST_F(ImportTest, BombsAreRefused) {
  options_.limits.free = 1 << 20;
  options_.limits.ratio = 100;
  const std::string bomb(8 << 20, '\n');
  EXPECT_TRUE(imported(gzipped(bomb)).ends_with("more comes out of it than the limits allow"));
  EXPECT_TRUE(imported(zstd_packed(bomb)).ends_with("more comes out of it than the limits allow"));
  EXPECT_TRUE(
      imported(zipped({{"a", bomb}})).ends_with("more comes out of it than the limits allow"));
  options_.limits.members = 2;
  EXPECT_TRUE(imported(zipped({{"a", ""}, {"b", ""}, {"c", ""}})).ends_with("more than 2 members"));
  options_.limits = {};
  options_.limits.bytes = 100;
  EXPECT_TRUE(imported(lines_for(9)).ends_with("it is larger than the limit"));
}

TEST_F(ImportTest, BadLinesAreCountedAndTheFirstShown) {
  options_.examples = 3;
  EXPECT_EQ(
      imported(line_for(1) + "cut\r\n\r\n" + line_for(2) + std::string(70'000, 'x') + "\n" +
               line_for(3) + "\x1b[31mred\n" + line_for(4) + "\xff\n" + line_for(5) + line_for(6)),
      "plain squid: 10 lines, 6 records, 0 aside, 4 bad; 2: not of this format, or cut off: "
      "cut; 5: longer than 64 KiB: " +
          std::string(160, 'x') + "; 7: not of this format, or cut off: \\x1b[31mred");
}

TEST_F(ImportTest, ATextWhoseLinesAreMostlyBadIsAFault) {
  options_.format = LogFormat::squid;
  options_.examples = 0;
  EXPECT_EQ(imported(lines_for(2) + "x\nx\n"), "plain squid: 4 lines, 2 records, 0 aside, 2 bad");
  EXPECT_EQ(imported(lines_for(2) + "x\nx\nx\n"),
            "plain squid: 5 lines, 2 records, 0 aside, 3 bad; 3 of 5 lines are bad");
  std::string many = lines_for(500);
  for (int i = 0; i < 5000; ++i) many += "x\n";
  EXPECT_EQ(imported(many),
            "plain squid: 1500 lines, 500 records, 0 aside, 1000 bad; 1000 of 1500 "
            "lines are bad");
}

TEST_F(ImportTest, WhatIsNoTextOfLinesIsAFault) {
  EXPECT_EQ(imported(""), "plain ?: 0 lines, 0 records, 0 aside, 0 bad");
  EXPECT_TRUE(imported(std::string_view("\xff\xfe\x31\0\n\0", 6))
                  .ends_with("it is UTF-16, and only UTF-8 can be read"));
  EXPECT_EQ(imported("\xef\xbb\xbf" + line_for(1)),
            "plain squid: 1 lines, 1 records, 0 aside, 0 bad");
  EXPECT_TRUE(
      import_log(folder_.path() + "/none", options_, [](const LogRecord&) {}, {}).error().kind ==
      ErrorKind::not_found);
  EXPECT_TRUE(import_log(folder_.path(), options_, [](const LogRecord&) {}, {}).error().kind ==
              ErrorKind::invalid);
}

TEST_F(ImportTest, StopsWhereProgressSaysSo) {
  const std::string file = folder_.write("log", lines_for(50'000));
  std::uint64_t all = 0;
  const auto reports = import_log(
      file, options_, [](const LogRecord&) {},
      [&](std::uint64_t, std::uint64_t size) {
        all = size;
        return false;
      });
  ASSERT_TRUE(reports);
  EXPECT_EQ(reports->front().fault, "stopped");
  EXPECT_EQ(all, std::filesystem::file_size(file));
}

}  // namespace
}  // namespace sallyport::discovery::imports
