#include "discovery/store/name_match.h"

#include <algorithm>

#include "base/core/text.h"

namespace sallyport::discovery {

namespace {

constexpr std::string_view kErased = "(erased)";

bool is_of_name(char c) {
  return is_alpha(c) || is_digit(c) || c == '_' || c == '-' || c == '@' || c == '\\' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// A full stop belongs to a name where the name goes on behind it.
bool ends_name(std::string_view behind) {
  while (!behind.empty() && behind.front() == '.') behind.remove_prefix(1);
  return behind.empty() || !is_of_name(behind.front());
}

bool begins_name(std::string_view before) {
  while (!before.empty() && before.back() == '.') before.remove_suffix(1);
  return before.empty() || !is_of_name(before.back());
}

}  // namespace

NameMatch::NameMatch(std::vector<std::string> names) {
  for (const std::string& name : names) {
    if (!name.empty()) names_.push_back(lower(name));
  }
  std::ranges::sort(names_, [](const std::string& a, const std::string& b) {
    return a.size() != b.size() ? a.size() > b.size() : a < b;
  });
  names_.erase(std::unique(names_.begin(), names_.end()), names_.end());
}

bool NameMatch::is(std::string_view text) const {
  return std::ranges::any_of(names_, [&](const std::string& one) { return iequals(one, text); });
}

NameMatch::Place NameMatch::find(std::string_view text, std::size_t from) const {
  Place first;
  for (const std::string& name : names_) {
    auto at = text.begin() + static_cast<std::ptrdiff_t>(from);
    while (true) {
      at = std::search(at, text.end(), name.begin(), name.end(),
                       [](char a, char b) { return to_lower(a) == b; });
      if (at == text.end()) break;
      const auto place = static_cast<std::size_t>(at - text.begin());
      if (place >= first.at) break;
      if (begins_name(text.substr(0, place)) && ends_name(text.substr(place + name.size()))) {
        first = {place, name.size()};
        break;
      }
      ++at;
    }
  }
  return first;
}

bool NameMatch::in(std::string_view text) const { return find(text, 0).size > 0; }

bool NameMatch::blank_out(std::string& text) const {
  bool any = false;
  for (Place place = find(text, 0); place.size > 0; place = find(text, place.at + kErased.size())) {
    text.replace(place.at, place.size, kErased);
    any = true;
  }
  return any;
}

}  // namespace sallyport::discovery
