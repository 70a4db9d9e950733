// Any bytes as a file of own tenants; whatever is read of it answers for any instance, and what is
// no pattern is known by its own name.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/core/check.h"
#include "discovery/accounts/own_tenants.h"

namespace {

using namespace sallyport;
using namespace sallyport::discovery;

const Catalog& catalog() {
  static const std::shared_ptr<const Catalog> made = [] {
    Diagnostics warnings;
    auto read = parse_catalog(
        {std::make_shared<const Source>(
            Source{"box/app.yaml",
                   "id: box\nname: Box\nvendor: Box\ncategory: cloud_storage\ndomains: [box.com]\n"
                   "sources: [{kind: common_knowledge, date: 2026-11-26}]\n"})},
        warnings);
    CHECK(read.has_value());
    return *read;
  }();
  return *made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto made = parse_own_tenants(std::make_shared<const Source>(Source{"x", text}), catalog());
  if (!made) {
    CHECK(made.error().has_errors());
    (void)render(made.error());
    return 0;
  }
  CHECK((*made)->names() <= OwnTenants::kMostNames);
  for (const std::string_view app : {"", "box"}) {
    const auto kind = (*made)->of_tenant(app, text, "a.box.com");
    if (!text.empty())
      CHECK(!kind || !(*made)->is_elsewhere(app, text) || (*made)->of_tenant(app, "", "a.box.com"));
    (void)(*made)->of_account(app, text);
  }
  return 0;
}
