#pragma once
// A ZIP archive (PKWARE APPNOTE 6.3) walked from front to back while it passes: the names of its
// entries, and whether they are encrypted, without unpacking anything. Names tell what kind of file
// an archive is: a Word document and a program for Android are both archives.
//
// The central directory at the end names the entries too; both are looked at, because readers
// differ in which they believe. An entry of unknown length (a data descriptor follows its data)
// ends where a descriptor fits: an archive within an archive is not taken for its entries.
//
// Memory: kMostBuffered bytes. Time is linear.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "discovery/files/file_kind.h"

namespace sallyport::discovery {

class ZipWalk {
 public:
  static constexpr std::size_t kMostBuffered = 8 * 1024;  // bytes

  // From the archive's first byte, in pieces.
  void feed(std::string_view bytes);

  // What the names seen so far tell; application/zip where they tell nothing.
  const FileKind& kind() const;
  bool encrypted() const { return encrypted_; }
  bool macros() const { return has(vba) || has(basic); }
  // Whether the end of the central directory has come.
  bool complete() const { return complete_; }
  std::uint64_t entries() const { return entries_; }  // of local headers

 private:
  enum class State : std::uint8_t {
    signature,
    local,    // the rest of a local header
    central,  // of a header of the central directory
    name,
    extra,
    skip,        // bytes of known number
    descriptor,  // until a data descriptor fits
    search,      // until a header of the central directory
    end,
  };
  enum Mark : std::uint32_t {
    content_types = 1U << 0,
    word = 1U << 1,
    excel = 1U << 2,
    powerpoint = 1U << 3,
    visio = 1U << 4,
    vba = 1U << 5,
    binary_workbook = 1U << 6,
    fixed_pages = 1U << 7,
    java = 1U << 8,
    android = 1U << 9,
    ios = 1U << 10,
    appx = 1U << 11,
    nuspec = 1U << 12,
    wheel = 1U << 13,
    iwork = 1U << 14,
    basic = 1U << 15,  // macros of OpenDocument
    mime_type = 1U << 16,
  };
  bool has(Mark mark) const { return (marks_ & mark) != 0; }

  bool collect(std::string_view& bytes, std::size_t size);
  void read_signature();
  void read_local();
  void read_central();
  void read_name();
  void read_extra();
  void after_extra();
  void skip(std::uint64_t bytes, State then);
  void look_for_descriptor(std::string_view& bytes);
  void look_for_central(std::string_view& bytes);
  bool descriptor_fits(std::size_t at) const;
  void note(std::string_view name);

  State state_ = State::signature;
  State then_ = State::signature;  // after skip
  std::string held_;               // what is collected, or the last bytes that were searched
  std::uint64_t left_ = 0;         // to be skipped
  std::uint64_t entries_ = 0;
  bool in_central_ = false;
  bool encrypted_ = false;
  bool complete_ = false;

  // Of the entry at hand.
  std::size_t name_size_ = 0;
  std::size_t extra_size_ = 0;
  std::uint64_t packed_ = 0;
  bool streamed_ = false;  // its length is not known
  bool stored_ = false;
  std::uint64_t searched_ = 0;  // bytes of its data
  bool of_mime_type_ = false;   // it is the entry "mimetype", whose data is the type

  std::uint32_t marks_ = 0;
  std::string mime_type_;
};

}  // namespace sallyport::discovery
