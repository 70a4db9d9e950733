#pragma once
// ZIP archives for tests, written as programs write them.

#include <string>
#include <string_view>
#include <vector>

namespace sallyport::discovery {

struct ZipEntry {
  std::string name;
  std::string data;
  bool streamed = false;  // its length follows its data
  bool encrypted = false;
  std::string extra;
};

inline std::string zip_of(const std::vector<ZipEntry>& entries,
                          std::string_view before_directory = "") {
  const auto number = [](std::size_t value, int size) {
    std::string out;
    for (int i = 0; i < size; ++i) out += static_cast<char>(value >> (8 * i));
    return out;
  };
  std::string file, directory;
  for (const ZipEntry& entry : entries) {
    const std::size_t flags = (entry.streamed ? 8 : 0) + (entry.encrypted ? 1 : 0);
    const std::size_t size = entry.data.size();
    const std::string sizes = number(size, 4) + number(size, 4);
    const std::string common = number(20, 2) + number(flags, 2) + number(0, 2) + number(0, 4);
    const std::string names = number(entry.name.size(), 2) + number(entry.extra.size(), 2);
    directory += "PK\x01\x02" + number(20, 2) + common + number(7, 4) + sizes + names +
                 number(0, 2) + number(0, 4) + number(0, 4) + number(file.size(), 4) + entry.name +
                 entry.extra;
    file += "PK\x03\x04" + common +
            (entry.streamed ? std::string(12, '\0') : number(7, 4) + sizes) + names + entry.name +
            entry.extra + entry.data;
    if (entry.streamed) file += "PK\x07\x08" + number(7, 4) + sizes;
  }
  file += before_directory;
  const std::size_t at = file.size();
  return file + directory + "PK\x05\x06" + number(0, 4) + number(entries.size(), 2) +
         number(entries.size(), 2) + number(directory.size(), 4) + number(at, 4) + number(0, 2);
}

}  // namespace sallyport::discovery
