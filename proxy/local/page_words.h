#pragma once
// What the pages say, in English, per kind of page. Kept apart from how they look.

#include <string>
#include <string_view>

#include "proxy/local/page.h"
#include "proxy/local/page_template.h"

namespace sallyport::local {

struct PageWords {
  Tone tone = Tone::info;
  std::string label;      // "Blocked by policy": the kind in a few words, the same each time
  std::string heading;    // "Access to Mega was blocked"
  std::string_view lead;  // What happened, where the facts bring no words of an author
  std::string_view next;  // What the person can do, may be empty
};

PageWords page_words(PageKind kind, const PageFacts& facts, int status);

// "blocked", "origin_untrusted", ...: the enumerator.
std::string_view to_string(PageKind kind);

}  // namespace sallyport::local
