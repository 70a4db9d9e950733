#include "base/http/transfer_encoding.h"

#include <gtest/gtest.h>

namespace sallyport::http {
namespace {

std::string decoded(std::string_view encoding, std::string_view text) {
  const auto in_pieces = [&](std::size_t size) {
    TransferDecoder decoder(encoding);
    std::string out;
    for (std::string_view rest = text; !rest.empty();) {
      const std::string piece(rest.substr(0, size));
      decoder.feed(piece, out);
      rest.remove_prefix(piece.size());
    }
    decoder.end(out);
    return out;
  };
  const std::string whole = in_pieces(text.size() + 1);
  for (const std::size_t size : {1, 2, 3, 5}) EXPECT_EQ(in_pieces(size), whole) << size;
  return whole;
}

TEST(TransferDecoder, LeavesMostAsItIs) {
  for (const std::string_view encoding : {"", "7bit", "8bit", "binary", "x-unheard"}) {
    EXPECT_EQ(decoded(encoding, "a=3D\r\nYQ=="), "a=3D\r\nYQ==") << encoding;
    EXPECT_FALSE(TransferDecoder(encoding).decodes());
  }
  EXPECT_TRUE(TransferDecoder(" BASE64 ").decodes());
  EXPECT_TRUE(TransferDecoder("Quoted-Printable").decodes());
}

TEST(TransferDecoder, UndoesBase64) {
  EXPECT_EQ(decoded("base64", "JVBERi0xLjcK"), "%PDF-1.7\n");
  EXPECT_EQ(decoded("base64", "JVBE\r\nRi0x\r\nLjc="), "%PDF-1.7");
  EXPECT_EQ(decoded("Base64", "aGVsbG8"), "hello");
  EXPECT_EQ(decoded("base64", "aGVsbA=="), "hell");
  EXPECT_EQ(decoded("base64",
                    "aGVsbA=="
                    "aGVsbA=="),
            "hell");
  EXPECT_EQ(decoded("base64", "a G*V\tsbA"), "hell");
  EXPECT_EQ(decoded("base64", "-_-_"), decoded("base64", "+/+/"));
  EXPECT_EQ(decoded("base64", ""), "");
  EXPECT_EQ(decoded("base64", "a"), "");
}

TEST(TransferDecoder, UndoesQuotedPrintable) {
  EXPECT_EQ(decoded("quoted-printable", "a=3Db=C3=bc"), "a=b\xc3\xbc");
  EXPECT_EQ(decoded("quoted-printable", "one =\r\nline, an=\nother\r\nend"),
            "one line, another\r\nend");
  EXPECT_EQ(decoded("quoted-printable", "a=b=c==3D=\rx=4 =G1="), "a=b=c===\rx=4 =G1=");
}

}  // namespace
}  // namespace sallyport::http
