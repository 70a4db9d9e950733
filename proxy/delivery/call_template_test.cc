#include "proxy/delivery/call_template.h"

#include <array>
#include <gtest/gtest.h>

namespace sallyport::delivery {
namespace {

constexpr std::array<TemplateValue, 2> kValues = {
    {{"user", "ana & \"bo\"/..?x=\xc3\xa9"}, {"app", "box"}}};
constexpr std::array<std::string_view, 2> kNames = {"user", "app"};

std::string fault(std::string_view text) {
  std::string written;
  return fault_of_template(text, kNames, written).value_or("") + "|" + written;
}

TEST(CallTemplate, PutsValuesInTheirPlaces) {
  EXPECT_EQ(fill_template("{app}: {user}, {app}{{}}", kValues, TemplateKind::text),
            "box: ana & \"bo\"/..?x=\xc3\xa9, box{}");
  EXPECT_EQ(fill_template("", kValues, TemplateKind::text), "");
  EXPECT_EQ(fill_template("{nobody}", kValues, TemplateKind::text), "");
}

TEST(CallTemplate, AValueAddsNoPartToAUrl) {
  EXPECT_EQ(fill_template("https://a.example/{user}?a={app}", kValues, TemplateKind::url),
            "https://a.example/ana%20%26%20%22bo%22%2F..%3Fx%3D%C3%A9?a=box");
}

TEST(CallTemplate, AValueIsNoTemplate) {
  constexpr std::array<TemplateValue, 2> kSly = {{{"user", "{app}"}, {"app", "box"}}};
  EXPECT_EQ(fill_template("{user}", kSly, TemplateKind::text), "{app}");
}

TEST(CallTemplate, TellsWhatIsWrong) {
  EXPECT_EQ(fault("{user} {{x}} {app}"), "|");
  EXPECT_EQ(fault("{usr}"), "'{usr}' stands for nothing|usr");
  EXPECT_EQ(fault("{user"), "a brace without its other one; '{{' is a brace itself|");
  EXPECT_EQ(fault("user}"), "a brace without its other one; '{{' is a brace itself|");
}

}  // namespace
}  // namespace sallyport::delivery
