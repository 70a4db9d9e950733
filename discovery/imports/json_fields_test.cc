#include "discovery/imports/json_fields.h"

#include <gtest/gtest.h>

namespace sallyport::discovery::imports {
namespace {

constexpr NamedRole kTable[] = {{"flow.client", Role::client}, {"host", Role::host}};
constexpr std::string_view kExtra[] = {"kind"};

TEST(JsonFields, ReadsMembersByTheirDottedNames) {
  JsonFields json;
  Fields fields;
  fields.clear();
  ASSERT_TRUE(json.read(R"({"flow":{"client":"192.0.2.1"},"host":["a.example","b"],"kind":7})",
                        kTable, kExtra, fields));
  EXPECT_EQ(fields.get(Role::client), "192.0.2.1");
  EXPECT_EQ(fields.get(Role::host), "a.example");
  EXPECT_EQ(json.extra(0), "7");
}

// Found by lines_fuzz: the text of the first one was gone.
TEST(JsonFields, OfMembersWithOneNameTheFirstCounts) {
  const std::string longer(500, 'x');
  JsonFields json;
  Fields fields;
  fields.clear();
  ASSERT_TRUE(json.read(R"({"host":"a.example","host":")" + longer +
                            R"(","flow":{"client":"192.0.2.1"},)" + R"("flow":{"client":")" +
                            longer + R"("}})",
                        kTable, kExtra, fields));
  EXPECT_EQ(fields.get(Role::host), "a.example");
  EXPECT_EQ(fields.get(Role::client), "192.0.2.1");
}

TEST(JsonFields, RefusesWhatIsNoObject) {
  JsonFields json;
  Fields fields;
  fields.clear();
  for (const char* line :
       {"", "[]", "{\"host\":", "{\"host\":\"a\"} x", "{\"host\":\"a\",\"host\":"}) {
    EXPECT_FALSE(json.read(line, kTable, kExtra, fields)) << line;
  }
}

}  // namespace
}  // namespace sallyport::discovery::imports
