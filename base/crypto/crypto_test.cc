// Published vectors: FIPS 180 examples, RFC 4231, RFC 4648, RFC 6455, the reference of SipHash.

#include <gtest/gtest.h>
#include <numeric>

#include "base/core/text.h"
#include "base/crypto/base64.h"
#include "base/crypto/hmac.h"
#include "base/crypto/random.h"
#include "base/crypto/secret.h"
#include "base/crypto/sha256.h"
#include "base/crypto/siphash.h"
#include "base/crypto/websocket_key.h"

namespace sallyport {
namespace {

std::string hex(const Sha256Digest& digest) { return to_hex(digest.data(), digest.size()); }

TEST(Sha256, MatchesThePublishedVectors) {
  EXPECT_EQ(hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(hex(sha256(std::vector<std::uint8_t>{'a', 'b', 'c'})), hex(sha256("abc")));
}

TEST(Sha256, IsTheSameInPieces) {
  const std::string text(1000, 'x');
  for (const std::size_t piece : {1u, 7u, 63u, 64u, 65u, 1000u}) {
    Sha256 digest;
    for (std::size_t at = 0; at < text.size(); at += piece) {
      digest.update(std::string_view(text).substr(at, piece));
    }
    EXPECT_EQ(digest.finish(), sha256(text)) << piece;
  }
}

TEST(Sha256, BeginsAnewAfterFinish) {
  Sha256 digest;
  digest.update("something else");
  digest.finish();
  EXPECT_EQ(digest.finish(), sha256(""));
  digest.update("abc");
  Sha256 moved = std::move(digest);
  EXPECT_EQ(moved.finish(), sha256("abc"));
}

TEST(Sha256, GoesOnInACopyByItself) {
  Sha256 digest;
  digest.update("a");
  Sha256 copy = digest.copy();
  digest.update("b");
  copy.update("c");
  EXPECT_EQ(digest.finish(), sha256("ab"));
  EXPECT_EQ(copy.finish(), sha256("ac"));
}

TEST(Hmac, MatchesRfc4231) {
  EXPECT_EQ(hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hex(hmac_sha256(std::string(131, '\xaa'),
                            "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  EXPECT_EQ(hex(hmac_sha256("", "")),
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(Random, FillsEveryByte) {
  std::array<std::uint8_t, 64> once{};
  std::array<std::uint8_t, 64> again{};
  random_bytes(once);
  random_bytes(again);
  EXPECT_NE(once, again);
  EXPECT_NE(std::count(once.begin() + 32, once.end(), 0), 32);
  random_bytes({});
}

TEST(Secret, ComparesWhole) {
  EXPECT_TRUE(constant_time_equal("", ""));
  EXPECT_TRUE(constant_time_equal("secret", "secret"));
  EXPECT_FALSE(constant_time_equal("secret", "secreT"));
  EXPECT_FALSE(constant_time_equal("Secret", "secret"));
  EXPECT_FALSE(constant_time_equal("secret", "secre"));
  EXPECT_TRUE(constant_time_equal(std::string_view("a\0b", 3), std::string_view("a\0b", 3)));
  EXPECT_FALSE(constant_time_equal(std::string_view("a\0b", 3), std::string_view("a\0c", 3)));
  EXPECT_TRUE(constant_time_equal(sha256("x"), sha256("x")));
}

TEST(Secret, IsWiped) {
  std::array<char, 16> memory;
  memory.fill('s');
  secure_wipe(memory.data(), memory.size());
  EXPECT_EQ(std::count(memory.begin(), memory.end(), '\0'), 16);
  std::string text(100, 's');
  const char* bytes = text.data();
  text.resize(20);
  secure_wipe(text);
  EXPECT_TRUE(text.empty());
  ASSERT_EQ(text.data(), bytes);
  EXPECT_EQ(std::string(bytes, text.capacity()), std::string(text.capacity(), '\0'));
}

TEST(Base64, MatchesRfc4648) {
  const std::pair<std::string_view, std::string_view> kVectors[] = {
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
      {std::string_view("\x00\xff\xfe\xfb", 4), "AP/++w=="}};
  for (const auto& [bytes, text] : kVectors) {
    EXPECT_EQ(base64_encode(bytes), text);
    EXPECT_EQ(base64_decode(text, bytes.size()), bytes);
  }
}

TEST(Base64, RefusesEverySecondSpelling) {
  for (const char* text :
       {"Zg", "Zg=", "Zg===", "Zm9v=", "=", "==", "====", "Z===", "Zh==", "Zm9=", "Zm 9v", "Zm9v\n",
        " Zm9v", "Zm9-", "Zm9_", "Zg==Zg==", "Z=g=", "Zm9v\xc3\xa4", "=m9v"}) {
    EXPECT_EQ(base64_decode(text, 100), std::nullopt) << text;
  }
  EXPECT_EQ(base64_decode(std::string_view("Zm9\0", 4), 100), std::nullopt);
}

// RFC 4648 section 5, RFC 7515 appendix C.
TEST(Base64Url, HasItsOwnAlphabetAndNoPadding) {
  const std::pair<std::string_view, std::string_view> kVectors[] = {
      {"", ""},
      {"f", "Zg"},
      {"foob", "Zm9vYg"},
      {"foobar", "Zm9vYmFy"},
      {std::string_view("\x03\xec\xff\xe0\xc1", 5), "A-z_4ME"},
      {std::string_view("\x00\xff\xfe\xfb", 4), "AP_--w"}};
  for (const auto& [bytes, text] : kVectors) {
    EXPECT_EQ(base64url_encode(bytes), text);
    EXPECT_EQ(base64url_decode(text, bytes.size()), bytes);
  }
}

TEST(Base64Url, RefusesEverySecondSpelling) {
  for (const char* text : {"Zg==", "Zg=", "=", "Z", "Zm9vY", "Zh", "Zm9", "AP/++w", "AP_-+w",
                           "Zm 9v", "Zm9v\n", "Zm9v\xc3\xa4"}) {
    EXPECT_EQ(base64url_decode(text, 100), std::nullopt) << text;
  }
  EXPECT_EQ(base64url_decode("Zm9vYg", 3), std::nullopt);
}

TEST(Base64, HoldsItsLimit) {
  EXPECT_EQ(base64_decode("Zm9vYg==", 4), "foob");
  EXPECT_EQ(base64_decode("Zm9vYg==", 3), std::nullopt);
  EXPECT_EQ(base64_decode("", 0), "");
  EXPECT_EQ(base64_decode(std::string(1 << 20, 'A'), 10), std::nullopt);
}

TEST(SipHash, MatchesTheReference) {
  SipKey key;
  std::iota(key.begin(), key.end(), std::uint8_t{0});
  std::array<std::uint8_t, 17> bytes;
  std::iota(bytes.begin(), bytes.end(), std::uint8_t{0});
  const auto of = [&](std::size_t size) { return siphash(key, std::span(bytes).first(size)); };
  EXPECT_EQ(of(0), 0x726fdb47dd0e0e31u);
  EXPECT_EQ(of(1), 0x74f839c593dc67fdu);
  EXPECT_EQ(of(8), 0x93f5f5799a932462u);
  EXPECT_EQ(of(15), 0xa129ca6149be45e5u);
  EXPECT_EQ(of(17), 0x699ae9f52cbe4794u);
  key[15] ^= 1;
  EXPECT_NE(of(15), 0xa129ca6149be45e5u);
}

TEST(WebsocketKey, IsAcceptedAsRfc6455Says) {
  EXPECT_EQ(websocket_accept("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

}  // namespace
}  // namespace sallyport
