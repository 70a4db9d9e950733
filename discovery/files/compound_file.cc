// Header ([MS-CFB] 2.2): at 30 the shift of a sector's size, at 48 the first sector of the
// directory. Sector n begins at (n + 1) << shift.
// Entry of the directory (2.6.1), 128 bytes: name in UTF-16LE (64), its bytes with the zero (2),
// type (1): 1 storage, 2 stream, 5 root; colour (1): 0 or 1; ... at 80 the class.

#include "discovery/files/compound_file.h"

#include <algorithm>
#include <string>

namespace sallyport::discovery {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kEntry = 128;  // bytes

std::uint32_t number(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint32_t out = 0;
  for (std::size_t i = size; i > 0; --i) {
    out = out << 8 | static_cast<unsigned char>(bytes[at + i - 1]);
  }
  return out;
}

struct Known {
  std::string_view name;
  std::string_view type;
};
constexpr Known kStreams[] = {
    {"WordDocument", "application/msword"},
    {"Workbook", "application/vnd.ms-excel"},
    {"Book", "application/vnd.ms-excel"},
    {"PowerPoint Document", "application/vnd.ms-powerpoint"},
    {"PP97_DUALSTORAGE", "application/vnd.ms-powerpoint"},
    {"VisioDocument", "application/vnd.visio"},
    {"Quill", "application/x-mspublisher"},
    {"__properties_version1.0", "application/vnd.ms-outlook"},
    {"HwpSummaryInformation", "application/x-hwp"},
    {"\x05HwpSummaryInformation", "application/x-hwp"},
};
// The root's class, its first four bytes in the order of the file.
constexpr Known kClasses[] = {
    {"\x06\x09\x02\x00"sv, "application/msword"},
    {"\x20\x08\x02\x00"sv, "application/vnd.ms-excel"},
    {"\x10\x08\x02\x00"sv, "application/vnd.ms-excel"},
    {"\x10\x8d\x81\x64"sv, "application/vnd.ms-powerpoint"},
    {"\x84\x10\x0c\x00"sv, "application/x-msi"},
    {"\x86\x10\x0c\x00"sv, "application/x-msi"},
    {"\x0b\x0d\x02\x00"sv, "application/vnd.ms-outlook"},
    {"\x14\x1a\x02\x00"sv, "application/vnd.visio"},
    {"\x01\x12\x02\x00"sv, "application/x-mspublisher"},
};

}  // namespace

std::optional<std::uint64_t> CompoundFile::directory_offset(std::string_view header) {
  if (header.size() < 52 || !header.starts_with("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"sv)) {
    return std::nullopt;
  }
  const std::uint32_t shift = number(header, 30, 2);
  if (shift != 9 && shift != 12) return std::nullopt;
  const std::uint64_t sector = number(header, 48, 4);
  if (sector >= 0xfffffffa) return std::nullopt;
  return (sector + 1) << shift;
}

void CompoundFile::read_directory(std::string_view directory) {
  for (bool first = true; directory.size() >= kEntry; directory.remove_prefix(kEntry)) {
    const std::string_view entry = directory.substr(0, kEntry);
    const std::uint32_t name_bytes = number(entry, 64, 2);
    const auto type = static_cast<unsigned char>(entry[66]);
    if (type == 0 && name_bytes == 0) continue;  // Not in use.
    if (name_bytes < 2 || name_bytes > 64 || name_bytes % 2 != 0 || entry[67] > 1 ||
        entry[67] < 0 || (type != 1 && type != 2 && type != 5)) {
      return;
    }
    if (first != (type == 5)) return;
    std::string name;
    for (std::size_t i = 0; i + 2 < name_bytes; i += 2) {
      if (entry[i + 1] != 0) name += '\xff';  // Stands for what no name that we know has.
      name += entry[i];
    }
    if (first) {
      for (const Known& known : kClasses) {
        if (entry.substr(80, 4) == known.name) type_ = known.type;
      }
      first = false;
      continue;
    }
    for (const Known& known : kStreams) {
      if (name == known.name) type_ = known.type;
    }
    // In Project 98 and later every plan has a storage "   1nn".
    if (type == 1 && name.size() == 6 && name.starts_with("   1"))
      type_ = "application/vnd.ms-project";
    if (name == "EncryptedPackage") package_ = true;
    if (name == "EncryptionInfo" || name == "EncryptedPackage" ||
        name ==
            "\x06"
            "DataSpaces" ||
        name == "EncryptedSummary") {
      encrypted_ = true;
    }
    if (type == 1 && (name == "Macros" || name == "_VBA_PROJECT_CUR" || name == "VBA"))
      macros_ = true;
  }
}

void CompoundFile::read_front(std::string_view first_bytes) {
  if (first_bytes.size() < kHeaderBytes + 64) return;
  const std::string_view front = first_bytes.substr(kHeaderBytes);
  if (front.starts_with("\xec\xa5"sv)) {  // [MS-DOC] 2.5.1: FibBase, and in its flags fEncrypted
    type_ = "application/msword";
    if ((front[11] & 0x01) != 0) encrypted_ = true;
  } else if (front.starts_with("\x09\x08"sv)) {  // [MS-XLS] 2.4.21 BOF, then 2.4.117 FilePass
    type_ = "application/vnd.ms-excel";
    std::size_t at = 4 + number(front, 2, 2);
    // A workbook that recommends to be opened for reading says so first.
    if (at + 6 <= front.size() && number(front, at, 2) == 0x0086)
      at += 4 + number(front, at + 2, 2);
    if (at + 2 <= front.size() && number(front, at, 2) == 0x002f) encrypted_ = true;
  } else if (front.starts_with("\x00\x6e\x1e\xf0"sv) || front.starts_with("\x0f\x00\xe8\x03"sv) ||
             front.starts_with("\xa0\x46\x1d\xf0"sv)) {
    type_ = "application/vnd.ms-powerpoint";
  }
}

const FileKind& CompoundFile::kind() const {
  const FileKind* const found = find_file_kind(package_ ? "application/encrypted-office" : type_);
  return found == nullptr ? unknown_file_kind() : *found;
}

}  // namespace sallyport::discovery
