// Whatever the bytes: what is taken for a pseudonym is made again of the name that it stands for,
// every name has one, and mail addresses in a text are hidden once and for all.

#include <cstdlib>
#include <string>

#include "base/core/text.h"
#include "discovery/users/name_cipher.h"
#include "discovery/users/user_name.h"

using namespace sallyport;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
  static const discovery::NameCipher cipher(std::string(discovery::NameCipher::kKeySize, 'k'));
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  if (const auto name = cipher.reveal(text)) {
    if (cipher.hide(*name) != lower(text)) std::abort();
  }
  const std::string hidden = cipher.hide(text);
  if (hidden.empty() != text.empty() || hidden.size() > discovery::kMaxUserName) std::abort();
  if (!text.empty() && (!discovery::is_pseudonym(hidden) || cipher.asked(hidden) != hidden)) {
    std::abort();
  }
  if (const auto name = cipher.reveal(hidden); name && *name != lower(text)) std::abort();
  if (const auto replaced = hide_mail_addresses(cipher, text)) {
    if (*replaced == text) std::abort();
  }
  return 0;
}
