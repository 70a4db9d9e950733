#pragma once
// Random bytes fit for keys, serial numbers and cookies. From any thread.

#include <cstdint>
#include <span>

namespace sallyport {

// Stops the process where the system has no randomness to give: nothing made without it would be
// safe.
void random_bytes(std::span<std::uint8_t> out);

}  // namespace sallyport
