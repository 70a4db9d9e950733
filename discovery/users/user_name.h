#pragma once
// The one spelling of a user's name, so that "Ana" and "ana" are one person everywhere.
//
// A name has one of three forms, and is taken as it is written; that two of them are one person is
// for the directory to say (user_directory.h):
//
//   ana                 a plain name
//   CORP\ana            a domain and an account in it
//   ana@corp.example    a user principal name, or a mail address

#include <optional>
#include <string>
#include <string_view>

namespace sallyport::discovery {

constexpr std::size_t kMaxUserName = 255;  // bytes

// ASCII letters in lower case, everything else as it is. Nothing where it is empty, longer than
// kMaxUserName, no UTF-8, or holds ':', a control or steering character (base/core/utf8.h), a blank
// at either end, more than one '\', or a '\' or '@' with nothing on one of its sides.
std::optional<std::string> normal_user_name(std::string_view text);

// The domain in a name: "corp" of "corp\ana", "corp.example" of "ana@corp.example", "" of "ana".
std::string_view domain_of_user_name(std::string_view name);

}  // namespace sallyport::discovery
