#pragma once
// JA4: a fingerprint of the client's TLS stack, "t13d1516h2_8daaf6152771_e5627efa2ab1" (FoxIO's JA4
// for TLS over TCP, the one part of that family under a free licence).
//
// GREASE is left out everywhere. a: transport, version, SNI or not, counts, ALPN. b: hash of the
// sorted cipher suites. c: hash of the sorted extensions without SNI and ALPN, and of the signature
// algorithms as sent.

#include <string>

#include "tls/hello/client_hello.h"

namespace sallyport::tls {

std::string ja4(const ClientHello& hello);

// The same with the lists in clear instead of hashes ("JA4_r"), to explain a fingerprint.
std::string ja4_raw(const ClientHello& hello);

}  // namespace sallyport::tls
