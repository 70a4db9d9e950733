#pragma once
// Certificates whose private key is public or was stolen. An operator adds more in
// Verifier::Options::known_bad.

#include <span>
#include <string_view>

namespace sallyport::tls {

// SHA-256 of the DER, lower-case hex, sorted.
std::span<const std::string_view> known_bad_certificates();

}  // namespace sallyport::tls
