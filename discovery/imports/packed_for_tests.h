#pragma once
// Files as logs come packed, for tests.

#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>
#include <zlib.h>
#include <zstd.h>

namespace sallyport::discovery::imports {

// A folder of its own that goes with it.
class LogFolder {
 public:
  LogFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "imports_XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  LogFolder(const LogFolder&) = delete;
  LogFolder& operator=(const LogFolder&) = delete;
  ~LogFolder() { std::filesystem::remove_all(path_); }

  std::string write(const std::string& name, std::string_view bytes) const {
    const std::string file = path_ + "/" + name;
    std::ofstream(file, std::ios::binary) << bytes;
    return file;
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// `window`: 31 for gzip, -15 for bare deflate.
inline std::string deflated(std::string_view text, int window) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}
inline std::string gzipped(std::string_view text) { return deflated(text, 31); }

inline std::string zstd_packed(std::string_view text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

struct ZipMember {
  std::string name;
  std::string text;
  bool stored = false;
  bool described = false;  // sizes and checksum behind the data
  unsigned flags = 0;
};

inline std::string little_endian(std::uint64_t value, int size) {
  std::string bytes;
  for (int i = 0; i < size; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xff);
  return bytes;
}

// Without a directory that is of use; readers from the front need none.
inline std::string zipped(const std::vector<ZipMember>& members) {
  std::string out;
  for (const ZipMember& member : members) {
    const std::string data = member.stored ? member.text : deflated(member.text, -15);
    const auto crc = crc32(0, reinterpret_cast<const Bytef*>(member.text.data()),
                           static_cast<uInt>(member.text.size()));
    const std::string sums = little_endian(crc, 4) + little_endian(data.size(), 4) +
                             little_endian(member.text.size(), 4);
    out += "PK\3\4" + little_endian(20, 2) +
           little_endian(member.flags | (member.described ? 8 : 0), 2) +
           little_endian(member.stored ? 0 : 8, 2) + little_endian(0, 4) +
           (member.described ? std::string(12, '\0') : sums) +
           little_endian(member.name.size(), 2) + little_endian(0, 2) + member.name + data;
    if (member.described) out += "PK\7\10" + sums;
  }
  return out + "PK\5\6" + std::string(18, '\0');
}

}  // namespace sallyport::discovery::imports
