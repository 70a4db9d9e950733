#pragma once
// Undoes the Content-Transfer-Encoding of a part of a multipart body (RFC 2045 section 6) while it
// passes: base64 and quoted-printable; 7bit, 8bit and binary are as they are.
//
//   TransferDecoder decoder("base64");
//   std::string out;
//   decoder.feed(piece, out); ... decoder.end(out);
//
// Read as servers read it: in base64 what is no letter of it is skipped, both alphabets count, and
// nothing follows a "="; in quoted-printable what is no escape stays as it is, and blanks at the
// end of a line stay. How it is cut into pieces changes nothing.
//
// Memory: a few bytes. Appends at most what it is fed, and three bytes held back.

#include <cstdint>
#include <string>
#include <string_view>

namespace sallyport::http {

class TransferDecoder {
 public:
  // The value of the field; "" and what is unknown count as binary.
  explicit TransferDecoder(std::string_view encoding);

  // Whether bytes come out otherwise than they went in.
  bool decodes() const { return kind_ != Kind::binary; }
  void feed(std::string_view bytes, std::string& out);
  void end(std::string& out);

 private:
  enum class Kind : std::uint8_t { binary, base64, quoted_printable };
  void feed_base64(std::string_view bytes, std::string& out);
  void feed_quoted(std::string_view bytes, std::string& out);

  Kind kind_ = Kind::binary;
  bool padded_ = false;     // base64 has ended
  std::uint32_t bits_ = 0;  // of base64, not told yet
  int letters_ = 0;         // that they are from
  std::string held_;        // "=", "=\r" or "=4": what may become an escape
};

}  // namespace sallyport::http
