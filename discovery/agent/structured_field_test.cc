#include "discovery/agent/structured_field.h"

#include <gtest/gtest.h>

namespace sallyport::discovery {
namespace {

std::string shown(const BareItem& item) {
  switch (item.kind) {
    case BareItem::Kind::string:
      return '"' + item.text + '"';
    case BareItem::Kind::token:
      return item.text;
    case BareItem::Kind::boolean:
      return item.truth ? "yes" : "no";
    case BareItem::Kind::integer:
      return std::to_string(item.integer);
  }
  return "?";
}

std::string shown(const FieldItem& item) {
  std::string text = shown(item.value);
  for (const auto& [name, value] : item.parameters) text += " " + name + "=" + shown(value);
  return text;
}

// The items with ' | ' between them, or "refused".
std::string list(std::string_view text) {
  const auto items = parse_field_list(text);
  if (!items) return "refused";
  std::string out;
  for (const FieldItem& item : *items) out += (out.empty() ? "" : " | ") + shown(item);
  return out;
}

std::string item(std::string_view text) {
  const auto read = parse_field_item(text);
  return read ? shown(*read) : "refused";
}

TEST(StructuredField, ReadsTheListsThatBrowsersSend) {
  EXPECT_EQ(list(R"("Chromium";v="131", "Google Chrome";v="131", "Not_A Brand";v="24")"),
            R"("Chromium" v="131" | "Google Chrome" v="131" | "Not_A Brand" v="24")");
  EXPECT_EQ(list(R"(  "a" ,	"b";x;y=?0;z=tok/en:*,"c"  )"),
            R"("a" | "b" x=yes y=no z=tok/en:* | "c")");
  EXPECT_EQ(list(R"("\\Not\"A;Brand";v="99")"), R"("\Not"A;Brand" v="99")");
  EXPECT_EQ(list(""), "");
  EXPECT_EQ(list("   "), "");
}

TEST(StructuredField, ReadsEachKindOfItem) {
  EXPECT_EQ(item("?1"), "yes");
  EXPECT_EQ(item("?0 "), "no");
  EXPECT_EQ(item("\"Windows\""), "\"Windows\"");
  EXPECT_EQ(item("\"\""), "\"\"");
  EXPECT_EQ(item("*tok"), "*tok");
  EXPECT_EQ(item("-15;a=999999999999999"), "-15 a=999999999999999");
  EXPECT_EQ(item("a;b=1;b=2"), "a b=2");  // section 4.2.3.2: the last one counts
}

TEST(StructuredField, RefusesTheWholeFieldForOneFault) {
  for (const char* text : {"\"open",
                           "\"a\" \"b\"",
                           "\"a\",",
                           ",\"a\"",
                           "\"a\",,\"b\"",
                           "\"a\";",
                           "\"a\";V=1",
                           "\"a\";v=",
                           "?2",
                           "?",
                           "-",
                           "1.5",
                           "1234567890123456",
                           "\"\\n\"",
                           "\"\x01\"",
                           "\"\xc3\xa9\"",
                           "\"a\\",
                           "(a b)",
                           ":YQ==:",
                           "\"a\"x",
                           "a b",
                           "%"}) {
    EXPECT_EQ(list(text), "refused") << text;
    EXPECT_EQ(item(text), "refused") << text;
  }
  EXPECT_EQ(item(""), "refused");
  EXPECT_EQ(item("a, b"), "refused");
}

TEST(StructuredField, HasLimits) {
  std::string many;
  for (int i = 0; i < 32; ++i) many += (i == 0 ? "a" : ",a");
  EXPECT_NE(list(many), "refused");
  EXPECT_EQ(list(many + ",a"), "refused");
  std::string parameters = "a";
  for (int i = 0; i < 16; ++i) parameters += ";p" + std::to_string(i);
  EXPECT_NE(item(parameters), "refused");
  EXPECT_EQ(item(parameters + ";q"), "refused");
  EXPECT_NE(item(std::string(2048, 'a')), "refused");
  EXPECT_EQ(item(std::string(2049, 'a')), "refused");
}

}  // namespace
}  // namespace sallyport::discovery
