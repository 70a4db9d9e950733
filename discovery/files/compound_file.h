#pragma once
// The directory of a compound file ([MS-CFB]; "OLE2"): the container of Word, Excel and PowerPoint
// before 2007, of Outlook's messages, of Windows Installer, and of every document that is locked
// with a password since. The names of its streams tell which.
//
// Only the sectors of the directory that lie behind one another are looked at, at most
// kMostBytes of them. Pure: bytes in, facts out.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "discovery/files/file_kind.h"

namespace sallyport::discovery {

class CompoundFile {
 public:
  static constexpr std::size_t kHeaderBytes = 512;
  static constexpr std::size_t kMostBytes = 16 * 1024;  // of the directory

  // Where the directory begins, by the file's first kHeaderBytes. Nothing where it is no such file.
  static std::optional<std::uint64_t> directory_offset(std::string_view header);

  // By the file's first bytes: the stream that most programs write first is a document, and tells
  // whether it is locked. REQUIRES: the directory was not read.
  void read_front(std::string_view first_bytes);
  // `directory`: from its beginning on, as much as there is. It goes before the front.
  void read_directory(std::string_view directory);

  const FileKind& kind() const;
  bool encrypted() const { return encrypted_; }
  bool macros() const { return macros_; }

 private:
  std::string_view type_ = "application/x-ole-storage";
  bool package_ = false;
  bool encrypted_ = false;
  bool macros_ = false;
};

}  // namespace sallyport::discovery
