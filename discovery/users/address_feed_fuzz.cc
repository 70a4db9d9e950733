// Whatever is fed: entries or faults, within the limits; what is taken is found again, and comes
// back from what is kept as it was.

#include <cstdlib>
#include <string>

#include "discovery/users/address_feed.h"

using namespace sallyport;
using namespace sallyport::discovery;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  const Time now = Time(std::chrono::hours(24 * 365 * 56));
  const auto parsed = parse_address_feed(text, now);
  if (!parsed) {
    if (parsed.error().empty() || parsed.error().size() > 22) std::abort();
    AddressBook none;
    (void)restore_address_feed(text, now, none);
    return 0;
  }
  AddressBook book;
  if (!book.put(*parsed, now)) std::abort();
  const auto map = book.map();
  for (const AddressEntry* entry : map->list(now)) {
    const AddressEntry* found = map->find(entry->prefix.address, now);
    if (found == nullptr || found->prefix.length < entry->prefix.length) std::abort();
  }
  const std::string kept = render_address_feed(map->list(now));
  AddressBook again;
  if (!restore_address_feed(kept, now, again)) std::abort();
  if (render_address_feed(again.map()->list(now)) != kept) std::abort();
  for (const AddressEntry& entry : *parsed) book.remove(entry.prefix);
  if (book.size() != 0) std::abort();
  return 0;
}
