#pragma once
// SipHash-2-4 (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012): for tables that
// strangers fill, so that none can choose what collides. It proves nothing to anybody: for that
// there is hmac.h.

#include <array>
#include <cstdint>
#include <span>

namespace sallyport {

using SipKey = std::array<std::uint8_t, 16>;

std::uint64_t siphash(const SipKey& key, std::span<const std::uint8_t> bytes);

}  // namespace sallyport
