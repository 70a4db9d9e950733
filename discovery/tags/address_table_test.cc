// tests/data/addresses/table.txt, row by row: what ranges and feeds say of an address.

#include <fstream>
#include <gtest/gtest.h>

#include "base/core/text.h"
#include "discovery/tags/ip_tags.h"

namespace sallyport::discovery {
namespace {

const std::string kFolder = std::string(SALLYPORT_SOURCE_DIR) + "/tests/data/addresses/";

std::string or_dash(const std::string& text) { return text.empty() ? "-" : text; }

// "address | category | range | tags | country | asn | isp"
std::string row_of(std::string_view address, const IpTags& tags) {
  policy::AddressFacts facts;
  tags.describe(IpAddress::parse(address).value(), facts);
  std::string words;
  for (const auto& tag : facts.tags) words += (words.empty() ? "" : " ") + tag;
  return std::string(address) + " | " + std::string(to_string(facts.category)) + " | " +
         or_dash(facts.range) + " | " + or_dash(words) + " | " + or_dash(facts.country) + " | " +
         (facts.asn == 0 ? "-" : std::to_string(facts.asn)) + " | " + or_dash(facts.isp);
}

TEST(AddressTable, HoldsInEveryRow) {
  Diagnostics warnings;
  const auto tags = load_ip_tags(kFolder + "ip_ranges.yaml",
                                 parse_rfc3339("2026-11-23T22:00:00Z").value(), warnings);
  ASSERT_TRUE(tags) << render(tags.error());
  EXPECT_EQ((*tags)->feeds().size(), 11u);
  for (const FeedStatus& feed : (*tags)->feeds()) {
    EXPECT_TRUE(feed.usable) << feed.name;
    EXPECT_EQ(feed.bad_lines, 0u) << feed.name;
  }

  std::ifstream file(kFolder + "table.txt");
  std::string wrong;
  std::size_t rows = 0;
  std::size_t v6_rows = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    const std::string address = line.substr(0, line.find(' '));
    ASSERT_TRUE(IpAddress::parse(address)) << line;
    ++rows;
    v6_rows += address.find(':') != std::string::npos;
    const std::string found = row_of(address, **tags);
    if (found != line) wrong += "expected " + line + "\n   found " + found + "\n";
  }
  EXPECT_EQ(wrong, "");
  EXPECT_GE(rows, 200u);
  EXPECT_GE(v6_rows, 80u);
}

}  // namespace
}  // namespace sallyport::discovery
