#include "policy/schema/schema.h"

#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

#include "base/json/cursor.h"
#include "policy/compile/compile.h"
#include "policy/model/policy_keys.h"
#include "policy/schema/asked.h"
#include "policy/schema/case_schema.h"
#include "policy/schema/reference.h"

namespace sallyport::policy {
namespace {

std::string read(const std::string& file) {
  std::ifstream in(std::string(SALLYPORT_SOURCE_DIR) + "/" + file);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

Diagnostics faults_of(const std::string& text) {
  Diagnostics warnings;
  auto program = compile({std::make_shared<const Source>(Source{"x.yaml", text})}, warnings);
  return program ? Diagnostics() : std::move(program.error());
}

TEST(PolicyReference, IsThePageThatTheTablesMake) {
  EXPECT_EQ(read("conf/policies/reference.md"), reference_page())
      << "run: sallyport schema --reference > conf/policies/reference.md";
}

TEST(PolicySchema, IsJsonForEachKindOfFiles) {
  for (const std::string& text : {policy_schema(), template_schema(), case_schema()}) {
    JsonCursor cursor(text);
    EXPECT_TRUE(cursor.skip() && cursor.at_end());
  }
}

TEST(PolicySchema, KnowsWhatEachKindMayAskAsTheCompilerDoes) {
  for (const Kind kind : kAllKinds) {
    for (const Attribute& one : attribute_table()) {
      std::string policy = "- name: x\n  kind: " + std::string(to_string(kind)) + "\n  when: { " +
                           std::string(one.name) + ": is set }\n";
      policy += kind == Kind::activity || kind == Kind::app_discovery ? "  alerts_per_day: 1\n"
                : kind == Kind::detection                             ? "  detect: { what: each }\n"
                                                                      : "  then: block\n";
      if (kind == Kind::app_discovery) policy += "  per_day: { users: \"> 1\" }\n";
      EXPECT_EQ(may_ask(kind, one), !faults_of(policy).has_errors())
          << policy << render(faults_of(policy));
    }
  }
}

// Each key is known to the parser, and the parser knows no other.
TEST(PolicySchema, HasEveryKeyOfAPolicy) {
  for (const PolicyKey& key : policy_keys()) {
    const std::string text = render(faults_of("- " + std::string(key.name) + ": [[x]]\n"));
    EXPECT_EQ(text.find("unknown key"), text.npos) << text;
  }
  const std::string parser = read("policy/compile/parse.cc");
  for (std::size_t at = parser.find("policy.id = text(\"id\")");
       at < parser.find("map_.finish()");) {
    at = parser.find("(\"", at);
    const std::size_t end = parser.find('"', at + 2);
    const std::string key = parser.substr(at + 2, end - at - 2);
    EXPECT_LT(key_order(key), policy_keys().size()) << key;
    at = end;
    if (key == "per_day") break;
  }
}

}  // namespace
}  // namespace sallyport::policy
