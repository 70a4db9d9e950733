// Any bytes in any pieces: the same is told as of the whole, and a kind always.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/core/check.h"
#include "discovery/files/sniffer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport::discovery;
  if (size < 2) return 0;
  const std::size_t piece = data[0] % 61 + 1;
  // What follows the first 4 KiB is looked at otherwise: stretched, so that short inputs reach it.
  const std::size_t zeros = data[1] % 2 == 0 ? 0 : 5000;
  std::vector<char> file(reinterpret_cast<const char*>(data) + 2,
                         reinterpret_cast<const char*>(data) + size);
  file.insert(file.begin() + static_cast<std::ptrdiff_t>(file.size() / 2), zeros, '\0');
  const std::string_view bytes(file.data(), file.size());

  Sniffer whole, pieces;
  whole.feed(bytes);
  whole.end();
  for (std::string_view rest = bytes; !rest.empty();) {
    const std::vector<char> part(
        rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(std::min(piece, rest.size())));
    pieces.feed({part.data(), part.size()});
    rest.remove_prefix(part.size());
  }
  pieces.end();
  const Sniffed &one = whole.seen(), &other = pieces.seen();
  CHECK(one.kind != nullptr && one.kind == other.kind && one.encrypted == other.encrypted &&
        one.corrupted == other.corrupted && one.macros == other.macros);
  CHECK(find_file_kind(one.kind->type) == one.kind);
  (void)mismatch("pdf", *one.kind);
  (void)sniff(bytes, true);
  return 0;
}
