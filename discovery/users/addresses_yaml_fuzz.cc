// Whatever the bytes of addresses.yaml: it is read or refused with diagnostics that have a place in
// it; of what is read each entry is somebody's, nothing stands twice, and an address is the user of
// the longest prefix around it.

#include <algorithm>

#include "base/core/check.h"
#include "discovery/users/user_directory.h"
#include "discovery/users/user_name.h"

using namespace sallyport;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  const auto lines = 2 + std::ranges::count(text, '\n') + std::ranges::count(text, '\r');
  Diagnostics warnings;
  const auto users = discovery::parse_users(
      std::make_shared<const Source>(
          Source{"users.yaml", "users: [{name: ana, upn: ana@corp.example}, {name: kiosk}]"}),
      std::make_shared<const Source>(Source{"addresses.yaml", text}), warnings);
  if (!users) {
    CHECK(users.error().has_errors() && !render(users.error()).empty());
    for (const Diagnostic& one : users.error().sorted()) CHECK(one.place.line <= lines);
    return 0;
  }
  (void)render(warnings);
  const auto entries = (*users)->addresses();
  for (const auto& entry : entries) {
    CHECK(discovery::normal_user_name(entry.user) == entry.user);
    CHECK((*users)->canonical(entry.user) == entry.user);
    CHECK(std::ranges::count(entries, entry.prefix, &discovery::Users::AddressUser::prefix) == 1);
    const auto* longest = &entry;
    for (const auto& other : entries) {
      if (other.prefix.contains(entry.prefix.address) &&
          other.prefix.length > longest->prefix.length) {
        longest = &other;
      }
    }
    CHECK((*users)->user_of(entry.prefix.address) == longest->user);
  }
  return 0;
}
