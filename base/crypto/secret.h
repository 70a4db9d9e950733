#pragma once
// Two habits for secrets: compare them without telling how much was right, and leave none behind.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace sallyport {

// Takes as long for a near miss as for any other. The sizes are no secret: unequal ones return at
// once.
bool constant_time_equal(std::string_view a, std::string_view b);
bool constant_time_equal(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b);

// Overwrites memory in a way that the compiler may not leave out.
void secure_wipe(void* memory, std::size_t size);
// The same, over the whole capacity, and empties the text.
void secure_wipe(std::string& text);

}  // namespace sallyport
