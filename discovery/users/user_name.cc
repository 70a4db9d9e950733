#include "discovery/users/user_name.h"

#include <algorithm>

#include "base/core/text.h"
#include "base/core/utf8.h"

namespace sallyport::discovery {
namespace {

// Whether every character may stand in a name that is shown, compared and written into records.
bool is_showable(std::string_view text) {
  while (!text.empty()) {
    const Utf8Char next = decode_utf8(text);
    if (next.code == kNotUtf8 || next.code == ':' || is_steering(next.code)) return false;
    text.remove_prefix(next.size);
  }
  return true;
}

// Whether something stands on both sides of the separator, without a blank beside it.
bool parts_well(std::string_view text, std::size_t at) {
  const std::string_view left = text.substr(0, at);
  const std::string_view right = text.substr(at + 1);
  return !left.empty() && !right.empty() && trim(left) == left && trim(right) == right;
}

}  // namespace

std::optional<std::string> normal_user_name(std::string_view text) {
  if (text.empty() || text.size() > kMaxUserName || trim(text) != text) return std::nullopt;
  if (!is_showable(text)) return std::nullopt;
  const std::size_t slash = text.find('\\');
  if (slash != text.npos && (text.rfind('\\') != slash || !parts_well(text, slash))) {
    return std::nullopt;
  }
  const std::size_t at = text.rfind('@');
  if (at != text.npos && !parts_well(text, at)) return std::nullopt;
  return lower(text);
}

std::string_view domain_of_user_name(std::string_view name) {
  if (const std::size_t slash = name.find('\\'); slash != name.npos) return name.substr(0, slash);
  const std::size_t at = name.rfind('@');
  return at == name.npos ? std::string_view() : name.substr(at + 1);
}

}  // namespace sallyport::discovery
