// Bodies of every shape, cut anywhere: all cuts tell the same files. The first byte says the shape
// and the cut, the second whether it is looked into, and its coding; the first line behind them is
// the content type.

#include <cstddef>
#include <cstdint>

#include "base/core/check.h"
#include "discovery/files/upload_files.h"

namespace {

using namespace sallyport::discovery;

UploadFiles read(BodyShape shape, std::string_view type, std::string_view coding,
                 std::string_view body, std::size_t piece) {
  UploadFiles files(shape, type, UploadFiles::Look{true, !coding.empty(), coding});
  for (std::size_t at = 0; at < body.size(); at += piece) files.feed(body.substr(at, piece));
  files.end(true);
  return files;
}

void check_same(const std::vector<PassedFile>& a, const std::vector<PassedFile>& b) {
  CHECK(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    CHECK(a[i].size == b[i].size && a[i].sha256 == b[i].sha256 && a[i].name == b[i].name);
    CHECK(a[i].other_names == b[i].other_names);
    CHECK(a[i].whole == b[i].whole && a[i].talk == b[i].talk && a[i].seen.kind == b[i].seen.kind);
  }
}

constexpr std::string_view kCodings[] = {"", "identity", "gzip", "deflate", "br"};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 2, size - 2);
  const std::size_t line = std::min(input.find('\n'), input.size());
  const std::string_view type = input.substr(0, line);
  const std::string_view body = input.substr(std::min(line + 1, input.size()));
  const auto shape = static_cast<BodyShape>(data[0] % 9);
  const std::string_view coding = kCodings[data[1] % 5];
  const UploadFiles at_once =
      read(shape, type, coding, body, std::max<std::size_t>(1, body.size()));
  const UploadFiles in_pieces = read(shape, type, coding, body, 1 + data[0] / 9);
  CHECK(at_once.all().size() <= UploadFiles::kMost);
  CHECK(at_once.others().size() <= UploadFiles::kMostOthers);
  check_same(at_once.all(), in_pieces.all());
  check_same(at_once.others(), in_pieces.others());
  CHECK(at_once.closed() == in_pieces.closed());
  return 0;
}
