// Any bytes in any pieces: the same parts and doubts as of the whole, and each byte told once at
// most. And a body that is written well gives its parts back, without a doubt.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/check.h"
#include "base/http/multipart.h"

namespace {

using namespace sallyport::http;

class Log : public MultipartSink {
 public:
  void part_begin(const Headers& fields) override {
    CHECK(!open);
    open = true;
    heads.emplace_back();
    for (const auto field : fields)
      heads.back() += std::string(field.name) + ':' + std::string(field.value) + '\n';
    data.emplace_back();
  }
  void part_data(std::string_view bytes) override {
    CHECK(open && !bytes.empty());
    data.back() += bytes;
  }
  void part_end(bool whole) override {
    CHECK(open);
    open = false;
    ends += whole ? '.' : '~';
  }

  bool open = false;
  std::vector<std::string> heads, data;
  std::string ends;
};

std::uint32_t doubts(const MultipartReader& reader) {
  std::uint32_t out = 0;
  for (std::size_t i = 0; i < kMultipartDoubts; ++i) {
    if (reader.has(static_cast<MultipartDoubt>(i))) out |= 1U << i;
  }
  CHECK((out != 0) == reader.ambiguous());
  return out;
}

void check_pieces(std::string_view body, std::string_view type, std::size_t size) {
  Log whole, pieces;
  MultipartReader one(type, whole), other(type, pieces);
  one.feed(body);
  one.end();
  for (std::string_view rest = body; !rest.empty();) {
    const std::vector<char> piece(rest.begin(), rest.begin() + std::min(size, rest.size()));
    other.feed({piece.data(), piece.size()});
    rest.remove_prefix(piece.size());
  }
  other.end();
  CHECK(!whole.open && !pieces.open && whole.ends.size() == whole.data.size());
  CHECK(whole.heads == pieces.heads && whole.data == pieces.data && whole.ends == pieces.ends);
  CHECK(doubts(one) == doubts(other) && one.fault() == other.fault() &&
        one.complete() == other.complete() && one.parts() == other.parts());
  std::size_t told = 0;
  for (const std::string& data : whole.data) told += data.size();
  CHECK(told <= body.size());
}

void check_written(std::string_view bytes, std::size_t size) {
  const std::string boundary = "\x01q7";
  if (bytes.find(boundary) != bytes.npos) return;
  std::vector<std::string> parts;
  std::string body;
  for (std::string_view rest = bytes; !rest.empty() && parts.size() < 50;) {
    const std::size_t end = std::min(rest.find('|'), rest.size());
    parts.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    body += "--" + boundary + "\r\nname: part\r\n\r\n" + parts.back() + "\r\n";
  }
  body += "--" + boundary + "--\r\n";
  const std::string type = "multipart/form-data; boundary=" + boundary;
  Log log;
  MultipartReader reader(type, log);
  for (std::string_view rest = body; !rest.empty();) {
    const std::string_view piece = rest.substr(0, size);
    reader.feed(piece);
    rest.remove_prefix(piece.size());
  }
  reader.end();
  CHECK(reader.complete() && !reader.ambiguous() && reader.fault() == MultipartFault::none);
  CHECK(log.data == parts && log.ends == std::string(parts.size(), '.'));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::size_t piece = data[0] % 29 + 1;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  check_pieces(bytes, "multipart/form-data; boundary=B", piece);
  check_pieces(bytes, "multipart/form-data; boundary=--", piece);
  const std::size_t line = std::min(bytes.find('\n'), bytes.size());
  check_pieces(bytes.substr(line), bytes.substr(0, line), piece);
  check_written(bytes, piece);
  return 0;
}
