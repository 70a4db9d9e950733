// https://github.com/corelight/community-id-spec, version 1:
//
//   "1:" + base64(SHA-1(seed | address | address | protocol | 0 | port | port))
//
// with seed and ports as 16 bits in network order, addresses as 4 or 16 bytes, and the smaller
// endpoint (address, then port) first.

#include "discovery/events/community_id.h"

#include <array>
#include <bit>
#include <utility>

#include "base/crypto/base64.h"

namespace sallyport::discovery {
namespace {

constexpr char kTcp = 6;

// SHA-1 (FIPS 180-4) of at most 55 bytes, which is one block: a flow has 42 at most. It protects
// nothing here, the id is only a name.
std::array<std::uint8_t, 20> sha1_of_one_block(const std::string& bytes) {
  std::array<std::uint8_t, 64> block{};
  for (std::size_t i = 0; i < bytes.size(); ++i) block[i] = static_cast<std::uint8_t>(bytes[i]);
  block[bytes.size()] = 0x80;
  const std::size_t bits = bytes.size() * 8;
  block[62] = static_cast<std::uint8_t>(bits >> 8);
  block[63] = static_cast<std::uint8_t>(bits & 255);

  std::array<std::uint32_t, 80> word{};
  for (int i = 0; i < 64; ++i) word[i / 4] = word[i / 4] << 8 | block[i];
  for (int i = 16; i < 80; ++i) {
    word[i] = std::rotl(word[i - 3] ^ word[i - 8] ^ word[i - 14] ^ word[i - 16], 1);
  }
  const std::array<std::uint32_t, 5> start{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476,
                                           0xc3d2e1f0};
  auto [a, b, c, d, e] = start;
  for (int i = 0; i < 80; ++i) {
    std::uint32_t mixed = 0;
    if (i < 20) {
      mixed = ((b & c) | (~b & d)) + 0x5a827999;
    } else if (i < 40) {
      mixed = (b ^ c ^ d) + 0x6ed9eba1;
    } else if (i < 60) {
      mixed = ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
    } else {
      mixed = (b ^ c ^ d) + 0xca62c1d6;
    }
    const std::uint32_t next = std::rotl(a, 5) + mixed + e + word[i];
    e = d;
    d = c;
    c = std::rotl(b, 30);
    b = a;
    a = next;
  }
  const std::array<std::uint32_t, 5> end{a, b, c, d, e};
  std::array<std::uint8_t, 20> digest{};
  for (int i = 0; i < 20; ++i) {
    digest[i] = static_cast<std::uint8_t>((start[i / 4] + end[i / 4]) >> (24 - 8 * (i % 4)) & 255);
  }
  return digest;
}

void append_u16(std::string& out, std::uint16_t value) {
  out.push_back(static_cast<char>(value >> 8));
  out.push_back(static_cast<char>(value & 255));
}

void append_address(std::string& out, const IpAddress& address) {
  for (int i = 0; i < address.bits() / 8; ++i) out.push_back(static_cast<char>(address.bytes()[i]));
}

}  // namespace

std::string community_id_tcp(const IpEndpoint& a, const IpEndpoint& b, std::uint16_t seed) {
  if (a.address.is_v4() != b.address.is_v4()) return {};
  const IpEndpoint& first = a < b ? a : b;
  const IpEndpoint& second = a < b ? b : a;
  std::string flow;
  append_u16(flow, seed);
  append_address(flow, first.address);
  append_address(flow, second.address);
  flow.push_back(kTcp);
  flow.push_back('\0');
  append_u16(flow, first.port);
  append_u16(flow, second.port);
  return "1:" + base64_encode(sha1_of_one_block(flow));
}

}  // namespace sallyport::discovery
