#pragma once
// One line under `direct` of a PAC configuration, read.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/core/address.h"

namespace sallyport::local {

struct DirectEntry {
  enum class Kind : std::uint8_t {
    host,    // "example.com": the name and everything below
    below,   // "*.example.com": only what is below
    prefix,  // an address, or several
  };
  Kind kind = Kind::host;
  std::string name;  // host, below: canonical, see Host
  IpPrefix prefix;   // prefix: as written, see IpPrefix::has_host_bits()
};

std::optional<DirectEntry> parse_direct(std::string_view text);

}  // namespace sallyport::local
