// Any bytes as an MMDB file: opened, walked, asked along the paths that the gateway tries.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/core/check.h"
#include "discovery/mmdb/mmdb.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace sallyport;
  using namespace sallyport::discovery;
  const auto db = Mmdb::open({reinterpret_cast<const char*>(bytes), size});
  if (!db) {
    CHECK(!db.error().detail.empty());
    return 0;
  }
  std::size_t networks = 0;
  bool same = true;
  const auto walked = db->walk([&](const IpPrefix& network, Mmdb::Entry entry) {
    CHECK(network.length >= 0 && network.length <= network.address.bits());
    CHECK(!network.has_host_bits());
    if (++networks > 2000) return false;
    // A walk and a look-up agree, but where one address has two ways to it.
    if (!network.address.embedded_v4()) same = same && db->look_up(network.address) == entry;
    for (const std::string_view key : {"country", "asn", "0"}) {
      db->find(entry, {{key}});
      db->find(entry, {{key, "iso_code"}});
    }
    return true;
  });
  CHECK(same);
  if (walked) db->look_up(*IpAddress::parse("2001:db8::1"));
  return 0;
}
