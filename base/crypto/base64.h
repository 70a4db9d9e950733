#pragma once
// Base 64 with the standard alphabet and padding (RFC 4648 section 4), and the alphabet of URLs
// without padding (section 5).

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sallyport {

std::string base64_encode(std::span<const std::uint8_t> bytes);
std::string base64_encode(std::string_view bytes);

// Strict, so that two texts never mean the same bytes: no blanks or line breaks, padding complete,
// unused bits zero. Nothing where the text is anything else, or where it would yield more than
// `limit` bytes.
std::optional<std::string> base64_decode(std::string_view text, std::size_t limit);

// With '-' and '_' in place of '+' and '/', as URLs and JSON Web Tokens have it (RFC 7515
// section 2). Decoding is as strict.
std::string base64url_encode(std::span<const std::uint8_t> bytes);
std::string base64url_encode(std::string_view bytes);
std::optional<std::string> base64url_decode(std::string_view text, std::size_t limit);

}  // namespace sallyport
