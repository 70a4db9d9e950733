#pragma once
// Undoes the Content-Encoding of a body (RFC 9110 section 8.4) while it passes: gzip (RFC 1952) and
// deflate, with zlib's head or without, and zstd (RFC 8878). What others (br, compress, two of
// them) hold nobody here can tell.
//
//   ContentDecoder decoder("gzip");
//   decoder.feed(piece, [&](std::string_view opened) { ... }); ... decoder.end();
//   decoder.state()
//
// How the body is cut into pieces changes nothing but where a bound is met. Memory: about 64 KiB;
// of zstd up to 8 MiB. What comes out is bounded: kFree bytes, and behind these kMostRatio times
// what came in.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace sallyport::discovery {

class ContentDecoder {
 public:
  static constexpr std::uint64_t kFree = 4 * 1024 * 1024;  // bytes
  static constexpr std::uint64_t kMostRatio = 200;

  enum class State : std::uint8_t {
    none,    // no coding is named that anybody undoes
    opens,   // as far as it went
    unlike,  // the bytes are not what is said of them: most servers keep them as they are
    closed,  // what is in them was not seen, or not all of it
  };

  // The values of the field, joined by commas.
  explicit ContentDecoder(std::string_view codings);
  ~ContentDecoder();
  ContentDecoder(ContentDecoder&&) noexcept;

  State state() const { return state_; }
  void feed(std::string_view bytes, const std::function<void(std::string_view)>& take);
  // The body has come to its end.
  void end();

 private:
  enum class Coding : std::uint8_t { gzip, deflate, zstd, compress, other };
  struct Stream;
  struct Zstd;

  // Whether enough has come to tell.
  bool begin(std::string_view first);
  void inflate_all(std::string_view bytes, const std::function<void(std::string_view)>& take);
  void unfold_all(std::string_view bytes, const std::function<void(std::string_view)>& take);
  bool grows_too_much() const { return out_ > kFree && out_ / kMostRatio > in_; }

  State state_ = State::none;
  Coding coding_ = Coding::other;
  std::string first_;  // bytes, until it is begun
  bool begun_ = false;
  bool member_over_ = false;  // of gzip; another may follow
  std::uint64_t in_ = 0;
  std::uint64_t out_ = 0;
  std::unique_ptr<Stream> stream_;
  std::unique_ptr<Zstd> zstd_;
};

}  // namespace sallyport::discovery
