#pragma once
// The kinds of files that are told apart by their content: media type, the extensions such a file
// is usually named with, and the family that policies speak of.
//
// INVARIANT: a constant table, sorted by media type. Every media type and extension is in small
// letters.

#include <cstdint>
#include <span>
#include <string_view>

namespace sallyport::discovery {

// In the order of policy::file_family_words().
enum class FileFamily : std::uint8_t {
  archive,
  audio,
  database,
  document,
  executable,
  image,
  key,
  mail,
  other,
  presentation,
  script,
  spreadsheet,
  text,
  video,
};
std::string_view word_for(FileFamily family);

struct FileKind {
  std::string_view type;        // "application/pdf"
  std::string_view extensions;  // "pdf ai": the usual one first
  FileFamily family = FileFamily::other;
  // Whether every file of this kind shows it in its bytes. Then a name with such an extension and
  // other bytes is a contradiction; else there are files of the kind that nobody can tell.
  bool shows = true;

  std::string_view extension() const { return extensions.substr(0, extensions.find(' ')); }
  bool has_extension(std::string_view extension) const;
};

// Sorted by type.
std::span<const FileKind> file_kinds();
// nullptr where there is no such kind.
const FileKind* find_file_kind(std::string_view type);
// Bytes that show nothing: application/octet-stream.
const FileKind& unknown_file_kind();

// Whether the name contradicts the content: "photo.jpg" that is a program, "data.zip" that is a
// document, "plan.pdf" that is no PDF. False for a name without an extension, with one that belongs
// to no kind, and for texts of any kind named like another. `extension` in small letters, no dot.
bool mismatch(std::string_view extension, const FileKind& sniffed);

}  // namespace sallyport::discovery
