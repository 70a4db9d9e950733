// Any bytes: parse() returns, and what it says can be rendered; a reader takes apart whatever came
// out.

#include <memory>

#include "base/core/check.h"
#include "base/yaml/reader.h"

using namespace sallyport;

namespace {

void check_places(const yaml::Node& node) {
  CHECK(node.place.length >= 1);
  for (const auto& item : node.items) check_places(item);
  for (const auto& [key, value] : node.entries) {
    CHECK(key.place.line >= 1 && key.place.column >= 1);
    check_places(value);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto parsed =
      yaml::parse(std::make_shared<const Source>(Source{"fuzz", std::string(text)}));
  if (!parsed) {
    CHECK(!render(parsed.error()).empty());
    return 0;
  }
  check_places(*parsed);
  Diagnostics diagnostics;
  yaml::MapReader reader(*parsed, diagnostics, "fuzz");
  reader.text("a");
  reader.integer("b", 0, 0, 10);
  reader.duration("c", {});
  reader.bytes("d", 0);
  reader.texts("e");
  reader.finish();
  render(diagnostics);
  return 0;
}
