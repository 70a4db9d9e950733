#pragma once
// What the pages say, per kind of page. Kept apart from how they look.

#include <string>
#include <string_view>

#include "proxy/local/page.h"
#include "proxy/local/page_template.h"
#include "proxy/local/words.h"

namespace sallyport::local {

struct PageWords {
  Tone tone = Tone::info;
  std::string label;      // "Blocked by policy": the kind in a few words, the same each time
  std::string heading;    // "Access to Mega was blocked"
  std::string lead;       // What happened, where the facts bring no words of an author
  std::string next;       // What the person can do, may be empty
};

PageWords page_words(const Language& language, PageKind kind, const PageFacts& facts, int status);
// What programs are told in.
const Language& english();
// What a page is said in.
const Language& language_of(const PageFacts& facts);
// What stands in `language` for the names in the facts.
Names names_of(const PageFacts& facts);

// "blocked", "origin_untrusted", ...: the enumerator.
std::string_view to_string(PageKind kind);

}  // namespace sallyport::local
