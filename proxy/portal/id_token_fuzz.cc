// Any text as a token and as a set of keys: nothing is believed that no key signed, and the reading
// ends.

#include <cstdint>

#include "base/core/check.h"
#include "proxy/portal/id_token.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  using namespace sallyport::portal;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  // RFC 7517 appendix A.1, whose private half is no secret but not here.
  static const std::optional<KeySet> known = KeySet::parse(
      R"({"keys":[{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",)"
      R"("y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","use":"sig","kid":"1"}]})");
  CHECK(known && known->size() == 1);
  const ExpectedToken expected{.issuer = "https://a.example", .client_id = "c", .nonce = "n"};
  CHECK(!check_id_token(text, *known, expected, Time(std::chrono::seconds(1'764'000'000))));
  static_cast<void>(key_id_of(text));
  if (const auto set = KeySet::parse(text)) CHECK(set->size() <= KeySet::kMostKeys);
  return 0;
}
