// Client hints are text of strangers: no bytes may crash the readers, and what they yield must be
// fit to be recorded.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/core/check.h"
#include "discovery/agent/client_hints.h"
#include "discovery/agent/structured_field.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport::discovery;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto list = parse_field_list(text);
  if (const auto item = parse_field_item(text)) {
    // What is an item is a list of one.
    CHECK(list && list->size() == 1);
    CHECK(list->front().value == item->value);
  }
  if (list) {
    CHECK(list->size() <= 32);
    for (const FieldItem& item : *list) CHECK(item.parameters.size() <= 16);
  }
  const AgentClaims claims{.user_agent = "x",
                           .brands = text,
                           .full_versions = text,
                           .mobile = text,
                           .platform = text,
                           .platform_version = text,
                           .model = text};
  const ClientHints hints = parse_client_hints(claims);
  for (const Brand& brand : hints.brands) {
    CHECK(!brand.name.empty() && brand.name.size() <= 64 && !is_grease(brand.name));
    CHECK(brand.version.find_first_not_of("0123456789.") == std::string::npos);
  }
  CHECK(hints.platform_version.find_first_not_of("0123456789.") == std::string::npos);
  return 0;
}
