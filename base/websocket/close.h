#pragma once
// What a Close frame says (RFC 6455 sections 5.5.1 and 7.4).

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/websocket/fault.h"
#include "base/websocket/frame.h"

namespace sallyport::websocket {

struct Close {
  std::optional<std::uint16_t> code;  // nothing: the frame was empty
  std::string_view reason;            // into the payload
  std::optional<Fault> fault;         // the code is told all the same, where there are two bytes
};

Close parse_close(Bytes payload);

// Whether a frame may carry it: 1000 to 1014 but for 1004, 1005 and 1006, and 3000 to 4999. (1012
// to 1014 were registered after the RFC.)
bool is_close_code(std::uint16_t code);

}  // namespace sallyport::websocket
