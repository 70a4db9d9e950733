// Any bytes: what is accepted has one spelling that reads back, and is never a mapped IPv6 address.

#include "base/core/address.h"
#include "base/core/check.h"

using namespace sallyport;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto address = IpAddress::parse(text)) {
    const std::string shown = address->to_string();
    CHECK(IpAddress::parse(shown) == *address);
    CHECK(address->is_v4() == (shown.find(':') == std::string::npos));
    if (address->is_v6()) CHECK(IpAddress::v6(address->bytes()) == *address);
  }
  if (const auto prefix = IpPrefix::parse(text)) {
    CHECK(IpPrefix::parse(prefix->to_string()) == *prefix);
    CHECK(prefix->contains(prefix->address));
    CHECK(!prefix->masked().has_host_bits());
    CHECK(prefix->contains(prefix->masked().address));
  }
  return 0;
}
