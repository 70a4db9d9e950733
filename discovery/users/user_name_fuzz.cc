// Whatever the bytes: a name that is taken has one spelling, which is taken again as it is, and can
// stand in a record, in an htpasswd line and in a list.

#include <cstdlib>
#include <string>

#include "base/core/text.h"
#include "base/core/utf8.h"
#include "discovery/users/user_name.h"

using namespace sallyport;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  const auto name = discovery::normal_user_name(text);
  if (!name) return 0;
  if (name->size() != text.size() || discovery::normal_user_name(*name) != *name) std::abort();
  if (lower(text) != *name || printable(*name) != *name) std::abort();
  if (name->find_first_of(std::string(":\r\n\0", 4)) != std::string::npos) std::abort();
  if (find_not_utf8(*name) != std::string::npos) std::abort();
  const auto domain = discovery::domain_of_user_name(*name);
  if (domain.size() + 2 > name->size() && !domain.empty()) std::abort();
  return 0;
}
