// Any bytes as chunks: the same comes out however they are cut, never more than came in, and
// written out again it decodes to the same.

#include <array>

#include "base/core/check.h"
#include "proxy/http1/chunked.h"

namespace {

using namespace sallyport;

struct Decoded {
  std::string data;
  std::size_t consumed = 0;
  bool done = false;
  bool failed = false;
  std::string trailers;
};

Decoded decode(std::string_view input, std::size_t step, std::size_t most) {
  http1::ChunkDecoder decoder(Side::origin);
  Decoded out;
  std::size_t arrived = 0;
  while (!out.done) {
    const auto taken = decoder.step(input.substr(out.consumed, arrived - out.consumed), most);
    if (!taken) {
      out.failed = true;
      return out;
    }
    CHECK(taken->consumed <= arrived - out.consumed && taken->data.size() <= most);
    out.consumed += taken->consumed;
    out.data += taken->data;
    out.done = taken->done;
    if (!out.done && taken->data.empty()) {
      if (arrived == input.size()) return out;
      arrived = std::min(input.size(), arrived + step);
    }
  }
  for (const auto field : decoder.trailers()) {
    CHECK(http1::may_be_trailer(field.name));
    out.trailers += std::string(field.name) + ": " + std::string(field.value) + "\r\n";
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const Decoded whole = decode(input, size + 1, size + 1);
  CHECK(whole.data.size() <= size && whole.consumed <= size);
  for (const std::size_t step : {std::size_t{1}, std::size_t{7}}) {
    const Decoded parts = decode(input, step, 5);
    CHECK(parts.data == whole.data && parts.done == whole.done && parts.failed == whole.failed);
    if (whole.done) CHECK(parts.consumed == whole.consumed && parts.trailers == whole.trailers);
  }
  if (whole.done) {
    std::string again;
    if (!whole.data.empty()) {
      std::array<char, 20> line;
      again.append(line.data(), http1::write_chunk_size(whole.data.size(), line.data()));
      again += whole.data + "\r\n";
    }
    again += "0\r\n" + whole.trailers + "\r\n";
    const Decoded second = decode(again, again.size(), again.size());
    CHECK(second.done && second.data == whole.data && second.trailers == whole.trailers);
    CHECK(second.consumed == again.size());
  }
  return 0;
}
