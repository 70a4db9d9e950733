#include "discovery/files/content_decoder.h"

#include <algorithm>
#include <array>
#include <zlib.h>
#include <zstd.h>

#include "base/core/text.h"

namespace sallyport::discovery {
namespace {

constexpr std::size_t kTold = 4;  // bytes that tell one coding from another
constexpr std::size_t kPiece = 32 * 1024;
constexpr int kWindow = 23;  // 8 MiB, as RFC 8878 section 3.1.1.1.2 wants it of everybody

}  // namespace

struct ContentDecoder::Stream {
  z_stream inflate{};
  std::array<char, kPiece> out;
  bool ready = false;

  explicit Stream(int window) { ready = inflateInit2(&inflate, window) == Z_OK; }
  ~Stream() {
    if (ready) inflateEnd(&inflate);
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
};

struct ContentDecoder::Zstd {
  ZSTD_DStream* stream = ZSTD_createDStream();
  std::array<char, kPiece> out;

  Zstd() = default;
  ~Zstd() { ZSTD_freeDStream(stream); }
  Zstd(const Zstd&) = delete;
  Zstd& operator=(const Zstd&) = delete;
};

ContentDecoder::ContentDecoder(std::string_view codings) {
  struct Known {
    std::string_view word;
    Coding coding;
  };
  static constexpr Known kKnown[] = {
      {"gzip", Coding::gzip},         {"x-gzip", Coding::gzip},
      {"deflate", Coding::deflate},   {"br", Coding::other},
      {"zstd", Coding::zstd},         {"dcb", Coding::other},
      {"compress", Coding::compress}, {"x-compress", Coding::compress},
      {"dcz", Coding::other}};
  for (const std::string_view part : split(codings, ',')) {
    const std::string_view word = trim(part);
    const auto* known =
        std::ranges::find_if(kKnown, [&](const Known& one) { return iequals(one.word, word); });
    if (known == std::end(kKnown)) continue;  // identity, aws-chunked, and what nobody undoes
    coding_ = state_ == State::none ? known->coding : Coding::other;
    state_ = State::opens;
  }
}

ContentDecoder::~ContentDecoder() = default;
ContentDecoder::ContentDecoder(ContentDecoder&&) noexcept = default;

bool ContentDecoder::begin(std::string_view first) {
  begun_ = true;
  const auto byte = [&](std::size_t at) {
    return at < first.size() ? static_cast<unsigned char>(first[at]) : 0U;
  };
  const bool gzip = byte(0) == 0x1f && byte(1) == 0x8b;
  int window = 0;
  switch (coding_) {
    case Coding::gzip:
      if (!gzip) state_ = State::unlike;
      window = 15 + 16;
      break;
    case Coding::deflate: {
      // RFC 1950 section 2.2; many leave it out.
      const bool zlib = (byte(0) & 0xf) == 8 && (byte(0) << 8 | byte(1)) % 31 == 0;
      window = gzip ? 15 + 16 : zlib ? 15 : -15;
      break;
    }
    case Coding::zstd: {  // RFC 8878 section 3.1, its frames that are skipped too
      const bool frame = first.starts_with("\x28\xb5\x2f\xfd");
      const bool skipped = (byte(0) & 0xf0) == 0x50 && first.substr(1, 3) == "\x2a\x4d\x18";
      if (!frame && !skipped) {
        state_ = State::unlike;
        return false;
      }
      zstd_ = std::make_unique<Zstd>();
      const bool ready =
          zstd_->stream != nullptr &&
          ZSTD_isError(ZSTD_DCtx_setParameter(zstd_->stream, ZSTD_d_windowLogMax, kWindow)) == 0;
      if (!ready) state_ = State::closed;
      return ready;
    }
    case Coding::compress:
      state_ = byte(0) == 0x1f && byte(1) == 0x9d ? State::closed : State::unlike;
      break;
    case Coding::other:
      state_ = State::closed;
      break;
  }
  if (state_ != State::opens) return false;
  stream_ = std::make_unique<Stream>(window);
  if (!stream_->ready) state_ = State::closed;
  return stream_->ready;
}

void ContentDecoder::feed(std::string_view bytes,
                          const std::function<void(std::string_view)>& take) {
  if (state_ != State::opens || bytes.empty()) return;
  in_ += bytes.size();
  if (begun_) return inflate_all(bytes, take);
  first_ += bytes;
  if (first_.size() < kTold) return;
  if (begin(first_)) inflate_all(first_, take);
  first_.clear();
}

void ContentDecoder::inflate_all(std::string_view bytes,
                                 const std::function<void(std::string_view)>& take) {
  if (zstd_) return unfold_all(bytes, take);
  z_stream& z = stream_->inflate;
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  z.avail_in = static_cast<uInt>(bytes.size());
  for (;;) {
    if (member_over_) {
      if (z.avail_in == 0) return;
      // RFC 1952 section 2.2. What follows the end of another coding is nothing that it knows.
      if (inflateReset(&z) != Z_OK) state_ = State::closed;
      member_over_ = false;
    }
    z.next_out = reinterpret_cast<Bytef*>(stream_->out.data());
    z.avail_out = static_cast<uInt>(stream_->out.size());
    const int last = inflate(&z, Z_NO_FLUSH);
    const std::size_t came = stream_->out.size() - z.avail_out;
    out_ += came;
    if (came > 0) take({stream_->out.data(), came});
    if (grows_too_much() || (last != Z_OK && last != Z_STREAM_END && last != Z_BUF_ERROR)) {
      state_ = State::closed;
      return;
    }
    member_over_ = last == Z_STREAM_END;
    if (!member_over_ && (last == Z_BUF_ERROR || (z.avail_in == 0 && z.avail_out > 0))) return;
  }
}

void ContentDecoder::unfold_all(std::string_view bytes,
                                const std::function<void(std::string_view)>& take) {
  ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
  for (bool more = true; more;) {
    ZSTD_outBuffer out{zstd_->out.data(), zstd_->out.size(), 0};
    const std::size_t before = in.pos;
    const std::size_t left = ZSTD_decompressStream(zstd_->stream, &out, &in);
    out_ += out.pos;
    if (out.pos > 0) take({zstd_->out.data(), out.pos});
    if (ZSTD_isError(left) != 0 || grows_too_much()) {
      state_ = State::closed;
      return;
    }
    // A frame is over, and another may follow.
    if (in.pos > before || out.pos > 0) member_over_ = left == 0;
    more = in.pos < in.size || out.pos == out.size;
  }
}

void ContentDecoder::end() {
  if (state_ != State::opens) return;
  if (!begun_ && in_ > 0) {
    if (!begin(first_)) return;
    inflate_all(first_, [](std::string_view) {});
    if (state_ != State::opens) return;
  }
  if (in_ > 0 && !member_over_) state_ = State::closed;
}

}  // namespace sallyport::discovery
