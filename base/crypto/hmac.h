#pragma once
// HMAC-SHA-256 (RFC 2104, RFC 4231).

#include <span>
#include <string_view>

#include "base/crypto/sha256.h"

namespace sallyport {

Sha256Digest hmac_sha256(std::span<const std::uint8_t> key, std::string_view bytes);
Sha256Digest hmac_sha256(std::string_view key, std::string_view bytes);

}  // namespace sallyport
