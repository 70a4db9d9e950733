#include "discovery/events/seen_text.h"

namespace sallyport::discovery {

std::string seen_traits_text(std::uint8_t set) {
  std::string text;
  for (const std::string& trait : policy::seen_trait_texts(set)) {
    text += (text.empty() ? "" : ", ") + trait;
  }
  return text;
}

std::string seen_text(const policy::SeenFacts& facts) {
  std::string text;
  if (facts.first() != 0) text = "never seen before: " + seen_traits_text(facts.first());
  if (facts.uncommon != 0) {
    text += (text.empty() ? "uncommon: " : "; uncommon: ") + seen_traits_text(facts.uncommon);
  }
  return text;
}

}  // namespace sallyport::discovery
