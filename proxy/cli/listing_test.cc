#include "proxy/cli/listing.h"

#include <gtest/gtest.h>

namespace sallyport::cli {
namespace {

Listing sample() {
  Listing listing({"name", "entries", "tags"});
  listing.add({Listing::text("short"), Listing::number(7), Listing::texts({"a", "b"})});
  listing.add({Listing::text("a much longer näme"), Listing::number(123456), {}});
  listing.add({{}, {}, Listing::texts({"=1+1", "\x1b[2J\""})});
  return listing;
}

TEST(Listing, IsATableThatFits) {
  EXPECT_EQ(sample().render("table"),
            "NAME                ENTRIES  TAGS\n"
            "short                     7  a, b\n"
            "a much longer näme   123456  -\n"
            "-                         -  =1+1, \\x1b[2J\"\n");
}

TEST(Listing, IsJsonWithoutWhatIsEmpty) {
  EXPECT_EQ(sample().render("json"),
            "[\n"
            R"({"name":"short","entries":7,"tags":["a","b"]},)"
            "\n"
            R"({"name":"a much longer näme","entries":123456},)"
            "\n"
            R"({"tags":["=1+1","\u001b[2J\""]})"
            "\n]\n");
  EXPECT_EQ(Listing({"name"}).render("json"), "[]\n");
}

TEST(Listing, IsCsvThatNoSpreadsheetRuns) {
  EXPECT_EQ(sample().render("csv"),
            "name,entries,tags\r\n"
            "short,7,a b\r\n"
            "a much longer näme,123456,\r\n"
            ",,\"'=1+1 \x1b[2J\"\"\"\r\n");
}

TEST(Listing, KeepsNegativeNumbersInCsv) {
  Listing listing({"latitude"});
  listing.add({Listing::degrees(-33.5)});
  EXPECT_EQ(listing.render("csv"), "latitude\r\n-33.5\r\n");
  EXPECT_EQ(listing.render("json"), "[\n{\"latitude\":-33.5}\n]\n");
}

}  // namespace
}  // namespace sallyport::cli
