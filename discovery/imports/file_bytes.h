#pragma once
// A file or standard input, read in pieces. For log_input.cc and zip_input.cc.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/core/result.h"
#include "discovery/imports/log_input.h"

namespace sallyport::discovery::imports {

class FileBytes {
 public:
  FileBytes() = default;
  ~FileBytes();
  FileBytes(const FileBytes&) = delete;
  FileBytes& operator=(const FileBytes&) = delete;

  Result<void> open(const std::string& path);

  // What is at hand and was not taken, at least `least` bytes unless the file ends before.
  // REQUIRES: least <= 64 KiB
  Result<std::string_view> look(std::size_t least = 1);
  void take(std::size_t bytes);

  std::uint64_t done() const { return done_; }  // taken
  std::uint64_t size() const { return size_; }
  const std::string& name() const { return name_; }

 private:
  int fd_ = -1;
  bool own_ = false;
  bool ended_ = false;
  std::string name_;
  std::uint64_t done_ = 0;
  std::uint64_t size_ = 0;
  std::size_t begin_ = 0, end_ = 0;  // of what is at hand
  std::array<char, 128 * 1024> buffer_;
};

// How much may come out of what went in.
class GrowthGuard {
 public:
  explicit GrowthGuard(const InputLimits& limits) : limits_(limits) {}
  // Whether so much more is still within the limits.
  bool allows(std::uint64_t out, std::uint64_t in_so_far) {
    out_ += out;
    if (out_ > limits_.bytes) return false;
    return out_ <= limits_.free || out_ / limits_.ratio <= in_so_far;
  }
  const InputLimits& limits() const { return limits_; }

 private:
  const InputLimits limits_;
  std::uint64_t out_ = 0;
};

// zip_input.cc
std::unique_ptr<LogInput> make_zip_input(std::unique_ptr<FileBytes> file,
                                         const InputLimits& limits);

}  // namespace sallyport::discovery::imports
