#pragma once
// Content-Disposition (RFC 6266), read as browsers read it: what they would call a file is what
// policies must see.
//
// `filename*` (RFC 8187) goes before `filename`; in that one percent escapes and encoded words (RFC
// 2047) are undone, as most browsers do. A name in parts (RFC 2231) counts where there is neither.
// Of a parameter that is repeated the first counts. Pure; any bytes may be given.

#include <string>
#include <string_view>

namespace sallyport::discovery {

struct ContentDisposition {
  std::string type;       // "attachment", in small letters; "" where none is written
  std::string file_name;  // safe (file_name.h); "" where none is named
};

ContentDisposition read_content_disposition(std::string_view value);

}  // namespace sallyport::discovery
