// Bodies of every shape, cut anywhere: all cuts tell the same files. The first byte says the shape
// and the cut; the first line behind it is the content type.

#include <cstddef>
#include <cstdint>

#include "base/core/check.h"
#include "discovery/files/upload_files.h"

namespace {

using namespace sallyport::discovery;

UploadFiles read(BodyShape shape, std::string_view type, std::string_view body, std::size_t piece) {
  UploadFiles files(shape, type, true);
  for (std::size_t at = 0; at < body.size(); at += piece) files.feed(body.substr(at, piece));
  files.end(true);
  return files;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t line = std::min(input.find('\n'), input.size());
  const std::string_view type = input.substr(0, line);
  const std::string_view body = input.substr(std::min(line + 1, input.size()));
  const auto shape = static_cast<BodyShape>(data[0] % 5);
  const UploadFiles at_once = read(shape, type, body, std::max<std::size_t>(1, body.size()));
  const UploadFiles in_pieces = read(shape, type, body, 1 + data[0] / 5);
  CHECK(at_once.all().size() == in_pieces.all().size());
  CHECK(at_once.all().size() <= UploadFiles::kMost);
  for (std::size_t i = 0; i < at_once.all().size(); ++i) {
    const PassedFile& a = at_once.all()[i];
    const PassedFile& b = in_pieces.all()[i];
    CHECK(a.size == b.size && a.sha256 == b.sha256 && a.name == b.name && a.whole == b.whole);
    CHECK(a.seen.kind == b.seen.kind);
  }
  return 0;
}
