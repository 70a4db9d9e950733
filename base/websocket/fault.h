#pragma once
// What can be wrong with the bytes of a WebSocket, each with the section that it breaks.

#include <cstdint>
#include <string_view>

namespace sallyport::websocket {

enum class Fault : std::uint8_t {
  // Of frames: nothing behind one of these means anything, so reading ends with it.
  reserved_bits,
  reserved_opcode,
  not_masked,  // of a client
  masked,      // of a server
  length_not_minimal,
  length_too_large,  // the highest of 64 bits is set
  control_fragmented,
  control_too_long,
  nothing_to_continue,
  message_not_finished,  // another begins inside it
  after_close,           // a data frame
  // Of content: where a frame ends is as clear as before.
  close_too_short,  // a code of one byte
  close_code,
  close_reason,  // no UTF-8
  not_utf8,      // of a text message
  not_deflated,
  inflates_too_much,
  count_  // keep last
};

// "RFC 6455 section 5.1: a frame of a client without a mask"
std::string_view describe(Fault fault);

}  // namespace sallyport::websocket
