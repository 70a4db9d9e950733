#pragma once
// How a body begins, made readable: decompressed within a bound, and taken apart where it is a
// multipart/mixed of HTTP requests. Pure; any bytes may be given.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::discovery {

// `encoding` as in Content-Encoding (RFC 9110 section 8.4). At most `most` bytes come out; of what
// cannot be opened ("br", two encodings, garbage) nothing does. What is not encoded is cut alone.
std::string decompress_prefix(std::string_view bytes, std::string_view encoding, std::size_t most);

// A part of a multipart body (base/http/multipart.h), as far as the prefix goes.
struct BodyPart {
  std::string name;       // of a form's field (RFC 7578 section 4.2), or ""
  std::string file_name;  // "" where it is no file
  std::string type;       // media type, in small letters, without parameters
  std::string data;
};
// At most 200 of them; none where the body is no multipart.
std::vector<BodyPart> read_parts(std::string_view body, std::string_view content_type);

// A request that is a part of media type application/http.
struct HttpPart {
  std::string method;
  std::string url;
  std::string body;
};
std::optional<HttpPart> read_http_part(const BodyPart& part);

}  // namespace sallyport::discovery
