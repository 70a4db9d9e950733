#pragma once
// Which policies may ask for what, as the compiler holds it (schema_test.cc compares), and the
// lists of words with their names.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policy/activity/attribute_table.h"
#include "policy/activity/words.h"

namespace sallyport::policy {

inline constexpr Kind kAllKinds[] = {Kind::access, Kind::session, Kind::activity,
                                     Kind::app_discovery, Kind::tls, Kind::detection};

bool may_ask(Kind kind, const Attribute& attribute);

// A closed or open list of words that several attributes share, under one heading.
struct WordList {
  std::string title;                         // "Values of `client.ip.tag`, `host.tag`"
  std::vector<const Attribute*> attributes;  // that take its words, by name
  std::span<const std::string_view> words;
  bool open = false;  // words of one's own are legal too
};
std::vector<WordList> word_lists();

}  // namespace sallyport::policy
