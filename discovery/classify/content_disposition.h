#pragma once
// Content-Disposition (RFC 6266), read as browsers read it: what they would call a file is what
// policies must see.
//
// `filename*` (RFC 8187) goes before `filename`; in that one percent escapes and encoded words (RFC
// 2047) are undone, as most browsers do. A name in parts (RFC 2231) counts where there is neither.
// Of a parameter that is repeated the first counts; the others are told beside. Pure; any bytes may
// be given.

#include <string>
#include <string_view>
#include <vector>

namespace sallyport::discovery {

struct ContentDisposition {
  std::string type;       // "attachment", in small letters; "" where none is written
  std::string file_name;  // safe (file_name.h); "" where none is named
  // Whether it has any parameter for a name, readable or not: then servers take it for a file's.
  bool names = false;
  // What it would be called by those who read it otherwise: another of the parameters, or only up
  // to a zero byte.
  std::vector<std::string> other_names;
};

ContentDisposition read_content_disposition(std::string_view value);

// The value of `name="x"`, quoted or not, with the escapes of quotes undone (RFC 9110 section
// 5.6.4): of a form's field what it is called. "" where there is none.
std::string disposition_parameter(std::string_view value, std::string_view name);

// What a Content-Type calls the file (`application/pdf; name="a.pdf"`, RFC 2183 section 2.3), as
// read_content_disposition() has it.
ContentDisposition names_in_type(std::string_view content_type);

}  // namespace sallyport::discovery
