#pragma once
// Signatures of Ed25519 (RFC 8032), of a key that is its 32 bytes of seed. Pure; from any thread.

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace sallyport {

using Ed25519Seed = std::span<const std::uint8_t, 32>;
using Ed25519PublicKey = std::array<std::uint8_t, 32>;
using Ed25519Signature = std::array<std::uint8_t, 64>;

Ed25519PublicKey ed25519_public_key(Ed25519Seed seed);
Ed25519Signature ed25519_sign(Ed25519Seed seed, std::string_view bytes);
bool ed25519_verify(const Ed25519PublicKey& key, std::string_view bytes,
                    const Ed25519Signature& signature);

}  // namespace sallyport
