#pragma once
// Host names and authorities in one canonical form, for policy, DNS, SNI and the log alike.
// Whatever this refuses is refused everywhere; whatever it accepts has exactly one spelling.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/core/address.h"

namespace sallyport {

// A host: a DNS name in lower case without a trailing dot, or an IP address.
//
// INVARIANT: text() is what is compared, resolved, sent as SNI and logged. At most 253 bytes;
// labels of 1 to 63 bytes of [a-z0-9_-], none that starts or ends with '-'; the last label is not
// all digits and not 0x..., so a strange spelling of an address never passes as a name. IPv6 text
// has no brackets.
class Host {
 public:
  Host() = default;

  // A host as it stands in an authority: "Example.COM.", "192.0.2.1", "[2001:db8::1]". One trailing
  // dot is dropped. Percent-encoding, zones, bytes over 0x7e and unbracketed IPv6 are refused.
  static std::optional<Host> parse(std::string_view text);
  static Host from_address(const IpAddress& address);

  const std::string& text() const { return text_; }
  const std::optional<IpAddress>& address() const { return address_; }
  bool is_address() const { return address_.has_value(); }
  bool empty() const { return text_.empty(); }

  // As it stands in an authority: IPv6 in brackets.
  std::string in_authority() const;

  // Whether this is `suffix` itself or below it: "a.example.com" is under "example.com".
  bool is_under(std::string_view suffix) const;

  bool operator==(const Host& other) const { return text_ == other.text_; }

 private:
  std::string text_;
  std::optional<IpAddress> address_;
};

struct Authority {
  Host host;
  std::uint16_t port = 0;  // Never 0 after parse().

  // "host", "host:port". Userinfo is refused. The port has 1 to 5 digits and is 1 to 65535.
  static std::optional<Authority> parse(std::string_view text, std::uint16_t default_port);

  std::string to_string() const;  // Always with the port.
  // Without the port where it is the scheme's own.
  std::string to_string(std::uint16_t default_port) const;
  void append_to(std::string& out, std::uint16_t default_port) const;  // the same

  bool operator==(const Authority&) const = default;
};

}  // namespace sallyport
