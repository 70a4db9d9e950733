#include "base/csv/reader.h"

#include <gtest/gtest.h>

namespace sallyport::csv {
namespace {

// "a|b" a line for each record, then the diagnostics.
std::string read(const std::string& text, const Limits& limits = {}) {
  Diagnostics found;
  Reader reader(std::make_shared<const Source>(Source{"t.csv", text}), found, limits);
  std::string shown;
  Record record;
  while (reader.next(record)) {
    for (std::size_t i = 0; i < record.fields.size(); ++i) {
      shown += (i > 0 ? "|" : "") + record.fields[i].text;
    }
    shown += '\n';
  }
  return shown + render(found);
}

TEST(Csv, IsRecordsOfFields) {
  EXPECT_EQ(read("a,b\r\nc,d\r\n"), "a|b\nc|d\n");
  EXPECT_EQ(read("a,b\nc,d"), "a|b\nc|d\n");
  EXPECT_EQ(read(",\n,x\n"), "|\n|x\n");
  EXPECT_EQ(read("a\nb c \n"), "a\nb c \n");
  EXPECT_EQ(read(""), "");
  EXPECT_EQ(read("a,b,\r\n1,2,"), "a|b|\n1|2|\n");
}

TEST(Csv, KeepsWhatStandsInQuotes) {
  EXPECT_EQ(read("a,\"b,c\"\nd,\"e \"\"f\"\"\"\n"), "a|b,c\nd|e \"f\"\n");
  EXPECT_EQ(read("\"a\r\nb\",c\nd,e\n"), "a\r\nb|c\nd|e\n");
  EXPECT_EQ(read("\"\",\"\"\n"), "|\n");
  EXPECT_EQ(read("\"a\""), "a\n");
}

TEST(Csv, SkipsAByteOrderMark) { EXPECT_EQ(read("\xef\xbb\xbfname,x\n1,2\n"), "name|x\n1|2\n"); }

TEST(Csv, ReportsEveryFaultAndGoesOnWithTheNextLine) {
  EXPECT_EQ(read("name,mail\n"
                 "an\"a,x\n"
                 "\"ben\" ,x\n"
                 "\n"
                 "one\n"
                 "one,two,three\n"
                 "good,line\n"),
            "name|mail\n"
            "good|line\n"
            "t.csv:2:3: error: a quote inside of a field without quotes\n"
            "an\"a,x\n"
            "  ^ put the whole field in quotes and write this one twice\n"
            "t.csv:3:6: error: something stands behind a closing quote\n"
            "\"ben\" ,x\n"
            "     ^ a quote inside of a field is written twice: \"\"\n"
            "t.csv:4:1: error: an empty line is no record\n"
            "t.csv:5:1: error: 1 field where the first line has 2\n"
            "one\n"
            "^\n"
            "t.csv:6:1: error: 3 fields where the first line has 2\n"
            "one,two,three\n"
            "^ a field with ',' in it stands in quotes\n");
}

TEST(Csv, NamesTheQuoteThatIsNeverClosed) {
  EXPECT_EQ(read("a,b\nc,\"d\ne,f\n"),
            "a|b\n"
            "t.csv:2:3: error: this quote is never closed\n"
            "c,\"d\n"
            "  ^\n");
}

TEST(Csv, RefusesControlBytesLoneCarriageReturnsAndWhatIsNoUtf8) {
  EXPECT_NE(read("a\rb\n").find("t.csv:1:2: error: a carriage return alone"), std::string::npos);
  EXPECT_NE(read("\"a\rb\"\n").find("t.csv:1:3: error: a control byte"), std::string::npos);
  EXPECT_NE(read(std::string("a\0b\n", 4)).find("t.csv:1:2: error: a control byte"),
            std::string::npos);
  EXPECT_NE(read("a\nb\xff\n").find("t.csv:2:2: error: a byte that is no UTF-8"),
            std::string::npos);
}

TEST(Csv, HasLimits) {
  EXPECT_EQ(read("a\nb\n", {.text = 3}), "t.csv: error: a file of more than 3 B\n");
  EXPECT_NE(read("a\nb\nc\n", {.records = 2}).find("t.csv:3:1: error: more than 2 records"),
            std::string::npos);
  EXPECT_NE(read("a,b,c\n", {.fields = 2}).find("t.csv:1:5: error: more than 2 fields"),
            std::string::npos);
  EXPECT_NE(read("abcd\n", {.field = 3}).find("a field of more than 3 B"), std::string::npos);
  EXPECT_NE(read("\"abcd\"\n", {.field = 3}).find("a field of more than 3 B"), std::string::npos);
  const std::string many = read("a,b\n" + std::string(500, '\n'), {.faults = 3});
  EXPECT_NE(many.find("t.csv: error: there is more that is wrong"), std::string::npos);
  EXPECT_EQ(many.find("t.csv:5:1"), std::string::npos);
}

TEST(Csv, GivesEachPartOfAListItsPlace) {
  Diagnostics found;
  Reader reader(std::make_shared<const Source>(Source{"t.csv", "x,\"a; b;;\",\"c\"\";d\"\n"}),
                found);
  Record record;
  ASSERT_TRUE(reader.next(record));
  const auto parts = split_list(record.fields[1], ';');
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(*parts[0], "a");
  EXPECT_EQ(parts[0].place.column, 4u);
  EXPECT_EQ(*parts[1], "b");
  EXPECT_EQ(parts[1].place.column, 7u);
  // With doubled quotes in it only the field has one.
  const auto others = split_list(record.fields[2], ';');
  ASSERT_EQ(others.size(), 2u);
  EXPECT_EQ(*others[1], "d");
  EXPECT_EQ(others[1].place.column, 12u);
  EXPECT_TRUE(split_list(Field{.text = " ; "}, ';').empty());
}

}  // namespace
}  // namespace sallyport::csv
