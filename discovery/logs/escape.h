#pragma once
// How a value from outside becomes part of a log line: the one place where that is decided.
//
// INVARIANT: whatever bytes a value has, what is appended is printable and cannot end the place it
// stands in. No style ever lets through CR, LF, ESC or any other control character, nor a
// character that turns text around (is_steering); a byte that is no UTF-8 is escaped.
//
//   style     what is appended                                               ends at
//   percent   printable ASCII without blank, quotes, %, \ and RFC 1738's     a blank
//             unsafe characters; every other byte is %XX. Decodes to the value.
//   url       the same, but % ~ ' [ and ] stay: the value is a URL, and a     a blank
//             reader expects it as it was (Squid: pass-through URL encoding)
//   squid     printable ASCII without blank, ", %, [ ] and \; other bytes     a blank
//             are %XX (Squid's encoding for log_mime_hdrs, and the blank and the quote too)
//   quoted    UTF-8; \" and \\ and \r \n \t by a backslash, others \xNN        a quote
//   sd_value  UTF-8; \" \\ \] by a backslash (RFC 5424 section 6.3.3); what     a quote
//             steers reads back as \xNN

#include <cstdint>
#include <string>
#include <string_view>

namespace sallyport::discovery {

enum class Escape : std::uint8_t { percent, url, squid, quoted, sd_value };

void append_escaped(std::string& out, std::string_view value, Escape style);

}  // namespace sallyport::discovery
