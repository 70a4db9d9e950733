#include "discovery/files/sniff.h"

#include <algorithm>

#include "base/core/text.h"
#include "discovery/files/compound_file.h"
#include "discovery/files/magic.h"
#include "discovery/files/structure.h"
#include "discovery/files/zip_walk.h"

namespace sallyport::discovery {
namespace {

bool is_written(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

bool is_text_magic(std::string_view type) {
  return type == "application/rtf" || type == "application/postscript";
}

}  // namespace

Sniffed sniff(std::string_view first_bytes, bool whole) {
  Sniffed seen;
  const std::string_view bytes = first_bytes.substr(0, kSniffBytes);
  const auto is = [&](std::string_view type) {
    const FileKind* const found = find_file_kind(type);
    if (found != nullptr) seen.kind = found;
    return seen;
  };
  if (bytes.starts_with("PK\x03\x04") || bytes.starts_with("PK\x05\x06") ||
      bytes.starts_with("PK00PK\x03\x04")) {
    ZipWalk walk;
    walk.feed(bytes);
    seen.kind = &walk.kind();
    seen.encrypted = walk.encrypted();
    seen.macros = walk.macros();
    seen.corrupted = whole && bytes.size() == first_bytes.size() && !walk.complete();
    return seen;
  }
  if (const auto directory = CompoundFile::directory_offset(bytes)) {
    CompoundFile file;
    file.read_front(bytes);
    if (*directory < bytes.size()) file.read_directory(bytes.substr(*directory));
    seen.kind = &file.kind();
    seen.encrypted = file.encrypted();
    seen.macros = file.macros();
    seen.corrupted = whole && *directory >= first_bytes.size();
    return seen;
  }
  if (bytes.starts_with("%PDF-")) return is("application/pdf");
  for (const Magic& magic : magics()) {
    if (magic.at >= bytes.size() || !bytes.substr(magic.at).starts_with(magic.bytes)) continue;
    // A few letters begin a text as well, unless what they begin is written in letters itself.
    bool ignored = false;
    if (magic.bytes.size() <= 6 && is_written(magic.bytes) && !is_text_magic(magic.type) &&
        sniff_text(bytes, ignored) != nullptr) {
      continue;
    }
    seen.encrypted = magic.encrypted;
    if (magic.type == "application/vnd.rar") seen.encrypted = rar_encrypted(bytes);
    return is(magic.type);
  }
  if (const std::string_view type = type_by_structure(bytes); !type.empty()) return is(type);
  // Readers look for it within the first KiB (ISO 32000-1, annex H.3.4.1).
  if (bytes.substr(0, 1024).find("\n%PDF-") != bytes.npos) return is("application/pdf");
  if (is_tar(bytes)) return is("application/x-tar");
  if (const FileKind* const text = sniff_text(bytes, seen.encrypted)) {
    seen.kind = text;
    return seen;
  }
  if (const std::string_view type = type_of_der(bytes, seen.encrypted); !type.empty())
    return is(type);
  if (const auto type = type_of_pgp(bytes, seen.encrypted); !type.empty()) return is(type);
  return seen;
}

}  // namespace sallyport::discovery
