#pragma once
// The proof that an origin understood a WebSocket handshake (RFC 6455 section 4.2.2, item 5.4). It
// is the only use of SHA-1 here, and it protects nothing.

#include <string>
#include <string_view>

namespace sallyport {

// Sec-WebSocket-Accept for a Sec-WebSocket-Key: base64(SHA-1(key + GUID)).
std::string websocket_accept(std::string_view key);

// A Sec-WebSocket-Key of our own: 16 random bytes.
std::string new_websocket_key();

}  // namespace sallyport
