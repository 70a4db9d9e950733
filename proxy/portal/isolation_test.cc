#include "proxy/portal/isolation.h"

#include <gtest/gtest.h>

#include "base/core/text.h"
#include "base/crypto/base64.h"
#include "base/crypto/ed25519.h"

namespace sallyport::portal {
namespace {

const Time kNow = *parse_rfc3339("2026-11-26T12:00:00Z");

IsolationContext context() {
  return {"proxy.example", "ana", "https://app.example/a?b=c&d", "app", "rule", "EVENT", kNow};
}

struct Parts {
  std::string url, head, claims, signed_part, signature;
};

Parts parts_of(const std::string& made) {
  Parts parts;
  const std::size_t at = made.find("&context=");
  parts.url = made.substr(0, at);
  const std::string token = made.substr(at + 9);
  const auto pieces = split(token, '.');
  EXPECT_EQ(pieces.size(), 3u);
  parts.head = *base64url_decode(pieces[0], 4096);
  parts.claims = *base64url_decode(pieces[1], 65536);
  parts.signed_part = token.substr(0, token.rfind('.'));
  parts.signature = *base64url_decode(pieces[2], 64);
  return parts;
}

bool verified(const Parts& parts, const std::string& jwks) {
  const std::size_t at = jwks.find("\"x\":\"") + 5;
  const std::string x = *base64url_decode(jwks.substr(at, jwks.find('"', at) - at), 32);
  Ed25519PublicKey key{};
  std::copy(x.begin(), x.end(), key.begin());
  Ed25519Signature signature{};
  std::copy(parts.signature.begin(), parts.signature.end(), signature.begin());
  return ed25519_verify(key, parts.signed_part, signature);
}

TEST(Isolation, TheAddressHasWhatWasAskedForAndWhoAskedSigned) {
  const TicketKeys keys = TicketKeys::make(kNow);
  const Parts parts = parts_of(isolation_url("https://iso.example/open?tenant=7", context(), keys));
  EXPECT_EQ(parts.url,
            "https://iso.example/open?tenant=7&url=https%3A%2F%2Fapp.example%2Fa%3Fb%3Dc%26d");
  EXPECT_NE(parts.head.find("\"alg\":\"EdDSA\""), std::string::npos) << parts.head;
  EXPECT_TRUE(parts.claims.starts_with(
      R"({"iss":"proxy.example","sub":"ana","aud":"https://iso.example","iat":1795694400,"exp":1795694460,"jti":")"))
      << parts.claims;
  EXPECT_TRUE(parts.claims.ends_with(
      R"(","url":"https://app.example/a?b=c&d","app":"app","policy":"rule","event":"EVENT"})"))
      << parts.claims;
  EXPECT_TRUE(verified(parts, isolation_keys(keys)));
  EXPECT_FALSE(verified(parts, isolation_keys(TicketKeys::make(kNow))));
}

TEST(Isolation, EachIsAnother) {
  const TicketKeys keys = TicketKeys::make(kNow);
  EXPECT_NE(isolation_url("https://iso.example/", context(), keys),
            isolation_url("https://iso.example/", context(), keys));
}

TEST(Isolation, TheKeyBeforeStaysKnown) {
  const TicketKeys keys = TicketKeys::make(kNow);
  const Parts parts = parts_of(isolation_url("https://iso.example/#x", context(), keys));
  EXPECT_EQ(parts.url.find('#'), std::string::npos);
  const std::string both = isolation_keys(keys.rotated(kNow + std::chrono::hours(24 * 7)));
  const std::size_t second = both.find("\"x\":\"", both.find("\"x\":\"") + 1);
  ASSERT_NE(second, std::string::npos) << both;
  EXPECT_FALSE(verified(parts, both));
  EXPECT_TRUE(verified(parts, both.substr(second - 1)));
}

}  // namespace
}  // namespace sallyport::portal
