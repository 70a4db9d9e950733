#pragma once
// The bytes of a log, opened: plain, gzip (RFC 1952), Zstandard (RFC 8878) or the members of a ZIP
// archive (APPNOTE 6.3), told by their first bytes.
//
//   auto input = LogInput::open(path, limits);             // "-" is standard input
//   while (true) {
//     auto text = (*input)->next_text();                   // a member of an archive, or the file
//     if (!text || !*text) break;
//     while (true) { auto piece = (*input)->read(); if (!piece || piece->empty()) break; ... }
//   }
//
// Nothing is written anywhere and nothing is held but the piece at hand: about 400 KiB, of
// Zstandard its window too (128 MiB at most). An archive is read from front to back, so it may come
// through a pipe. An archive inside of an archive stays closed.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/core/result.h"

namespace sallyport::discovery::imports {

struct InputLimits {
  std::uint64_t bytes = std::uint64_t{256} << 30;  // that come out of a file
  std::uint64_t ratio = 500;  // of what comes out to what goes in, behind `free`
  std::uint64_t free = std::uint64_t{64} << 20;
  std::size_t members = 1000;  // of an archive
};

class LogInput {
 public:
  // not_found, permission or storage; `invalid` for a folder.
  static Result<std::unique_ptr<LogInput>> open(const std::string& path,
                                                const InputLimits& limits = {});
  virtual ~LogInput() = default;

  // The next text, also where the one at hand was not read to its end; false behind the last.
  virtual Result<bool> next_text() = 0;
  // Of the text at hand; "" at its end. Holds until the next call. `invalid` where it is not what
  // its beginning says, or was cut off; `limit` for one that grows too much.
  virtual Result<std::string_view> read() = 0;

  // "plain", "gzip", "zstd" or "zip".
  virtual std::string_view packing() const = 0;
  // Of a ZIP archive the member's name; else "". Bytes of strangers.
  virtual std::string_view member() const { return {}; }
  // Bytes of the file read so far, and all of them; 0 where that is not known.
  virtual std::uint64_t done() const = 0;
  virtual std::uint64_t size() const = 0;
};

}  // namespace sallyport::discovery::imports
