// Any text as a provider's document, as its reply and as an address: what is read says the same
// when it is written and read again, and an https issuer leads to https only.

#include <cstdint>

#include "base/core/check.h"
#include "proxy/portal/provider_metadata.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport::portal;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto address = WebAddress::parse(text)) {
    CHECK(WebAddress::parse(address->to_string()) == address);
  }
  static_cast<void>(metadata_address(text));
  static_cast<void>(id_token_of(text));
  if (const auto provider = ProviderMetadata::parse(text, "https://a.example")) {
    CHECK(provider->authorization.tls && provider->token.tls && provider->keys.tls);
    const std::string url = sign_in_address(*provider, {.state = std::string(text.substr(0, 64))});
    CHECK(url.find_first_of("\r\n <>\"#") == std::string::npos);
  }
  return 0;
}
