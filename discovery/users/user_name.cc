#include "discovery/users/user_name.h"

#include <algorithm>

#include "base/core/text.h"

namespace sallyport::discovery {

std::optional<std::string> normal_user_name(std::string_view text) {
  if (text.empty() || text.size() > kMaxUserName || trim(text) != text) return std::nullopt;
  const bool printable = std::all_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f && c != ':';
  });
  if (!printable) return std::nullopt;
  return lower(text);
}

}  // namespace sallyport::discovery
