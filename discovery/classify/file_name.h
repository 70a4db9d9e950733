#pragma once
// Names of files as strangers write them, made safe to show, to store and to compare.
//
// INVARIANT: whatever went in, a safe name is UTF-8 of at most 255 bytes, holds no separator of
// paths, no control, no mark that steers the direction of text and nothing invisible, and neither
// begins nor ends with a blank nor ends with a dot. So "report.exe. " and "report\u202Efdp.exe" end
// in "exe" here as they do on the disk, and so does "report.exe::$DATA". Pure.

#include <string>
#include <string_view>

namespace sallyport::discovery {

// The last part of `raw`, which may be a path of any system; "" where no name is left. Bytes that
// are no UTF-8 count as Latin-1. A name that is cut keeps its extension.
std::string safe_file_name(std::string_view raw);

// What stands behind the last dot of a safe name, in small letters: "gz" of "a.tar.gz"; "" where
// there is none, as in ".profile" or "Minutes of 3. May".
std::string file_extension(std::string_view name);

// "a%20b" -> "a b", once; what is no escape stays as it is.
std::string decode_percent(std::string_view text);

}  // namespace sallyport::discovery
