// Chunks, in every way that they may arrive.

#include "proxy/http1/chunked.h"

#include <array>
#include <gtest/gtest.h>

#include "base/core/text.h"

namespace sallyport::http1 {
namespace {

using namespace std::string_literals;

// What comes out of `input`, of which `step` more bytes arrive at a time: "hello|A=b" with
// trailers, "hello..." where more is due, "hello! http_framing" where it is refused. `behind`:
// bytes left over.
std::string decode(const std::string& input, std::size_t step, std::size_t most,
                   std::size_t* behind = nullptr) {
  ChunkDecoder decoder(Side::client);
  std::string out;
  std::size_t at = 0;
  std::size_t arrived = 0;
  while (true) {
    const Result<ChunkDecoder::Step> taken =
        decoder.step(std::string_view(input).substr(at, arrived - at), most);
    if (!taken) {
      EXPECT_EQ(taken.error().side, Side::client);
      return out + "! " + std::string(to_string(taken.error().kind));
    }
    EXPECT_LE(taken->consumed, arrived - at);
    EXPECT_LE(taken->data.size(), most);
    if (!taken->data.empty()) {
      EXPECT_EQ(taken->data.data() + taken->data.size(), input.data() + at + taken->consumed);
    }
    out += taken->data;
    at += taken->consumed;
    if (taken->done) break;
    if (taken->data.empty()) {
      if (arrived == input.size()) return out + "...";
      arrived = std::min(input.size(), arrived + step);
    }
  }
  for (const auto field : decoder.trailers()) {
    out += "|" + std::string(field.name) + "=" + std::string(field.value);
  }
  if (behind != nullptr) *behind = input.size() - at;
  return out;
}

// The same in every way.
std::string decoded(const std::string& input) {
  const std::string once = decode(input, input.size(), input.size() + 1);
  for (std::size_t step = 1; step <= input.size(); ++step) {
    for (const std::size_t most : {std::size_t{1}, std::size_t{3}, std::size_t{1000}}) {
      EXPECT_EQ(decode(input, step, most), once) << step << " " << most << " " << printable(input);
    }
  }
  return once;
}

TEST(ChunkDecoder, JoinsChunks) {
  EXPECT_EQ(decoded("0\r\n\r\n"), "");
  EXPECT_EQ(decoded("5\r\nhello\r\n0\r\n\r\n"), "hello");
  EXPECT_EQ(decoded("00005\r\nhello\r\n6\r\n world\r\n000\r\n\r\n"), "hello world");
  EXPECT_EQ(decoded("a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n"), "01234567890123456789");
  EXPECT_EQ(decoded("7\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n"), "\r\n0\r\n\r\n");
  EXPECT_EQ(decoded("0000000000000005\r\nhello\r\n0\r\n\r\n"), "hello");
}

TEST(ChunkDecoder, StopsBehindItsMessage) {
  std::size_t behind = 0;
  const std::string next = "GET / HTTP/1.1\r\n\r\n";
  EXPECT_EQ(decode("5\r\nhello\r\n0\r\n\r\n" + next, 1000, 1000, &behind), "hello");
  EXPECT_EQ(behind, next.size());
  EXPECT_EQ(decode("0\r\nA: b\r\n\r\n" + next, 1000, 1000, &behind), "|A=b");
  EXPECT_EQ(behind, next.size());
}

TEST(ChunkDecoder, WaitsForTheRest) {
  const std::string whole = "5\r\nhello\r\n0\r\nA: b\r\n\r\n";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_TRUE(decode(whole.substr(0, size), 1, 1000).ends_with("...")) << size;
  }
}

TEST(ChunkDecoder, RefusesSizesThatAreNotPlain) {
  for (const std::string& line : {"0x5"s, "+5"s, "-5"s, " 5"s, "5 "s, "5\t"s, "g"s, ""s, "5;"s,
                                  "5;a=b"s, "5,"s, "00000000000000005"s, "4000000000000001"s,
                                  "ffffffffffffffff"s, "fffffffffffffffff"s, "5\0"s,
                                  "\0"
                                  "5"s,
                                  "_5"s}) {
    EXPECT_EQ(decoded(line + "\r\nhello\r\n0\r\n\r\n"), "! http_framing") << printable(line);
  }
  EXPECT_EQ(decoded("0;a\r\n\r\n"), "! http_framing");
}

TEST(ChunkDecoder, RefusesOtherLineEnds) {
  EXPECT_EQ(decoded("5\nhello\n0\n\n"), "! http_framing");
  EXPECT_EQ(decoded("5\rhello\r0\r\r"), "! http_framing");
  EXPECT_EQ(decoded("5\r\nhello\n0\r\n\r\n"), "hello! http_framing");
  EXPECT_EQ(decoded("5\r\nhello\r0\r\n\r\n"), "hello! http_framing");
  EXPECT_EQ(decoded("5\r\nhelloo\r\n0\r\n\r\n"), "hello! http_framing");
  EXPECT_EQ(decoded("5\r\nhello\r\n\r\n0\r\n\r\n"), "hello! http_framing");
  EXPECT_EQ(decoded("0\r\nA: b\n\r\n\r\n"), "! http_syntax");
}

TEST(ChunkDecoder, ReadsTrailersStrictlyAndKeepsTheHarmless) {
  EXPECT_EQ(decoded("0\r\nA: b\r\nX-Sum: 1\r\n\r\n"), "|A=b|X-Sum=1");
  EXPECT_EQ(decoded("0\r\nHost: x\r\nA: b\r\nContent-Length: 5\r\ncookie: c\r\nSec-X: y\r\n\r\n"),
            "|A=b");
  for (const std::string& bad :
       {"A : b"s, " A: b"s, "A"s, ": b"s, "A: \0"s, "A: b\rC: d"s, "A: b\r\n c"s}) {
    EXPECT_EQ(decoded("0\r\n" + bad + "\r\n\r\n"), "! http_syntax") << printable(bad);
  }
}

TEST(ChunkDecoder, BoundsTrailers) {
  std::string many = "0\r\n";
  for (int i = 0; i < 33; ++i) many += "A: b\r\n";
  EXPECT_EQ(decode(many + "\r\n", 1000, 1000), "! http_head_too_large");
  EXPECT_EQ(decode("0\r\nA: " + std::string(17 * 1024, 'b'), 1000, 1000), "! http_head_too_large");
  EXPECT_EQ(decode("0\r\nA: " + std::string(17 * 1024, 'b') + "\r\n\r\n", 100'000, 1000),
            "! http_head_too_large");
}

TEST(ChunkSize, IsWrittenShort) {
  const auto written = [](std::uint64_t size) {
    std::array<char, 20> out;
    return std::string(out.data(), write_chunk_size(size, out.data()));
  };
  EXPECT_EQ(written(0), "0\r\n");
  EXPECT_EQ(written(10), "a\r\n");
  EXPECT_EQ(written(65536), "10000\r\n");
  EXPECT_EQ(written(~std::uint64_t{0}), "ffffffffffffffff\r\n");
}

}  // namespace
}  // namespace sallyport::http1
