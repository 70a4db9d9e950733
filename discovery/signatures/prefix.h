#pragma once
// How a body begins, made readable: decompressed within a bound, and taken apart where it is a
// multipart/mixed of HTTP requests. Pure; any bytes may be given.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::discovery {

// `encoding` as in Content-Encoding (RFC 9110 section 8.4). At most `most` bytes come out. What
// cannot be opened ("br", two encodings, what is not as it says) is given as it stands, as what is
// not encoded is.
// `whole`, where it is given: the bytes were the end of a body, and all of it came out.
std::string decompress_prefix(std::string_view bytes, std::string_view encoding, std::size_t most,
                              bool* whole = nullptr);

// A part of a multipart body (base/http/multipart.h), as far as the prefix goes.
struct BodyPart {
  std::string name;       // of a form's field (RFC 7578 section 4.2), or ""
  std::string file_name;  // "" where it is no file
  std::string type;       // media type, in small letters, without parameters
  std::string full_type;  // as it is written
  std::string data;
  bool whole = false;  // a delimiter ended it
};
// At most 200 of them; none where the body is no multipart. `whole`: they are all of it, and nobody
// could read others.
std::vector<BodyPart> read_parts(std::string_view body, std::string_view content_type,
                                 bool* whole = nullptr);

// A request that is a part of media type application/http.
struct HttpPart {
  std::string method;
  std::string url;
  std::string body;
};
std::optional<HttpPart> read_http_part(const BodyPart& part);

}  // namespace sallyport::discovery
