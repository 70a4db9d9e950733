#pragma once
// A QR code (ISO/IEC 18004) as a picture inside a page. The only place that knows libqrencode.
//
// Pure: from any thread.

#include <optional>
#include <string_view>

#include "proxy/local/markup.h"

namespace sallyport::portal {

// An <svg> with the quiet zone that readers need, dark on white also where the page is dark.
// `label` says what it is to who cannot see it. Nothing where the text does not fit (1,000 bytes
// do), or holds a NUL.
std::optional<local::Markup> qr_code(std::string_view text, std::string_view label);

}  // namespace sallyport::portal
