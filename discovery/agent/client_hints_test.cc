#include "discovery/agent/client_hints.h"

#include <gtest/gtest.h>

namespace sallyport::discovery {
namespace {

std::string brands(const AgentClaims& claims) {
  std::string out;
  for (const Brand& brand : parse_client_hints(claims).brands) {
    out += (out.empty() ? "" : ", ") + brand.name + " " + brand.version;
  }
  return out;
}

TEST(ClientHints, LeaveGreaseOut) {
  for (const char* grease :
       {"Not_A Brand", "Not)A;Brand", " Not A;Brand", "Not;A=Brand", "Not/A)Brand", "(Not(A:Brand",
        "Not?A_Brand", "Not.A/Brand", "Not:A-Brand", "Not A(Brand", "\\Not\"A;Brand"}) {
    EXPECT_TRUE(is_grease(grease)) << grease;
  }
  EXPECT_FALSE(is_grease("Google Chrome"));
  EXPECT_FALSE(is_grease("Notable Brand"));
  EXPECT_EQ(brands({.brands = R"("Not A;Brand";v="99", "Chromium";v="98")"}), "Chromium 98");
}

TEST(ClientHints, PreferFullVersionsWhereTheyAreWellFormed) {
  constexpr std::string_view kShort = R"("Chromium";v="131", "Microsoft Edge";v="131")";
  EXPECT_EQ(brands({.brands = kShort, .full_versions = R"("Microsoft Edge";v="131.0.2903.70")"}),
            "Microsoft Edge 131.0.2903.70");
  EXPECT_EQ(brands({.brands = kShort, .full_versions = R"("Microsoft Edge";v="131.)"}),
            "Chromium 131, Microsoft Edge 131");
}

TEST(ClientHints, KeepVersionsThatAreVersionsOnly) {
  EXPECT_EQ(
      brands({.brands = R"("A";v="1.2.3", "B";v="<b>", "C";v=12, "D", "E";v=")" + std::string()}),
      "");  // not well-formed at its end
  EXPECT_EQ(brands({.brands = R"("A";v="1.2.3", "B";v="<b>", "C";v=12, "D", tok;v="1", "")"}),
            "A 1.2.3, B , C , D ");
  const auto hints = parse_client_hints({.platform_version = R"("15.0.0")"});
  EXPECT_EQ(hints.platform_version, "15.0.0");
  EXPECT_EQ(parse_client_hints({.platform_version = R"("fifteen")"}).platform_version, "");
}

TEST(ClientHints, TakeEachHintByItself) {
  const auto hints = parse_client_hints(
      {.brands = "broken", .mobile = "?1", .platform = R"("Android")", .model = R"("Pixel 9")"});
  EXPECT_TRUE(hints.brands.empty());
  EXPECT_EQ(hints.mobile, true);
  EXPECT_EQ(hints.platform, "Android");
  EXPECT_EQ(hints.model, "Pixel 9");
  EXPECT_EQ(parse_client_hints({.mobile = "1"}).mobile, std::nullopt);
  EXPECT_EQ(parse_client_hints({.platform = "Android"}).platform, "");
}

}  // namespace
}  // namespace sallyport::discovery
