#pragma once
// One direction of a WebSocket, from bytes in any split to frames (RFC 6455 section 5). Pure.
//
//   FrameReader reader({.sender = Sender::client});
//   Bytes input = ...;                        // what came
//   while (true) {
//     switch (reader.next(input)) {           // takes from the front of `input`
//       case Step::more: return;              // all of it is used up
//       case Step::frame: ...reader.head()...; break;       // a data frame begins
//       case Step::payload: ...reader.payload()...; break;  // of that frame, as it came: masked
//       case Step::control: ...reader.head(), reader.payload()...; break;  // whole, unmasked
//       case Step::fault: ...reader.fault()...; return;     // and so from now on
//     }
//   }
//
// Every data frame is one `frame`, then one `payload` or more; the last of them, which may be
// empty, says frame_ended(). Control frames may come between the frames of a message.
//
// INVARIANT: it holds at most a head and the payload of one control frame, 139 bytes; data is never
// copied. At a fault `input` still begins with the first byte at hand of the frame that is faulty.

#include <array>
#include <cstdint>

#include "base/websocket/fault.h"
#include "base/websocket/frame.h"

namespace sallyport::websocket {

struct FrameRules {
  Sender sender = Sender::client;
  bool deflate = false;  // RSV1 may stand on the first frame of a message
  // An extension was agreed on that we do not know: it may give any reserved bit and opcode a
  // meaning (section 9), but not another shape to a frame.
  bool unknown_extensions = false;
};

enum class Step : std::uint8_t { more, frame, payload, control, fault };

class FrameReader {
 public:
  explicit FrameReader(const FrameRules& rules) : rules_(rules) {}

  Step next(Bytes& input);

  // Of the frame that was told last.
  const FrameHead& head() const { return head_; }
  // After Step::payload and Step::control; lives as long as the input, and until the next call.
  Bytes payload() const { return payload_; }
  // Where in the frame's payload payload() begins.
  std::uint64_t offset() const { return offset_; }
  bool frame_ended() const { return left_ == 0; }
  bool message_ended() const { return left_ == 0 && head_.final; }

  // Whether a message has begun and not ended.
  bool inside_message() const { return inside_message_; }
  // Whether the last byte that was taken ended a frame, or none was taken yet.
  bool between_frames() const { return state_ == State::head && held_ == 0; }
  bool closed() const { return closed_; }
  Fault fault() const { return fault_; }

 private:
  enum class State : std::uint8_t { head, data, control, faulty };

  // Judges the head that begins at `bytes`, as far as it goes. The bytes of the whole head, or how
  // many must be there to tell more, or 0 for a fault.
  std::size_t parse(const std::byte* bytes, std::size_t size);
  bool judge_first(std::uint8_t first);
  bool refuse(Fault fault);
  // Whether a head is whole now.
  bool take_head(Bytes& input);
  Step take_control(Bytes& input);

  FrameRules rules_;
  State state_ = State::head;
  Fault fault_ = Fault::count_;
  bool inside_message_ = false;
  bool closed_ = false;
  std::uint8_t held_ = 0;     // bytes of a head, then of a control frame's payload
  std::uint64_t left_ = 0;    // of the frame's payload
  std::uint64_t offset_ = 0;  // in the frame's payload
  FrameHead head_;
  Bytes payload_;
  std::array<std::byte, kMaxControl> buffer_;
};

}  // namespace sallyport::websocket
