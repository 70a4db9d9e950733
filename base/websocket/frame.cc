#include "base/websocket/frame.h"

#include <bit>
#include <cstring>

namespace sallyport::websocket {

void apply_mask(const Mask& mask, std::uint64_t offset, Bytes payload, std::byte* out) {
  std::array<std::byte, 8> turned;
  for (std::size_t i = 0; i < turned.size(); ++i) turned[i] = mask[(offset + i) % 4];
  const auto wide = std::bit_cast<std::uint64_t>(turned);
  std::size_t at = 0;
  for (; at + sizeof wide <= payload.size(); at += sizeof wide) {
    std::uint64_t word;
    std::memcpy(&word, payload.data() + at, sizeof word);
    word ^= wide;
    std::memcpy(out + at, &word, sizeof word);
  }
  for (std::size_t i = 0; at < payload.size(); ++at, ++i) out[at] = payload[at] ^ turned[i];
}

}  // namespace sallyport::websocket
