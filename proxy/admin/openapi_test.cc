// What the document says of routes.

#include "proxy/admin/openapi.h"

#include <gtest/gtest.h>

#include "base/json/cursor.h"

namespace sallyport::admin {
namespace {

constexpr RouteFacts kFacts[] = {
    {"GET", "/api/v1/things/{thing}", RouteFacts::Who::viewer, "One thing", "Thing"},
    {"PUT", "/api/v1/things/{thing}", RouteFacts::Who::operator_, "Sets it", "Thing", "text"},
    {"GET", "/api/v1/things", RouteFacts::Who::analyst, "All", "[Thing]"},
};
constexpr NamedSchema kSchemas[] = {{"Problem", "{}"}, {"Thing", R"({"type":"object"})"}};

TEST(OpenApi, SaysOfEachRouteWhatIsKnown) {
  const std::vector<Api::Told> routes = {
      {"GET", "/api/v1/things/{}", {"by"}, &kFacts[0]},
      {"PUT", "/api/v1/things/{}", {}, &kFacts[1]},
      {"GET", "/api/v1/things", {}, &kFacts[2]},
      {"GET", "/api/v1/unlisted", {}, nullptr},
  };
  const std::string text = openapi(routes, kSchemas);
  JsonCursor cursor(text);
  EXPECT_TRUE(cursor.skip() && cursor.at_end()) << text;
  for (const char* part :
       {R"("openapi":"3.1.0")", R"("/api/v1/things/{thing}":{"get":{"summary":"One thing")",
        R"({"name":"thing","in":"path","required":true)",
        R"({"name":"by","in":"query","required":false)", R"("x-role":"viewer")",
        R"("text/plain":{"schema":{"type":"string"}})",
        R"({"type":"array","items":{"$ref":"#/components/schemas/Thing"}})",
        R"("/api/v1/unlisted":{"get":{"summary":"","x-role":"operator")",
        R"("Thing":{"type":"object"}}}})"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
}

}  // namespace
}  // namespace sallyport::admin
