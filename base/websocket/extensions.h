#pragma once
// What the two heads of a handshake agreed on (RFC 6455 section 9.1, RFC 7692 section 7.1). Pure.

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/websocket/frame_reader.h"

namespace sallyport::websocket {

// One direction of permessage-deflate.
struct DeflateTerms {
  bool keeps_context = true;      // no "..._no_context_takeover" (RFC 7692 section 7.1.1)
  std::uint8_t window_bits = 15;  // 8 to 15 (section 7.1.2)

  bool operator==(const DeflateTerms&) const = default;
};

struct Extensions {
  struct Deflate {
    DeflateTerms client;  // of what the client sends
    DeflateTerms server;

    bool operator==(const Deflate&) const = default;
  };
  std::optional<Deflate> deflate;
  // Something else, or something that is not understood: what the frames carry cannot be told then.
  bool unknown = false;

  const DeflateTerms* deflate_of(Sender sender) const {
    if (!deflate) return nullptr;
    return sender == Sender::client ? &deflate->client : &deflate->server;
  }
  FrameRules rules(Sender sender) const { return {sender, deflate.has_value(), unknown}; }

  bool operator==(const Extensions&) const = default;
};

// `offered` and `accepted` are the values of Sec-WebSocket-Extensions in the request and the reply,
// joined with commas where there are several. What holds is what the server accepted. What was not
// offered, cannot be read, or stands twice is unknown: a client ends such a connection, but what it
// says until then must not be misread.
Extensions agreed_extensions(std::string_view offered, std::string_view accepted);

}  // namespace sallyport::websocket
