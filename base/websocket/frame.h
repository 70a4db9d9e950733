#pragma once
// A frame's head (RFC 6455 section 5.2), and its mask (section 5.3).

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace sallyport::websocket {

using Bytes = std::span<const std::byte>;

enum class Sender : std::uint8_t { client, server };

enum class Opcode : std::uint8_t {
  continuation = 0,
  text = 1,
  binary = 2,
  // 3 to 7 and 11 to 15 are reserved; they exist only where an extension is agreed on that we do
  // not know.
  close = 8,
  ping = 9,
  pong = 10,
};
constexpr bool is_control(Opcode opcode) { return (static_cast<std::uint8_t>(opcode) & 8) != 0; }

inline constexpr std::size_t kMaxControl = 125;  // bytes of payload, section 5.5
inline constexpr std::size_t kMaxHead = 14;      // bytes

using Mask = std::array<std::byte, 4>;

struct FrameHead {
  Opcode opcode = Opcode::continuation;
  bool final = true;        // FIN: the last of its message
  bool compressed = false;  // RSV1, where permessage-deflate was agreed on (RFC 7692 section 6)
  bool masked = false;
  std::uint64_t length = 0;  // of the payload
  Mask mask{};
};

// Takes the mask off, or puts it on, from payload to `out`, which may be the payload itself.
// `offset` is where in the frame's payload it begins. REQUIRES: out holds payload.size() bytes.
void apply_mask(const Mask& mask, std::uint64_t offset, Bytes payload, std::byte* out);

}  // namespace sallyport::websocket
