// Any bytes as a list of names, and as a file's name: plain words are words already, and what is
// found is a tag of the list.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/core/check.h"
#include "discovery/names/name_tags.h"
#include "discovery/names/plain_words.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  using namespace sallyport::discovery;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::string words = plain_words(text, InnerCapitals::stay);
  CHECK(plain_words(words, InnerCapitals::part) == words);
  CHECK(words.find("  ") == words.npos);
  const auto made = parse_name_tags(std::make_shared<const Source>(Source{"x", text}));
  if (!made) {
    CHECK(made.error().has_errors());
    (void)render(made.error());
    return 0;
  }
  CHECK((*made)->phrases() <= NameTags::kMostPhrases);
  const std::vector<std::string> found = (*made)->find(text, "pem");
  CHECK(std::ranges::is_sorted(found));
  for (const std::string& tag : found)
    CHECK(std::ranges::find((*made)->tags(), tag) != (*made)->tags().end());
  return 0;
}
