#pragma once
// Base 32 with the standard alphabet (RFC 4648 section 6): how secrets of one-time codes are
// written, for people and for the programs that they type them into.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sallyport {

// Without padding, as such programs expect it.
std::string base32_encode(std::string_view bytes);

// As people type it: small letters count as capital ones, blanks and '-' between groups and padding
// at the end are passed over. Beyond that strict: unused bits are zero and no digit is left over.
// Nothing where the text is anything else, or where it would yield more than `limit` bytes.
std::optional<std::string> base32_decode(std::string_view text, std::size_t limit);

}  // namespace sallyport
