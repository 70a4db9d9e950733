#include "proxy/origin/guard.h"

#include <algorithm>
#include <array>

#include "base/core/check.h"

namespace sallyport::origin {

namespace {

struct Special {
  IpPrefix prefix;
  std::string_view why;
};

// RFC 6890 and its registries; what is narrower stands first, so that the reason is the telling
// one.
const std::vector<Special>& special_ranges() {
  static const std::vector<Special> ranges = [] {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 33> rows{{
        {"169.254.169.254/32", "metadata"},
        {"100.100.100.200/32", "metadata"},
        {"168.63.129.16/32", "metadata"},
        {"fd00:ec2::254/128", "metadata"},
        {"0.0.0.0/8", "unspecified"},
        {"10.0.0.0/8", "private"},
        {"100.64.0.0/10", "shared address space"},
        {"127.0.0.0/8", "loopback"},
        {"169.254.0.0/16", "link-local"},
        {"172.16.0.0/12", "private"},
        {"192.0.0.0/24", "protocol assignments"},
        {"192.0.2.0/24", "documentation"},
        {"192.88.99.0/24", "6to4 relay"},
        {"192.168.0.0/16", "private"},
        {"198.18.0.0/15", "benchmarking"},
        {"198.51.100.0/24", "documentation"},
        {"203.0.113.0/24", "documentation"},
        {"224.0.0.0/4", "multicast"},
        {"240.0.0.0/4", "reserved"},
        {"::/128", "unspecified"},
        {"::1/128", "loopback"},
        {"64:ff9b:1::/48", "local translation"},
        {"100::/64", "discard"},
        {"2001::/23", "protocol assignments"},
        {"2001:db8::/32", "documentation"},
        {"3fff::/20", "documentation"},
        {"5f00::/16", "segment routing"},
        {"fc00::/7", "unique local"},
        {"fe80::/10", "link-local"},
        {"fec0::/10", "site-local"},
        {"ff00::/8", "multicast"},
        {"::/96", "IPv4-compatible"},
        {"::ffff:0:0:0/96", "IPv4-translated"},
    }};
    std::vector<Special> made;
    for (const auto& [text, why] : rows) {
      const auto prefix = IpPrefix::parse(text);
      CHECK(prefix.has_value());
      made.push_back({*prefix, why});
    }
    return made;
  }();
  return ranges;
}

std::string_view special(const IpAddress& address) {
  for (const Special& range : special_ranges()) {
    if (range.prefix.contains(address)) return range.why;
  }
  return {};
}

}  // namespace

AddressGuard::AddressGuard(std::vector<IpPrefix> allowed, std::vector<IpEndpoint> own_listeners,
                           std::vector<IpAddress> own_addresses)
    : allowed_(std::move(allowed)),
      own_listeners_(std::move(own_listeners)),
      own_addresses_(std::move(own_addresses)) {}

std::string AddressGuard::refusal(const IpEndpoint& endpoint) const {
  const IpAddress& address = endpoint.address;
  for (const IpEndpoint& own : own_listeners_) {
    if (own.port != endpoint.port) continue;
    const bool any = own.address == IpAddress() || own.address == IpAddress::v6({});
    // The system takes the unspecified address for this machine.
    const bool ours = own.address == address || special(address) == "unspecified" ||
                      (any && (special(address) == "loopback" ||
                               std::find(own_addresses_.begin(), own_addresses_.end(), address) !=
                                   own_addresses_.end()));
    if (ours) return "own listener";
  }
  for (const IpPrefix& prefix : allowed_) {
    if (prefix.contains(address)) return {};
  }
  std::string_view why = special(address);
  if (why.empty()) {
    // The address that a translator or tunnel would send it to.
    if (const auto inner = address.embedded_v4()) why = special(*inner);
  }
  return std::string(why);
}

}  // namespace sallyport::origin
