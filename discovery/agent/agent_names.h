#pragma once
// From the names that uap-core and client hints use to the words of policies.

#include <cstdint>
#include <string>
#include <string_view>

namespace sallyport::discovery {

enum class ProgramKind : std::uint8_t { browser, native, robot };

struct ProgramName {
  std::string word;  // "chrome"
  ProgramKind kind = ProgramKind::native;
  bool known = false;  // False: not in our table; the word is made from the name.
};

ProgramName program_of_family(std::string_view family);  // of uap-core: "Chrome Mobile"
ProgramName program_of_brand(std::string_view brand);    // of client hints: "Google Chrome"

// Of a system's name, as uap-core and client hints write it: "macos" for "Mac OS X", "" for "" and
// "Other". Linux distributions are linux.
std::string os_of(std::string_view name);

// "python_requests" of "Python Requests": letters and digits in lower case, '_' between them; at
// most 40 bytes, whatever the text.
std::string to_word(std::string_view text);

}  // namespace sallyport::discovery
