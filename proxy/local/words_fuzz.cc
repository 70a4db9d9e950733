// Any text as a file of a language and as Accept-Language: one is chosen, nothing is read past a
// limit, and a text that is said holds what was filled in as it was.

#include <cstdint>

#include "base/core/check.h"
#include "proxy/local/words.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  using namespace sallyport::local;
  const std::string text(reinterpret_cast<const char*>(data), size);
  static const Languages languages;
  CHECK(languages.choose(text).tag() == "en");

  Diagnostics warnings;
  const auto source = std::make_shared<const Source>(Source{"xx.yaml", text});
  if (const Checked<Language> language = Languages::read("xx", source, warnings)) {
    Names names;
    names.app = "{app}";
    for (std::size_t i = 0; i < kWordCount; ++i) {
      CHECK(language->say(Word(i), names).size() <= 20 * Language::kLongestText);
    }
  }
  return 0;
}
