#pragma once
// Frames as a test writes them, and messages as a sender with zlib compresses them.

#include <string>
#include <string_view>
#include <zlib.h>

#include "base/core/check.h"
#include "base/websocket/frame.h"

namespace sallyport::websocket {

inline Bytes bytes_of(std::string_view text) {
  return std::as_bytes(std::span<const char>(text.data(), text.size()));
}

inline std::string text_of(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline constexpr std::string_view kMask = "\x37\xfa\x21\x3d";

// `first` is the first byte: FIN, reserved bits, opcode.
inline std::string frame_of(Sender sender, int first, std::string_view payload) {
  std::string out(1, static_cast<char>(first));
  const int mask_bit = sender == Sender::client ? 0x80 : 0;
  const std::size_t size = payload.size();
  const int width = size < 126 ? 0 : size <= 0xffff ? 2 : 8;
  out += static_cast<char>(mask_bit | (width == 0   ? static_cast<int>(size)
                                       : width == 2 ? 126
                                                    : 127));
  for (int i = width - 1; i >= 0; --i) out += static_cast<char>(size >> (8 * i) & 0xff);
  if (sender == Sender::server) return out.append(payload);
  out += kMask;
  for (std::size_t i = 0; i < size; ++i) out += static_cast<char>(payload[i] ^ kMask[i % 4]);
  return out;
}

// The sending half of permessage-deflate (RFC 7692 section 7.2.1).
class Deflater {
 public:
  explicit Deflater(bool keeps_context = true, int window_bits = 15)
      : keeps_context_(keeps_context) {
    CHECK(deflateInit2(&stream_, 6, Z_DEFLATED, -window_bits, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  }
  ~Deflater() { deflateEnd(&stream_); }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  std::string message(std::string_view text) {
    std::string out = run(text, Z_SYNC_FLUSH);
    CHECK(out.ends_with(std::string_view("\0\0\xff\xff", 4)));
    out.resize(out.size() - 4);
    if (!keeps_context_) CHECK(deflateReset(&stream_) == Z_OK);
    return out;
  }
  std::string run(std::string_view text, int flush) {
    std::string out(text.size() + 1024, '\0');
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream_.avail_in = static_cast<uInt>(text.size());
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(out.size());
    const int said = deflate(&stream_, flush);
    CHECK((said == Z_OK || said == Z_STREAM_END) && stream_.avail_in == 0);
    out.resize(out.size() - stream_.avail_out);
    return out;
  }

 private:
  bool keeps_context_;
  z_stream stream_{};
};

}  // namespace sallyport::websocket
