// Whatever the bytes of a users file, as CSV or as YAML: it is read or refused with diagnostics;
// what is read keeps its promises: no name is two people's, and each finds its own person.

#include <cstdlib>
#include <string>

#include "discovery/users/user_directory.h"
#include "discovery/users/user_name.h"

using namespace sallyport;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  for (const char* name : {"users.csv", "users.yaml"}) {
    Diagnostics warnings;
    const auto users = discovery::parse_users(
        std::make_shared<const Source>(Source{name, text}),
        std::make_shared<const Source>(Source{"addresses.yaml", "- {address: 192.0.2.7, user: A}"}),
        warnings);
    if (!users) {
      if (render(users.error()).empty()) std::abort();
      continue;
    }
    for (const auto& person : (*users)->people()) {
      if (discovery::normal_user_name(person.name) != person.name) std::abort();
      for (const auto& one : person.names) {
        if ((*users)->find(one) != &person) std::abort();
      }
    }
    if ((*users)->user_of(*IpAddress::parse("192.0.2.7")) != (*users)->canonical("a")) std::abort();
  }
  return 0;
}
