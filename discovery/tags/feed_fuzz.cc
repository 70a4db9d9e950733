// Feeds are text of strangers: no bytes may crash the reader, and what it yields must keep its
// promises.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/core/check.h"
#include "discovery/tags/feed.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport::discovery;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto format : {FeedFormat::auto_, FeedFormat::plain, FeedFormat::tor_exit_addresses}) {
    const auto feed = parse_feed(text, format);
    if (!feed) continue;
    CHECK(feed->format != FeedFormat::auto_);
    CHECK(feed->first_bad.size() <= feed->bad_lines);
    for (const AddressSpan& span : feed->entries) {
      CHECK(span.first.is_v4() == span.last.is_v4());
      CHECK(span.first <= span.last);
    }
  }
  return 0;
}
