#pragma once
// The one look of every HTML page of the gateway. Everything is in the page: no script, no font, no
// image from elsewhere. Works at phone width, in the dark and on paper.

#include <cstdint>
#include <string>
#include <string_view>

namespace sallyport::local {

// Colour and sign at the top of the card.
enum class Tone : std::uint8_t { stop, warn, info };

struct Page {
  Tone tone = Tone::info;
  std::string_view title;            // Text; escaped here
  std::string_view label;            // Text; a few words above the heading
  std::string_view heading;          // Text
  std::string_view body;             // HTML, already safe
  std::string_view footer;           // HTML, already safe
  std::string_view language = "en";  // BCP 47
  std::string_view logo = {};        // HTML, already safe; above everything
};

// Text as HTML, for content and for quoted attributes. Bytes that are no UTF-8 and characters that
// would turn their neighbourhood around become U+FFFD; line ends stay.
std::string shown(std::string_view text);

// A whole document.
std::string render_page(const Page& page);

}  // namespace sallyport::local
