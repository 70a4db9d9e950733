#pragma once
// IP addresses and prefixes as values, one form for both families.
//
// INVARIANT: an IPv4-mapped IPv6 address (::ffff:a.b.c.d) never exists as such; it is the IPv4
// address. So a rule written for 192.0.2.0/24 cannot be walked around by the other spelling.

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sallyport {

class IpAddress {
 public:
  IpAddress() = default;  // 0.0.0.0

  static IpAddress v4(std::uint32_t host_order);
  static IpAddress v6(const std::array<std::uint8_t, 16>& bytes);  // Mapped ones become IPv4.

  // Dotted decimal with four parts and no leading zeros, or RFC 4291 text without a zone and
  // without brackets. Octal, hexadecimal and short forms are no addresses here.
  static std::optional<IpAddress> parse(std::string_view text);

  bool is_v4() const { return v4_; }
  bool is_v6() const { return !v4_; }
  // 4 or 16 bytes, network order; the 12 bytes behind an IPv4 address are zero.
  const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }
  std::uint32_t v4_value() const;  // REQUIRES: is_v4()
  int bits() const { return v4_ ? 32 : 128; }
  bool bit(int index) const { return (bytes_[index >> 3] >> (7 - (index & 7))) & 1; }

  // The IPv4 address inside a NAT64 (64:ff9b::/96), 6to4 (2002::/16) or IPv4-compatible (::a.b.c.d)
  // address. A guard must judge both.
  std::optional<IpAddress> embedded_v4() const;

  std::string to_string() const;

  auto operator<=>(const IpAddress&) const = default;

 private:
  bool v4_ = true;
  std::array<std::uint8_t, 16> bytes_{};
};

struct IpPrefix {
  IpAddress address;
  int length = 0;

  // "192.0.2.0/24", "2001:db8::/32", or one address (then the full length). Host bits are kept, so
  // that a caller may report them: see has_host_bits().
  static std::optional<IpPrefix> parse(std::string_view text);

  bool has_host_bits() const;
  IpPrefix masked() const;
  bool contains(const IpAddress& address) const;
  std::string to_string() const;

  auto operator<=>(const IpPrefix&) const = default;
};

struct IpEndpoint {
  IpAddress address;
  std::uint16_t port = 0;

  std::string to_string() const;  // "192.0.2.1:443", "[2001:db8::1]:443"
  auto operator<=>(const IpEndpoint&) const = default;
};

}  // namespace sallyport
