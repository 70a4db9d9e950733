// Any text as a form: what is read is UTF-8 and within the limits, and encoded again reads the
// same.

#include <cstdint>

#include "base/core/check.h"
#include "base/core/utf8.h"
#include "proxy/portal/form.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  using namespace sallyport::portal;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto form = FormFields::parse(text)) {
    CHECK(form->size() <= FormFields::kMostFields);
    for (const std::string_view name : {"ticket", "reason", "code", "answer", "a"}) {
      CHECK(find_not_utf8(form->get(name)) == std::string_view::npos);
    }
  }
  if (size <= 1024 && find_not_utf8(text) == std::string_view::npos) {
    const auto again = FormFields::parse("a=" + url_encode(text));
    CHECK(again && again->get("a") == text);
  }
  return 0;
}
