#include "discovery/files/content_decoder.h"

#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

namespace sallyport::discovery {
namespace {

using State = ContentDecoder::State;

// `window`: 31 for gzip, 15 for zlib, -15 without a head.
std::string packed(std::string_view text, int window) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(out.size() - stream.avail_out);
  deflateEnd(&stream);
  return out;
}

std::string zstd(std::string_view text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

struct Opened {
  State state;
  std::string text;
  bool operator==(const Opened&) const = default;
};

Opened open(std::string_view codings, std::string_view body, std::size_t piece = 7) {
  ContentDecoder decoder(codings);
  std::string text;
  for (std::size_t at = 0; at < body.size(); at += piece) {
    decoder.feed(body.substr(at, piece), [&](std::string_view opened) { text += opened; });
  }
  decoder.end();
  return {decoder.state(), text};
}

TEST(ContentDecoder, OpensGzipAndDeflateHoweverTheyAreCut) {
  const std::string text = "the formula, as a text\n";
  for (const std::size_t piece : {1, 3, 1000}) {
    EXPECT_EQ(open("gzip", packed(text, 31), piece), (Opened{State::opens, text}));
    EXPECT_EQ(open(" X-GZip ", packed(text, 31), piece), (Opened{State::opens, text}));
    EXPECT_EQ(open("deflate", packed(text, 15), piece), (Opened{State::opens, text}));
    EXPECT_EQ(open("Deflate", packed(text, -15), piece), (Opened{State::opens, text}));
    EXPECT_EQ(open("zstd", zstd(text), piece), (Opened{State::opens, text}));
    EXPECT_EQ(open("zstd", zstd(text) + zstd(text), piece), (Opened{State::opens, text + text}));
    EXPECT_EQ(open("identity, gzip", packed("", 31) + packed(text, 31), piece),
              (Opened{State::opens, text}));
  }
  EXPECT_EQ(open("gzip", ""), (Opened{State::opens, ""}));
}

TEST(ContentDecoder, SaysWhereNothingIsCoded) {
  EXPECT_EQ(open("", "x").state, State::none);
  EXPECT_EQ(open("identity, aws-chunked", "x").state, State::none);
  EXPECT_EQ(open("utf-8", "x").state, State::none);
}

TEST(ContentDecoder, SaysWhereTheBytesAreNotWhatIsSaid) {
  EXPECT_EQ(open("gzip", "%PDF-1.7 and more").state, State::unlike);
  EXPECT_EQ(open("zstd", "%PDF-1.7 and more").state, State::unlike);
  EXPECT_EQ(open("compress", "%PDF-1.7 and more").state, State::unlike);
}

TEST(ContentDecoder, SaysWhereItCannotTell) {
  EXPECT_EQ(open("br", "anything").state, State::closed);
  EXPECT_EQ(open("gzip, gzip", packed("x", 31)).state, State::closed);
  EXPECT_EQ(open("zstd", zstd("broken off").substr(0, 12)).state, State::closed);
  EXPECT_EQ(open("gzip", packed("broken off", 31).substr(0, 15)).state, State::closed);
  EXPECT_EQ(open("gzip", packed("a", 31) + "and what follows").state, State::closed);
  EXPECT_EQ(open("deflate", "\xff\xff\xff\xff\xff").state, State::closed);
}

TEST(ContentDecoder, GivesUpOnWhatGrowsTooMuch) {
  const std::string bomb = packed(std::string(64 * 1024 * 1024, 'a'), 31);
  ContentDecoder decoder("gzip");
  std::uint64_t came = 0;
  decoder.feed(bomb, [&](std::string_view opened) { came += opened.size(); });
  EXPECT_EQ(decoder.state(), State::closed);
  EXPECT_LT(came, bomb.size() * ContentDecoder::kMostRatio + 64 * 1024);
  EXPECT_EQ(open("zstd", zstd(std::string(64 * 1024 * 1024, 'a'))).state, State::closed);
  // What merely repeats itself is none.
  EXPECT_EQ(open("gzip", packed(std::string(ContentDecoder::kFree, 'a'), 31), 4096).state,
            State::opens);
}

}  // namespace
}  // namespace sallyport::discovery
