#include "discovery/logs/record_fields.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <set>

#include "base/core/text.h"
#include "discovery/events/encode.h"
#include "discovery/events/samples_for_tests.h"

namespace sallyport::discovery {
namespace {

std::string told(std::string_view record) {
  std::string out;
  for_each_field(record, [&](std::string_view name, std::string_view value) {
    out += std::string(name) + "=" + std::string(value) + "\n";
  });
  return out;
}

TEST(RecordFields, NamesWhatLiesDeeperByDots) {
  EXPECT_EQ(told(R"({"a":"x\ny","b":{"c":1,"d":{"e":true}},"f":18446744073709551615})"),
            "a=x\ny\nb.c=1\nb.d.e=true\nf=18446744073709551615\n");
}

TEST(RecordFields, JoinsListsOfTextsAndPassesOverListsOfObjects) {
  EXPECT_EQ(told(R"({"tags":["a","b,c","50%"],"activities":[{"type":"x"}],"none":[]})"),
            "tags=a,b%2Cc,50%25\nnone=\n");
}

TEST(RecordFields, KnowsAllThatARealRecordHas) {
  for (const Event& event : {samples::allowed(1), samples::blocked(2)}) {
    std::string record;
    append_json(record, event);
    for_each_field(record, [](std::string_view name, std::string_view) {
      EXPECT_TRUE(is_record_field(name)) << name << " is missing in record_fields.cc";
    });
  }
}

// Every "name" that encode.cc gives to a member, so that who adds one is told of the list.
std::set<std::string, std::less<>> names_in_encode() {
  const std::string source = samples::read_text(SALLYPORT_SOURCE_DIR "/discovery/events/encode.cc");
  std::set<std::string, std::less<>> names;
  for (const std::string_view call : {"put(json, \"", "key(\"", "text(json, \"", "texts(json, \"",
                                      "address(json, \"", "websocket_side(json, \""}) {
    for (std::size_t at = source.find(call); at != std::string::npos;
         at = source.find(call, at + 1)) {
      const std::size_t from = at + call.size();
      names.insert(source.substr(from, source.find('"', from) - from));
    }
  }
  const auto insert_parts = [&](std::string_view fact) {
    for (const std::string_view part : split(fact, '.')) names.emplace(part);
  };
  for (const policy::DetailText& one : policy::detail_texts()) insert_parts(one.fact);
  for (const policy::DetailList& one : policy::detail_lists()) insert_parts(one.fact);
  for (const std::string_view trait : policy::seen_trait_words()) names.emplace(trait);
  return names;
}

TEST(RecordFields, FollowTheEncoder) {
  const auto names = names_in_encode();
  ASSERT_TRUE(names.contains("user_agent"));
  std::set<std::string, std::less<>> parts{"activities", "grant", "granted", "matched",
                                           "rehearsed"};
  for (const std::string_view field : record_fields()) {
    for (const std::string_view part : split(field, '.')) {
      parts.emplace(part);
      EXPECT_TRUE(names.contains(part)) << field << " is nothing that encode.cc writes";
    }
  }
  for (const std::string& name : names) {
    EXPECT_TRUE(parts.contains(name)) << name << " is missing in record_fields.cc";
  }
}

}  // namespace
}  // namespace sallyport::discovery
