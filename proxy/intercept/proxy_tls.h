#pragma once
// TLS between a client and the proxy itself, around everything that it asks: what a PAC file calls
// "HTTPS host:port". On the way the client may show a certificate of its device.

#include <memory>

#include "proxy/intercept/interceptor.h"

namespace sallyport::intercept {

// The stream inside. The gateway shows a leaf of its own authority for its name, or where the
// client names none, for the address that it came to. Where the snapshot knows authorities of
// devices the client is asked for a certificate; `connection.device_chain` is what it shows.
//
// A client that talks something else, or not at all, is an error and leaves counters but no event:
// who scans us must not be able to fill the record. `connection.abort` and `drain` are replaced.
Task<Result<std::unique_ptr<io::ByteStream>>> open_proxy_tls(
    const session::Services& services, const Keys& keys, const Timeouts& timeouts,
    session::ClientConnection& connection, std::unique_ptr<io::ByteStream> stream);

}  // namespace sallyport::intercept
