#include "base/crypto/ed25519.h"

#include <gtest/gtest.h>
#include <string>

namespace sallyport {
namespace {

std::array<std::uint8_t, 32> bytes32(const std::string& hex) {
  std::array<std::uint8_t, 32> out{};
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = static_cast<std::uint8_t>(std::stoi(hex.substr(2 * i, 2), nullptr, 16));
  }
  return out;
}

// RFC 8032 section 7.1, test 2.
TEST(Ed25519, SignsAsTheStandardSays) {
  const auto seed = bytes32("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
  EXPECT_EQ(ed25519_public_key(seed),
            bytes32("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"));
  const Ed25519Signature made = ed25519_sign(seed, "\x72");
  EXPECT_EQ(bytes32("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"),
            (bytes32([&] {
              std::string hex;
              for (std::size_t i = 0; i < 32; ++i) {
                static constexpr char kHex[] = "0123456789abcdef";
                hex += kHex[made[i] >> 4];
                hex += kHex[made[i] & 15];
              }
              return hex;
            }())));
  EXPECT_TRUE(ed25519_verify(ed25519_public_key(seed), "\x72", made));
  EXPECT_FALSE(ed25519_verify(ed25519_public_key(seed), "\x73", made));
}

}  // namespace
}  // namespace sallyport
