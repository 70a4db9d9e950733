#include "policy/schema/asked.h"

#include <algorithm>
#include <fmt/format.h>

namespace sallyport::policy {

bool may_ask(Kind kind, const Attribute& attribute) {
  if (attribute.subject == Subject::certificate) return kind == Kind::tls;
  if (attribute.subject == Subject::aftermath) return kind == Kind::detection;
  switch (kind) {
    case Kind::access:
      return attribute.subject != Subject::activity;
    case Kind::tls:
      return attribute.subject != Subject::activity && attribute.from == Point::connect;
    case Kind::app_discovery:
      return attribute.subject == Subject::app;
    case Kind::session:
    case Kind::activity:
    case Kind::detection:
      return true;
  }
  return false;
}

std::vector<WordList> word_lists() {
  std::vector<WordList> lists;
  for (const Attribute& attribute : attribute_table()) {
    if (!attribute.allowed) continue;
    const auto words = attribute.allowed();
    const auto known = std::find_if(lists.begin(), lists.end(), [&](const WordList& one) {
      return one.words.data() == words.data();
    });
    if (known != lists.end()) {
      known->attributes.push_back(&attribute);
      continue;
    }
    const bool open = attribute.type == Type::text || attribute.type == Type::texts;
    lists.push_back({{}, {&attribute}, words, open});
  }
  for (WordList& list : lists) {
    for (const Attribute* one : list.attributes) {
      list.title += fmt::format("{}`{}`", list.title.empty() ? "" : ", ", one->name);
    }
  }
  return lists;
}

}  // namespace sallyport::policy
