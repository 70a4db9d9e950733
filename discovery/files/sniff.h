#pragma once
// What a file is, by its first bytes, whatever its name and its declared type say.
//
//   Sniffed seen = sniff(first_bytes);         // 4 KiB are enough
//   seen.kind->type, seen.kind->family
//
// Containers tell more further behind: a Sniffer (sniffer.h) sees the whole file pass. Pure: any
// bytes may be given, none are kept.

#include <cstddef>
#include <string_view>

#include "discovery/files/file_kind.h"

namespace sallyport::discovery {

inline constexpr std::size_t kSniffBytes = 4096;

struct Sniffed {
  const FileKind* kind = &unknown_file_kind();
  bool encrypted = false;  // what is inside cannot be read without a key
  bool corrupted = false;  // it cannot be whole: a part that must be there is not
  bool macros = false;     // it brings programs that its reader may run

  // In the words of policy::scan_status_words(): "encrypted", "corrupted" or "completed".
  std::string_view scan_status() const {
    return encrypted ? "encrypted" : corrupted ? "corrupted" : "completed";
  }
};

// `whole`: these are all bytes of the file.
Sniffed sniff(std::string_view first_bytes, bool whole = false);

// The kind of a text, by how it begins: scripts, keys, mails, sources; text/plain where nothing
// tells more, nullptr where it is no text.
const FileKind* sniff_text(std::string_view first_bytes, bool& encrypted);

}  // namespace sallyport::discovery
