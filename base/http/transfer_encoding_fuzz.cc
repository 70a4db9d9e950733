// Any bytes in any pieces: the same comes out as of the whole, never more than went in; and what
// our own encoder writes comes back.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/core/check.h"
#include "base/http/transfer_encoding.h"

namespace {

std::string decode(std::string_view encoding, std::string_view text, std::size_t size) {
  sallyport::http::TransferDecoder decoder(encoding);
  std::string out;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string piece(rest.substr(0, size));
    decoder.feed(piece, out);
    rest.remove_prefix(piece.size());
  }
  decoder.end(out);
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t piece = data[0] % 13 + 1;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  for (const std::string_view encoding : {"base64", "quoted-printable", "binary"}) {
    const std::string whole = decode(encoding, text, text.size() + 1);
    CHECK(whole == decode(encoding, text, piece));
    CHECK(whole.size() <= text.size());
  }
  std::string quoted;
  for (const char c : text) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(c);
    quoted += {'=', kHex[byte >> 4], kHex[byte & 15]};
    if (byte % 7 == 0) quoted += "=\r\n";
  }
  CHECK(decode("quoted-printable", quoted, piece) == text);
  return 0;
}
