#pragma once
// UTF-8 that comes in pieces (RFC 3629, RFC 6455 section 8.1): a character may be split anywhere.

#include <cstddef>
#include <cstdint>
#include <span>

namespace sallyport::websocket {

class Utf8Stream {
 public:
  // False at the first byte that cannot be: no wait for the rest of a character that is wrong
  // already. Then nothing more may be added.
  bool add(std::span<const std::byte> bytes);
  // Whether no character is left unfinished.
  bool whole() const { return left_ == 0; }

 private:
  std::uint8_t left_ = 0;  // bytes of the character that are still due
  // Of the next one: what rules out overlong forms, surrogates and what lies over U+10FFFF.
  std::uint8_t least_ = 0x80;
  std::uint8_t most_ = 0xbf;
};

}  // namespace sallyport::websocket
