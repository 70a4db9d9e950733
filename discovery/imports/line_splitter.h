#pragma once
// Bytes that come in pieces, as lines. Never holds more than one line of at most `most` bytes.

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace sallyport::discovery::imports {

class LineSplitter {
 public:
  explicit LineSplitter(std::size_t most) : most_(most) {}

  // Calls take(line, too_long) for each line that ends in here, without LF or CR LF. One that is
  // too long is its beginning only. False from `take` stops, and the rest of `bytes` is lost.
  template <class Take>
  bool feed(std::string_view bytes, Take take) {
    while (!bytes.empty()) {
      const void* found = std::memchr(bytes.data(), '\n', bytes.size());
      if (found == nullptr) {
        keep(bytes);
        return true;
      }
      const auto end = static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data());
      const std::string_view line = bytes.substr(0, end);
      bytes.remove_prefix(end + 1);
      if (held_.empty() && line.size() <= most_) {
        if (!take(without_cr(line), false)) return false;
        continue;
      }
      keep(line);
      if (!finish(take)) return false;
    }
    return true;
  }

  // The last line, where it has no end.
  template <class Take>
  bool finish(Take take) {
    if (held_.empty()) return true;
    const bool good = take(without_cr(held_), too_long_);
    held_.clear();
    too_long_ = false;
    return good;
  }

 private:
  void keep(std::string_view piece) {
    const std::size_t room = most_ - held_.size();
    too_long_ |= piece.size() > room;
    held_.append(piece.substr(0, room));
  }
  static std::string_view without_cr(std::string_view line) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
  }

  const std::size_t most_;
  std::string held_;  // of a line that has not ended
  bool too_long_ = false;
};

}  // namespace sallyport::discovery::imports
