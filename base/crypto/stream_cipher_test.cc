#include "base/crypto/stream_cipher.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <numeric>
#include <vector>

namespace sallyport {
namespace {

TEST(StreamCipher, IsReadBackInOtherPiecesAndHidesWhatWasWritten) {
  std::vector<std::uint8_t> plain(10'000);
  std::iota(plain.begin(), plain.end(), std::uint8_t{0});
  StreamCipher writer;
  StreamCipher reader(writer);
  std::vector<std::uint8_t> bytes = plain;
  const std::span<std::uint8_t> all(bytes);
  writer.apply(all.first(17));
  writer.apply(all.subspan(17));
  EXPECT_EQ(std::ranges::search(bytes, std::span(plain).first(16)).begin(), bytes.end());
  for (std::size_t at = 0; at < bytes.size(); at += 1000) reader.apply(all.subspan(at, 1000));
  EXPECT_EQ(bytes, plain);
}

TEST(StreamCipher, UsesAnotherKeyEachTime) {
  std::vector<std::uint8_t> one(64);
  std::vector<std::uint8_t> two(64);
  StreamCipher().apply(one);
  StreamCipher().apply(two);
  EXPECT_NE(one, two);
}

}  // namespace
}  // namespace sallyport
