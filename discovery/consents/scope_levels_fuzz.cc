// Any bytes as a table of scopes, and as a scope: what is found is a level, and the highest of one
// scope is its own.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/core/check.h"
#include "discovery/consents/scope_levels.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  using namespace sallyport::discovery;
  const std::string text(reinterpret_cast<const char*>(data), size);
  static const Catalog kNoApps;
  const auto made = parse_scope_levels(std::make_shared<const Source>(Source{"x", text}), kNoApps);
  if (!made) {
    CHECK(made.error().has_errors());
    (void)render(made.error());
    return 0;
  }
  CHECK((*made)->size() <= ScopeLevels::kMostScopes);
  const auto known = (*made)->find("box", text);
  const auto highest = (*made)->highest("box", std::vector<std::string>{text});
  CHECK(known.has_value() == highest.has_value());
  if (known) CHECK(known->level == *highest);
  return 0;
}
