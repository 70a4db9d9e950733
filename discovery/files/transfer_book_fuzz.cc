// Any order of starts, parts and ends: what is told complete and with a digest is the file that the
// parts make up, read one after the other.

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <list>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/check.h"
#include "discovery/files/transfer_book.h"

namespace {

using namespace sallyport;
using namespace sallyport::discovery;

struct Running {
  TransferPart part;
  std::uint64_t offset;
  std::string bytes;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  TransferBook book({.most = 16, .most_per_user = 8});
  const TransferKey key{"app", "host", "session"};
  TransferBook::Moment now{};
  std::list<Running> running;
  std::string file;  // as the other side keeps it: what ended last stands
  std::vector<bool> there;
  bool unsure = false;  // a part broke off, of which something may have arrived

  for (std::size_t i = 0; i + 1 < size; i += 2) {
    const unsigned what = data[i] % 8;
    const unsigned value = data[i + 1];
    if (what == 0) {
      book.start(key, "ana", {}, now);
      file.clear(), there.clear(), unsure = false;
      running.clear();
    } else if (what <= 3 && running.size() < 4) {
      const std::uint64_t offset = value % 16;
      running.push_back({book.part(key, "ana", {.offset = offset, .number = {}}, now), offset, {}});
    } else if (what == 4 && !running.empty()) {
      Running& one = *std::next(running.begin(), value % running.size());
      one.bytes += static_cast<char>('a' + value % 26);
      one.part.feed(std::string_view(one.bytes).substr(one.bytes.size() - 1));
    } else if ((what == 5 || what == 6) && !running.empty()) {
      const auto one = std::next(running.begin(), value % running.size());
      if (what == 5) {
        one->part.end(now);
        const std::size_t end = one->offset + one->bytes.size();
        if (!one->bytes.empty() && file.size() < end) file.resize(end), there.resize(end);
        for (std::size_t at = 0; at < one->bytes.size(); ++at) {
          file[one->offset + at] = one->bytes[at];
          there[one->offset + at] = true;
        }
      } else {
        one->part.end_broken(now);
        unsure = unsure || !one->bytes.empty();
      }
      running.erase(one);
    } else if (what == 7) {
      const auto result = book.finish(key, now);
      if (result && !unsure) {
        std::size_t bytes = 0;
        for (const bool one : there) bytes += one ? 1 : 0;
        CHECK(result->size == bytes);
        CHECK(!result->complete || bytes == file.size());
        CHECK(result->sha256.has_value() == result->no_sha256.empty());
        // What is shorter than before leaves an end standing that the digest cannot know.
        if (result->sha256) CHECK(*result->sha256 == sha256(file));
      }
      file.clear(), there.clear(), unsure = false;
      running.clear();
    }
  }
  CHECK(book.size() <= 1);
  return 0;
}
