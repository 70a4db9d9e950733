#pragma once
// An explanation for people: what it came to; the facts; then each question with its policies in
// the order written, one line for each that did not count and every condition of the one that did.

#include <map>
#include <string>

#include "policy/explain/explanation.h"

namespace sallyport::policy {

struct TextOptions {
  bool all = false;  // every policy in full, and every fact
  std::string only;  // the id of one policy, which is shown in full, and no other; "": all
  // Where facts come from, by attribute: "given", "derived". "": not said.
  std::map<std::string, std::string, std::less<>> sources;
};

std::string render_text(const Explanation& explanation, const TextOptions& options = {});

}  // namespace sallyport::policy
