#pragma once
// The one spelling of a user's name, so that "Ana" and "ana" are one person everywhere.

#include <optional>
#include <string>
#include <string_view>

namespace sallyport::discovery {

constexpr std::size_t kMaxUserName = 255;  // bytes

// ASCII letters in lower case, everything else as it is. Nothing where it is empty, longer than
// kMaxUserName, or holds ':' , a control byte, or a blank at either end.
std::optional<std::string> normal_user_name(std::string_view text);

}  // namespace sallyport::discovery
