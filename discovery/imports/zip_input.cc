// APPNOTE 6.3.10, local file headers only: signature "PK\3\4", version, flags, method, time, date,
// CRC-32, packed and unpacked size, lengths of name and extra field, then both, then the data.
// Methods 0 (stored) and 8 (deflate). Where flag 3 is set, the sizes follow the data in a
// descriptor: deflate knows its own end, and what is stored without a size cannot be read so.

#include <cstring>
#include <fmt/format.h>
#include <zlib.h>

#include "discovery/imports/file_bytes.h"

namespace sallyport::discovery::imports {
namespace {

constexpr std::size_t kHeader = 30;          // bytes
constexpr std::size_t kMostName = 4 * 1024;  // bytes

std::uint64_t little(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = size; i > 0; --i) {
    value = value << 8 | static_cast<unsigned char>(bytes[at + i - 1]);
  }
  return value;
}

class ZipInput final : public LogInput {
 public:
  ZipInput(std::unique_ptr<FileBytes> file, const InputLimits& limits)
      : file_(std::move(file)), guard_(limits) {
    ready_ = inflateInit2(&stream_, -MAX_WBITS) == Z_OK;
  }
  ZipInput(const ZipInput&) = delete;
  ZipInput& operator=(const ZipInput&) = delete;
  ~ZipInput() override {
    if (ready_) inflateEnd(&stream_);
  }

  std::string_view packing() const override { return "zip"; }
  std::string_view member() const override { return name_; }
  std::uint64_t done() const override { return file_->done(); }
  std::uint64_t size() const override { return file_->size(); }

  Result<bool> next_text() override {
    if (!ready_) return refuse(ErrorKind::unavailable, "there is no memory to unpack it");
    while (!broken_) {
      while (inside_) {  // the rest of what is at hand
        if (const auto rest = read(); !rest) return std::unexpected(rest.error());
      }
      const auto header = begin_member();
      if (!header || !*header) return header;
      if (!name_.ends_with('/')) return true;  // else a folder
    }
    return false;
  }

  Result<std::string_view> read() override {
    if (!inside_) return std::string_view();
    auto piece = deflated_ ? read_deflated() : read_stored();
    if (!piece) {
      broken_ = true;
      return piece;
    }
    if (!guard_.allows(piece->size(), file_->done())) {
      broken_ = true;
      return refuse(ErrorKind::limit, "more comes out of it than the limits allow");
    }
    if (!piece->empty()) {
      crc_ = crc32(crc_, reinterpret_cast<const Bytef*>(piece->data()),
                   static_cast<uInt>(piece->size()));
    }
    if (!inside_) {
      if (const auto good = end_member(); !good) {
        broken_ = true;
        return std::unexpected(good.error());
      }
    }
    // "" is the end, and this is only a piece without bytes.
    if (piece->empty() && inside_) return read();
    return piece;
  }

 private:
  std::unexpected<Error> refuse(ErrorKind kind, std::string_view why) const {
    const std::string where = name_.empty() ? "" : fmt::format(", member '{}'", name_);
    return fail(kind, Side::ours, fmt::format("{}{}: {}", file_->name(), where, why));
  }

  // False where no member follows.
  Result<bool> begin_member() {
    name_.clear();
    auto bytes = file_->look(kHeader);
    if (!bytes) return std::unexpected(bytes.error());
    // The directory follows the members, and ends what can be read from the front.
    if (!bytes->starts_with("PK\x03\x04")) {
      if (bytes->starts_with("PK\x01\x02") || bytes->starts_with("PK\x05\x06") ||
          bytes->starts_with("PK\x06\x06")) {
        return false;
      }
      return refuse(ErrorKind::invalid, bytes->empty() ? "it ends in the middle" : "it is damaged");
    }
    if (bytes->size() < kHeader) return refuse(ErrorKind::invalid, "it ends in the middle");
    if (++members_ > guard_.limits().members) {
      return refuse(ErrorKind::limit, fmt::format("more than {} members", guard_.limits().members));
    }
    const std::uint64_t flags = little(*bytes, 6, 2), method = little(*bytes, 8, 2);
    expected_crc_ = static_cast<std::uint32_t>(little(*bytes, 14, 4));
    left_ = little(*bytes, 18, 4);
    const std::size_t name = little(*bytes, 26, 2), extra = little(*bytes, 28, 2);
    if (name > kMostName) return refuse(ErrorKind::invalid, "a name is too long");
    file_->take(kHeader);
    bytes = file_->look(name + extra > 65536 ? 65536 : name + extra);
    if (!bytes) return std::unexpected(bytes.error());
    if (bytes->size() < name + extra) return refuse(ErrorKind::invalid, "it ends in the middle");
    name_ = bytes->substr(0, name);
    read_extra(bytes->substr(name, extra));
    file_->take(name + extra);
    if ((flags & 1) != 0) return refuse(ErrorKind::invalid, "it is encrypted");
    described_ = (flags & 8) != 0;
    deflated_ = method == 8;
    if (method != 0 && method != 8) {
      return refuse(ErrorKind::invalid, fmt::format("packed by method {}, not deflate", method));
    }
    if (!deflated_ && described_ && left_ == 0 && !name_.ends_with('/')) {
      return refuse(ErrorKind::invalid, "stored without its length in front");
    }
    inflateReset(&stream_);
    crc_ = 0;
    inside_ = true;
    return true;
  }

  // Of ZIP64, where the size is 0xffffffff: the unpacked one, then the packed one.
  void read_extra(std::string_view extra) {
    while (extra.size() >= 4) {
      const std::uint64_t id = little(extra, 0, 2);
      const std::size_t size = little(extra, 2, 2);
      if (size + 4 > extra.size()) return;
      if (id == 1) {
        wide_ = true;
        if (left_ == 0xffffffff && size >= 16) left_ = little(extra, 12, 8);
      }
      extra.remove_prefix(size + 4);
    }
  }

  Result<std::string_view> read_stored() {
    file_->take(taken_);
    taken_ = 0;
    if (left_ == 0) {
      inside_ = false;
      return std::string_view();
    }
    const auto bytes = file_->look();
    if (!bytes) return bytes;
    if (bytes->empty()) return refuse(ErrorKind::invalid, "it ends in the middle");
    taken_ = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes->size()));
    left_ -= taken_;
    return bytes->substr(0, taken_);
  }

  Result<std::string_view> read_deflated() {
    stream_.next_out = reinterpret_cast<Bytef*>(out_.data());
    stream_.avail_out = static_cast<uInt>(out_.size());
    while (stream_.avail_out > 0) {
      const auto bytes = file_->look();
      if (!bytes) return bytes;
      if (bytes->empty()) return refuse(ErrorKind::invalid, "it ends in the middle");
      stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes->data()));
      stream_.avail_in = static_cast<uInt>(bytes->size());
      const int state = inflate(&stream_, Z_NO_FLUSH);
      file_->take(bytes->size() - stream_.avail_in);
      if (state == Z_STREAM_END) {
        inside_ = false;
        break;
      }
      if (state != Z_OK && state != Z_BUF_ERROR) return refuse(ErrorKind::invalid, "it is damaged");
    }
    return std::string_view(out_.data(), out_.size() - stream_.avail_out);
  }

  Result<void> end_member() {
    if (described_) {
      const auto bytes = file_->look(24);
      if (!bytes) return std::unexpected(bytes.error());
      // With or without its signature; sizes of four bytes, or of eight with ZIP64.
      const std::size_t begin = bytes->starts_with("PK\x07\x08") ? 4 : 0;
      const std::size_t size = begin + (wide_ ? 20 : 12);
      if (bytes->size() < size) return refuse(ErrorKind::invalid, "it ends in the middle");
      expected_crc_ = static_cast<std::uint32_t>(little(*bytes, begin, 4));
      file_->take(size);
    }
    wide_ = false;
    if (crc_ != expected_crc_) return refuse(ErrorKind::invalid, "its checksum is another");
    return {};
  }

  const std::unique_ptr<FileBytes> file_;
  GrowthGuard guard_;
  z_stream stream_{};
  bool ready_ = false;
  bool broken_ = false;  // nobody knows where the next member begins
  std::size_t members_ = 0;

  // The member at hand.
  std::string name_;
  bool inside_ = false;
  bool deflated_ = false;
  bool described_ = false;  // its sizes follow its data
  bool wide_ = false;       // ZIP64
  std::uint64_t left_ = 0;  // of what is stored
  std::size_t taken_ = 0;   // of that, handed out
  std::uint64_t crc_ = 0;
  std::uint32_t expected_crc_ = 0;
  std::array<char, 256 * 1024> out_;
};

}  // namespace

std::unique_ptr<LogInput> make_zip_input(std::unique_ptr<FileBytes> file,
                                         const InputLimits& limits) {
  return std::make_unique<ZipInput>(std::move(file), limits);
}

}  // namespace sallyport::discovery::imports
