#include "base/core/address.h"

#include <algorithm>
#include <charconv>

#include "base/core/check.h"
#include "base/core/text.h"

namespace sallyport {
namespace {

std::optional<std::uint32_t> parse_v4(std::string_view text) {
  if (text.size() > 15) return std::nullopt;
  std::uint32_t value = 0;
  int parts = 0;
  while (true) {
    const std::size_t end = std::min(text.find('.'), text.size());
    const std::string_view part = text.substr(0, end);
    // A leading zero means octal to some resolvers and decimal to others.
    if (part.empty() || part.size() > 3 || (part.size() > 1 && part[0] == '0')) return std::nullopt;
    const auto number = parse_decimal(part);
    if (!number || *number > 255) return std::nullopt;
    value = value << 8 | static_cast<std::uint32_t>(*number);
    ++parts;
    if (end == text.size()) break;
    if (parts == 4) return std::nullopt;
    text.remove_prefix(end + 1);
  }
  if (parts != 4) return std::nullopt;
  return value;
}

// RFC 4291 section 2.2: up to eight groups, one "::", the last two groups perhaps as dotted
// decimal.
std::optional<std::array<std::uint8_t, 16>> parse_v6(std::string_view text) {
  if (text.size() < 2 || text.size() > 45) return std::nullopt;
  std::array<std::uint8_t, 16> bytes{};
  std::size_t filled = 0;
  std::size_t gap = 17;  // Where "::" stood, in bytes; 17 for nowhere.
  if (text.starts_with("::")) {
    gap = 0;
    text.remove_prefix(2);
  } else if (text[0] == ':') {
    return std::nullopt;
  }
  while (!text.empty()) {
    if (filled == 16) return std::nullopt;
    const std::size_t end = std::min(text.find(':'), text.size());
    const std::string_view group = text.substr(0, end);
    if (end == text.size() && group.find('.') != std::string_view::npos) {
      const auto v4 = parse_v4(group);
      if (!v4 || filled > 12) return std::nullopt;
      for (int shift = 24; shift >= 0; shift -= 8) {
        bytes[filled++] = static_cast<std::uint8_t>(*v4 >> shift);
      }
      break;
    }
    if (group.empty() || group.size() > 4) return std::nullopt;
    unsigned value = 0;
    for (const char c : group) {
      if (!is_hex(c)) return std::nullopt;
      value = value << 4 | static_cast<unsigned>(hex_value(c));
    }
    bytes[filled++] = static_cast<std::uint8_t>(value >> 8);
    bytes[filled++] = static_cast<std::uint8_t>(value);
    if (end == text.size()) break;
    text.remove_prefix(end + 1);
    if (text.empty()) return std::nullopt;  // "1:"
    if (text[0] == ':') {
      if (gap != 17) return std::nullopt;
      gap = filled;
      text.remove_prefix(1);
    }
  }
  if (gap == 17) {
    if (filled != 16) return std::nullopt;
    return bytes;
  }
  // "::" stands for at least one group.
  if (filled > 14) return std::nullopt;
  std::copy_backward(bytes.begin() + gap, bytes.begin() + filled, bytes.end());
  std::fill(bytes.begin() + gap, bytes.end() - (filled - gap), 0);
  return bytes;
}

bool all_zero(const std::uint8_t* begin, const std::uint8_t* end) {
  return std::all_of(begin, end, [](std::uint8_t byte) { return byte == 0; });
}

std::uint32_t read_v4(const std::uint8_t* at) {
  return std::uint32_t{at[0]} << 24 | std::uint32_t{at[1]} << 16 | std::uint32_t{at[2]} << 8 |
         at[3];
}

void append_hex_group(std::string& out, unsigned group) {
  static constexpr char kDigits[] = "0123456789abcdef";
  bool started = false;
  for (int shift = 12; shift >= 0; shift -= 4) {
    const unsigned digit = group >> shift & 15;
    if (digit == 0 && !started && shift > 0) continue;
    started = true;
    out += kDigits[digit];
  }
}

}  // namespace

IpAddress IpAddress::v4(std::uint32_t host_order) {
  IpAddress out;
  for (int i = 0; i < 4; ++i) out.bytes_[i] = static_cast<std::uint8_t>(host_order >> (24 - 8 * i));
  return out;
}

IpAddress IpAddress::v6(const std::array<std::uint8_t, 16>& bytes) {
  if (all_zero(bytes.data(), bytes.data() + 10) && bytes[10] == 0xff && bytes[11] == 0xff) {
    return v4(read_v4(bytes.data() + 12));
  }
  IpAddress out;
  out.v4_ = false;
  out.bytes_ = bytes;
  return out;
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  if (text.find(':') == std::string_view::npos) {
    const auto value = parse_v4(text);
    if (!value) return std::nullopt;
    return v4(*value);
  }
  const auto bytes = parse_v6(text);
  if (!bytes) return std::nullopt;
  return v6(*bytes);
}

std::uint32_t IpAddress::v4_value() const {
  CHECK(v4_);
  return read_v4(bytes_.data());
}

std::optional<IpAddress> IpAddress::embedded_v4() const {
  if (v4_) return std::nullopt;
  const std::uint8_t* at = bytes_.data();
  if (at[0] == 0x20 && at[1] == 0x02) return v4(read_v4(at + 2));      // 6to4, RFC 3056
  static constexpr std::uint8_t kNat64[4] = {0x00, 0x64, 0xff, 0x9b};  // RFC 6052
  if (std::equal(at, at + 4, kNat64) && all_zero(at + 4, at + 12)) return v4(read_v4(at + 12));
  // IPv4-compatible, but not "::" and "::1", which are addresses of their own (RFC 4291
  // section 2.5).
  if (all_zero(at, at + 12) && read_v4(at + 12) > 1) return v4(read_v4(at + 12));
  return std::nullopt;
}

std::string IpAddress::to_string() const {
  if (v4_) {
    char text[16];
    char* to = text;
    for (int i = 0; i < 4; ++i) {
      if (i > 0) *to++ = '.';
      to = std::to_chars(to, text + sizeof text, bytes_[i]).ptr;
    }
    return std::string(text, to);
  }
  std::string out;
  // RFC 5952: the longest run of two or more zero groups becomes "::", the first of equals.
  unsigned groups[8];
  for (int i = 0; i < 8; ++i) groups[i] = unsigned{bytes_[2 * i]} << 8 | bytes_[2 * i + 1];
  int run_begin = 8;
  int run_length = 1;
  for (int i = 0; i < 8; ++i) {
    int end = i;
    while (end < 8 && groups[end] == 0) ++end;
    if (end - i > run_length) {
      run_begin = i;
      run_length = end - i;
    }
  }
  for (int i = 0; i < 8; ++i) {
    if (i == run_begin) {
      out += "::";
      i += run_length - 1;
      continue;
    }
    if (!out.empty() && out.back() != ':') out += ':';
    append_hex_group(out, groups[i]);
  }
  return out;
}

std::optional<IpPrefix> IpPrefix::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string_view written = text.substr(0, slash);
  const auto address = IpAddress::parse(written);
  if (!address) return std::nullopt;
  if (slash == std::string_view::npos) return IpPrefix{*address, address->bits()};

  const std::string_view digits = text.substr(slash + 1);
  if (digits.size() > 3 || (digits.size() > 1 && digits[0] == '0')) return std::nullopt;
  const auto length = parse_decimal(digits);
  if (!length) return std::nullopt;
  int bits = static_cast<int>(*length);
  // ::ffff:192.0.2.0/120 is 192.0.2.0/24; a mapped prefix shorter than /96 would span both
  // families.
  if (address->is_v4() && written.find(':') != std::string_view::npos) bits -= 96;
  if (bits < 0 || bits > address->bits()) return std::nullopt;
  return IpPrefix{*address, bits};
}

bool IpPrefix::has_host_bits() const { return address != masked().address; }

IpPrefix IpPrefix::masked() const {
  CHECK(length >= 0 && length <= address.bits());
  auto bytes = address.bytes();
  for (int i = 0; i < 16; ++i) {
    const int kept = std::clamp(length - i * 8, 0, 8);
    bytes[i] = static_cast<std::uint8_t>(bytes[i] & (0xff00 >> kept));
  }
  if (address.is_v4()) return {IpAddress::v4(read_v4(bytes.data())), length};
  // A mask keeps the front, so what is mapped after it was mapped before, and is IPv4 already.
  IpPrefix out{IpAddress::v6(bytes), length};
  CHECK(out.address.is_v6());
  return out;
}

bool IpPrefix::contains(const IpAddress& other) const {
  if (other.is_v4() != address.is_v4()) return false;
  const int whole = length / 8;
  const auto& a = address.bytes();
  const auto& b = other.bytes();
  if (!std::equal(a.begin(), a.begin() + whole, b.begin())) return false;
  const int rest = length % 8;
  return rest == 0 || (((a[whole] ^ b[whole]) & (0xff00 >> rest)) & 0xff) == 0;
}

std::string IpPrefix::to_string() const {
  return address.to_string() + '/' + std::to_string(length);
}

std::string IpEndpoint::to_string() const {
  const std::string host = address.is_v4() ? address.to_string() : '[' + address.to_string() + ']';
  return host + ':' + std::to_string(port);
}

}  // namespace sallyport
