#include "base/crypto/siv.h"

#include <gtest/gtest.h>

namespace sallyport {
namespace {

std::string key_of(char first) {
  std::string key(SivKey::kSize, '\x5a');
  key[0] = first;
  return key;
}

TEST(Siv, OpensWhatItSealed) {
  const SivKey key(key_of('a'));
  for (const std::string& text : std::vector<std::string>{
           "a", "ana", "0123456789abcdef", "0123456789abcdef0", std::string("\0\xff", 2)}) {
    const std::string sealed = key.seal("mail\ncorp.example", text);
    EXPECT_EQ(sealed.size(), text.size() + SivKey::kTag);
    EXPECT_EQ(key.open("mail\ncorp.example", sealed), text);
  }
}

TEST(Siv, GivesTheSameBytesForTheSameText) {
  EXPECT_EQ(SivKey(key_of('a')).seal("x", "ana"), SivKey(key_of('a')).seal("x", "ana"));
  EXPECT_NE(SivKey(key_of('a')).seal("x", "ana"), SivKey(key_of('a')).seal("x", "anb"));
  EXPECT_NE(SivKey(key_of('a')).seal("x", "ana"), SivKey(key_of('a')).seal("y", "ana"));
  EXPECT_NE(SivKey(key_of('a')).seal("x", "ana"), SivKey(key_of('b')).seal("x", "ana"));
}

TEST(Siv, RefusesWhatWasChangedOrIsOfAnotherKeyOrContext) {
  const SivKey key(key_of('a'));
  const std::string sealed = key.seal("x", "ana");
  EXPECT_FALSE(key.open("y", sealed));
  EXPECT_FALSE(key.open("", sealed));
  EXPECT_FALSE(SivKey(key_of('b')).open("x", sealed));
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(key.open("x", changed)) << i;
    EXPECT_FALSE(key.open("x", sealed.substr(0, i))) << i;
  }
  EXPECT_FALSE(key.open("x", sealed + "a"));
}

// RFC 5297, A.1 has AES of 128 bits. This was worked out from CMAC and CTR as section 2.4 puts them
// together.
TEST(Siv, IsWhatTheRfcSays) {
  std::string key;
  for (int i = 0; i < 64; ++i) key += static_cast<char>(i);
  const std::string sealed = SivKey(key).seal("context", "some text of 25 bytes ...");
  std::string hex;
  for (const char c : sealed) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    hex += kDigits[static_cast<unsigned char>(c) >> 4];
    hex += kDigits[static_cast<unsigned char>(c) & 15];
  }
  EXPECT_EQ(hex,
            "dce24778da37d38b30953f917b0cf6ddb4a9b019f2030733bf19edc012da73b566694998da5a40eed0");
}

}  // namespace
}  // namespace sallyport
