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

constexpr std::uint8_t kTcp = 6;

struct Sha1State {
  std::uint32_t a, b, c, d, e;
};

// Twenty rounds, which mix by the same function.
template <class Mix>
void twenty_rounds(Sha1State& s, const std::uint32_t* word, const Mix& mix) {
  for (int i = 0; i < 20; ++i) {
    const std::uint32_t next = std::rotl(s.a, 5) + mix(s.b, s.c, s.d) + s.e + word[i];
    s = {next, s.a, std::rotl(s.b, 30), s.c, s.d};
  }
}

using Block = std::array<std::uint8_t, 64>;

// SHA-1 (FIPS 180-4) of the first `size` bytes of the block, at most 55, so that it is the only
// one: a flow has 42 at most. The others are zero. It protects nothing here, the id is only a name.
std::array<std::uint8_t, 20> sha1_of_one_block(Block block, std::size_t size) {
  block[size] = 0x80;
  block[62] = static_cast<std::uint8_t>(size * 8 >> 8);
  block[63] = static_cast<std::uint8_t>(size * 8 & 255);

  std::array<std::uint32_t, 80> word;
  for (int i = 0; i < 16; ++i) {
    word[i] = std::uint32_t{block[4 * i]} << 24 | std::uint32_t{block[4 * i + 1]} << 16 |
              std::uint32_t{block[4 * i + 2]} << 8 | block[4 * i + 3];
  }
  for (int i = 16; i < 80; ++i) {
    word[i] = std::rotl(word[i - 3] ^ word[i - 8] ^ word[i - 14] ^ word[i - 16], 1);
  }
  const Sha1State start{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
  Sha1State s = start;
  using Word = std::uint32_t;
  const auto parity = [](Word b, Word c, Word d) { return b ^ c ^ d; };
  twenty_rounds(s, &word[0],
                [](Word b, Word c, Word d) { return ((b & c) | (~b & d)) + 0x5a827999; });
  twenty_rounds(s, &word[20], [&](Word b, Word c, Word d) { return parity(b, c, d) + 0x6ed9eba1; });
  twenty_rounds(s, &word[40],
                [](Word b, Word c, Word d) { return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc; });
  twenty_rounds(s, &word[60], [&](Word b, Word c, Word d) { return parity(b, c, d) + 0xca62c1d6; });
  const std::array<Word, 5> sums{start.a + s.a, start.b + s.b, start.c + s.c, start.d + s.d,
                                 start.e + s.e};
  std::array<std::uint8_t, 20> digest;
  for (int i = 0; i < 20; ++i) {
    digest[i] = static_cast<std::uint8_t>(sums[i / 4] >> (24 - 8 * (i % 4)) & 255);
  }
  return digest;
}

// What the id is the hash of.
struct Flow {
  Block bytes{};
  std::size_t size = 0;

  void add(std::uint8_t byte) { bytes[size++] = byte; }
  void add_u16(std::uint16_t value) {
    add(static_cast<std::uint8_t>(value >> 8));
    add(static_cast<std::uint8_t>(value & 255));
  }
  void add(const IpAddress& address) {
    for (int i = 0; i < address.bits() / 8; ++i) add(address.bytes()[i]);
  }
};

}  // namespace

std::string community_id_tcp(const IpEndpoint& a, const IpEndpoint& b, std::uint16_t seed) {
  if (a.address.is_v4() != b.address.is_v4()) return {};
  const IpEndpoint& first = a < b ? a : b;
  const IpEndpoint& second = a < b ? b : a;
  Flow flow;
  flow.add_u16(seed);
  flow.add(first.address);
  flow.add(second.address);
  flow.add(kTcp);
  flow.add(std::uint8_t{0});
  flow.add_u16(first.port);
  flow.add_u16(second.port);
  return "1:" + base64_encode(sha1_of_one_block(flow.bytes, flow.size));
}

}  // namespace sallyport::discovery
