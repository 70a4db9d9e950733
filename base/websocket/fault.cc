#include "base/websocket/fault.h"

#include <array>

#include "base/core/check.h"

namespace sallyport::websocket {

namespace {
constexpr std::array<std::string_view, static_cast<std::size_t>(Fault::count_)> kFaults = {
    "RFC 6455 section 5.2: a reserved bit that nothing agreed on gives a meaning",
    "RFC 6455 section 5.2: a reserved opcode",
    "RFC 6455 section 5.1: a frame of a client without a mask",
    "RFC 6455 section 5.1: a frame of a server with a mask",
    "RFC 6455 section 5.2: a length in more bytes than it needs",
    "RFC 6455 section 5.2: a length of 64 bits",
    "RFC 6455 section 5.5: a control frame in fragments",
    "RFC 6455 section 5.5: a control frame of more than 125 bytes",
    "RFC 6455 section 5.4: a fragment of a message that has not begun",
    "RFC 6455 section 5.4: a message begins before the one before it has ended",
    "RFC 6455 section 5.5.1: data after Close",
    "RFC 6455 section 5.5.1: half a close code",
    "RFC 6455 section 7.4: a close code that must not be sent",
    "RFC 6455 section 5.5.1: a close reason that is no UTF-8",
    "RFC 6455 section 8.1: a text message that is no UTF-8",
    "RFC 7692 section 7.2.2: a message that cannot be inflated",
    "RFC 7692 section 8: a message that inflates to more than it may",
};
}  // namespace

std::string_view describe(Fault fault) {
  CHECK(fault < Fault::count_);
  return kFaults[static_cast<std::size_t>(fault)];
}

}  // namespace sallyport::websocket
