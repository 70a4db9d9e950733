// Whatever the bytes of a directory's export, as LDIF, JSON or CSV: it is read or refused with
// diagnostics, and what is made of it is a users file that the gateway takes.

#include <cstdio>
#include <cstdlib>
#include <string>

#include "discovery/directory/people.h"
#include "discovery/users/user_directory.h"

using namespace sallyport;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
  if (size == 0) return 0;
  static constexpr const char* kNames[] = {"a.ldif", "a.json", "a.csv"};
  const std::string text(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  const auto source = std::make_shared<const Source>(Source{kNames[bytes[0] % 3], text});
  Diagnostics found;
  const auto entries = discovery::directory::read_file(
      source, found, {.text = 1 << 20, .entries = 1000, .values = 200, .value = 4096});
  const auto imported = discovery::directory::people_of(
      entries, {.domain = "CORP", .now = Time(std::chrono::seconds(1'800'000'000))});
  Diagnostics warnings;
  const auto users = discovery::parse_users(
      std::make_shared<const Source>(Source{"users.csv", discovery::directory::to_csv(imported)}),
      nullptr, warnings);
  if (!users) {
    if (std::getenv("SHOW") != nullptr) std::fputs(render(users.error()).c_str(), stderr);
    std::abort();
  }
  if ((*users)->size() != imported.people.size()) std::abort();
  return 0;
}
