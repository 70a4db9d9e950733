// Whatever two heads say, what they agreed on is read within the bounds of RFC 7692, and never both
// understood and unknown. The two values are split at the first newline.

#include <cstdlib>
#include <string_view>

#include "base/websocket/extensions.h"

using namespace sallyport::websocket;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t cut = text.find('\n');
  const std::string_view accepted = cut == std::string_view::npos ? "" : text.substr(cut + 1);
  const Extensions agreed = agreed_extensions(text.substr(0, cut), accepted);
  if (agreed.deflate && agreed.unknown) std::abort();
  if (!agreed.deflate) return 0;
  for (const DeflateTerms& terms : {agreed.deflate->client, agreed.deflate->server}) {
    if (terms.window_bits < 8 || terms.window_bits > 15) std::abort();
  }
  return 0;
}
