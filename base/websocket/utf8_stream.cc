// RFC 3629 section 4:
//
//   C2-DF 80-BF          E1-EC, EE, EF 80-BF 80-BF     F1-F3 80-BF 80-BF 80-BF
//   E0 A0-BF 80-BF       ED 80-9F 80-BF                F0 90-BF 80-BF 80-BF       F4 80-8F ...
#include "base/websocket/utf8_stream.h"

#include <cstring>

namespace sallyport::websocket {

bool Utf8Stream::add(std::span<const std::byte> bytes) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    if (left_ == 0) {
      std::uint64_t word = 0;
      while (at + sizeof word <= bytes.size()) {
        std::memcpy(&word, bytes.data() + at, sizeof word);
        if ((word & 0x8080808080808080) != 0) break;
        at += sizeof word;
      }
      if (at == bytes.size()) return true;
    }
    const auto byte = static_cast<std::uint8_t>(bytes[at++]);
    if (left_ > 0) {
      if (byte < least_ || byte > most_) return false;
      least_ = 0x80;
      most_ = 0xbf;
      --left_;
      continue;
    }
    if (byte < 0x80) continue;
    if (byte < 0xc2 || byte > 0xf4) return false;
    left_ = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    if (byte == 0xe0) least_ = 0xa0;
    if (byte == 0xed) most_ = 0x9f;
    if (byte == 0xf0) least_ = 0x90;
    if (byte == 0xf4) most_ = 0x8f;
  }
  return true;
}

}  // namespace sallyport::websocket
