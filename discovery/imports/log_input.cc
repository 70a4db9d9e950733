#include "discovery/imports/log_input.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "discovery/imports/file_bytes.h"

namespace sallyport::discovery::imports {

FileBytes::~FileBytes() {
  if (own_) ::close(fd_);
}

Result<void> FileBytes::open(const std::string& path) {
  name_ = path == "-" ? "standard input" : path;
  if (path == "-") {
    fd_ = STDIN_FILENO;
    return {};
  }
  fd_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd_ < 0) {
    const ErrorKind kind = errno == ENOENT   ? ErrorKind::not_found
                           : errno == EACCES ? ErrorKind::permission
                                             : ErrorKind::storage;
    return fail(kind, Side::ours, path + ": " + std::strerror(errno));
  }
  own_ = true;
  struct stat about{};
  if (::fstat(fd_, &about) == 0) {
    if (S_ISDIR(about.st_mode)) return fail(ErrorKind::invalid, Side::ours, path + ": a folder");
    if (S_ISREG(about.st_mode)) size_ = static_cast<std::uint64_t>(about.st_size);
  }
  ::posix_fadvise(fd_, 0, 0, POSIX_FADV_SEQUENTIAL);
  return {};
}

Result<std::string_view> FileBytes::look(std::size_t least) {
  while (!ended_ && end_ - begin_ < least) {
    if (begin_ > 0) {
      std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
      end_ -= begin_;
      begin_ = 0;
    }
    const ssize_t got = ::read(fd_, buffer_.data() + end_, buffer_.size() - end_);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(ErrorKind::storage, Side::ours, name_ + ": " + std::strerror(errno));
    ended_ = got == 0;
    end_ += static_cast<std::size_t>(got);
  }
  return std::string_view(buffer_.data() + begin_, end_ - begin_);
}

void FileBytes::take(std::size_t bytes) {
  begin_ += bytes;
  done_ += bytes;
}

namespace {

using FilePtr = std::unique_ptr<FileBytes>;

// One text, the whole file.
class SingleInput : public LogInput {
 public:
  SingleInput(FilePtr file, const InputLimits& limits) : file_(std::move(file)), guard_(limits) {}

  Result<bool> next_text() override {
    const bool first = !begun_;
    begun_ = true;
    return first;
  }
  std::uint64_t done() const override { return file_->done(); }
  std::uint64_t size() const override { return file_->size(); }

 protected:
  Result<std::string_view> refuse(ErrorKind kind, const char* why) const {
    return fail(kind, Side::ours, file_->name() + ": " + why);
  }
  Result<std::string_view> grown(std::size_t bytes) {
    if (!guard_.allows(bytes, file_->done())) {
      return refuse(ErrorKind::limit, "more comes out of it than the limits allow");
    }
    return std::string_view(out_.data(), bytes);
  }

  const FilePtr file_;
  GrowthGuard guard_;
  std::array<char, 256 * 1024> out_;

 private:
  bool begun_ = false;
};

class PlainInput final : public SingleInput {
 public:
  using SingleInput::SingleInput;
  std::string_view packing() const override { return "plain"; }
  Result<std::string_view> read() override {
    file_->take(taken_);
    taken_ = 0;
    auto bytes = file_->look();
    if (!bytes) return bytes;
    taken_ = bytes->size();
    if (!guard_.allows(taken_, file_->done() + taken_)) {
      return refuse(ErrorKind::limit, "it is larger than the limit");
    }
    return bytes;
  }

 private:
  std::size_t taken_ = 0;
};

// Several members behind one another are one text, as gzip -d has it (RFC 1952 section 2.2).
class GzipInput final : public SingleInput {
 public:
  GzipInput(FilePtr file, const InputLimits& limits) : SingleInput(std::move(file), limits) {
    ready_ = inflateInit2(&stream_, 16 + MAX_WBITS) == Z_OK;
  }
  GzipInput(const GzipInput&) = delete;
  GzipInput& operator=(const GzipInput&) = delete;
  ~GzipInput() override {
    if (ready_) inflateEnd(&stream_);
  }
  std::string_view packing() const override { return "gzip"; }

  Result<std::string_view> read() override {
    if (!ready_) return refuse(ErrorKind::unavailable, "there is no memory to unpack it");
    stream_.next_out = reinterpret_cast<Bytef*>(out_.data());
    stream_.avail_out = static_cast<uInt>(out_.size());
    while (stream_.avail_out > 0) {
      const auto bytes = file_->look();
      if (!bytes) return bytes;
      if (bytes->empty()) {
        if (!between_) return refuse(ErrorKind::invalid, "it ends in the middle");
        break;
      }
      // Zeros behind the last member are padding.
      if (between_ && bytes->front() != '\x1f') {
        if (bytes->front() != '\0') return refuse(ErrorKind::invalid, "something stands behind it");
        file_->take(1);
        continue;
      }
      if (between_) inflateReset(&stream_);
      between_ = false;
      // zlib's interface takes what it only reads as mutable.
      stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes->data()));
      stream_.avail_in = static_cast<uInt>(bytes->size());
      const int state = inflate(&stream_, Z_NO_FLUSH);
      file_->take(bytes->size() - stream_.avail_in);
      if (state == Z_STREAM_END) {
        between_ = true;
      } else if (state != Z_OK && state != Z_BUF_ERROR) {
        return refuse(ErrorKind::invalid, "it is damaged");
      }
    }
    return grown(out_.size() - stream_.avail_out);
  }

 private:
  z_stream stream_{};
  bool ready_ = false;
  bool between_ = true;  // two members, or before the first
};

class ZstdInput final : public SingleInput {
 public:
  ZstdInput(FilePtr file, const InputLimits& limits)
      : SingleInput(std::move(file), limits), stream_(ZSTD_createDStream()) {}
  std::string_view packing() const override { return "zstd"; }

  Result<std::string_view> read() override {
    if (!stream_) return refuse(ErrorKind::unavailable, "there is no memory to unpack it");
    ZSTD_outBuffer out{out_.data(), out_.size(), 0};
    while (out.pos < out.size) {
      const auto bytes = file_->look();
      if (!bytes) return bytes;
      ZSTD_inBuffer in{bytes->data(), bytes->size(), 0};
      const std::size_t before = out.pos;
      if (in.size == 0 && ended_) break;
      const std::size_t left = ZSTD_decompressStream(stream_.get(), &out, &in);
      if (ZSTD_isError(left)) {
        return refuse(ErrorKind::invalid, ZSTD_getErrorName(left));
      }
      file_->take(in.pos);
      ended_ = left == 0;
      if (in.size == 0 && out.pos == before) {
        return refuse(ErrorKind::invalid, "it ends in the middle");
      }
    }
    return grown(out.pos);
  }

 private:
  struct Free {
    void operator()(ZSTD_DStream* stream) const { ZSTD_freeDStream(stream); }
  };
  std::unique_ptr<ZSTD_DStream, Free> stream_;
  bool ended_ = true;  // a frame, or none was begun
};

}  // namespace

Result<std::unique_ptr<LogInput>> LogInput::open(const std::string& path,
                                                 const InputLimits& limits) {
  auto file = std::make_unique<FileBytes>();
  if (auto opened = file->open(path); !opened) return pass_on(std::move(opened));
  const auto first = file->look(4);
  if (!first) return std::unexpected(first.error());
  if (first->starts_with("\x1f\x8b")) return std::make_unique<GzipInput>(std::move(file), limits);
  if (first->starts_with("\x28\xb5\x2f\xfd")) {
    return std::make_unique<ZstdInput>(std::move(file), limits);
  }
  if (first->starts_with("PK\x03\x04") || first->starts_with("PK\x05\x06")) {
    return make_zip_input(std::move(file), limits);
  }
  return std::make_unique<PlainInput>(std::move(file), limits);
}

}  // namespace sallyport::discovery::imports
