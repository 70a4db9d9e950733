// Feeds are text of strangers: no bytes may crash a reader of any format, and what it yields must
// keep its promises. The first byte chooses the format.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/core/check.h"
#include "base/core/host.h"
#include "discovery/tags/feed.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  using namespace sallyport::discovery;
  if (size == 0) return 0;
  std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  FeedOptions options;
  options.format = static_cast<FeedFormat>(data[0] % feed_format_words().size());
  options.now = Time(std::chrono::seconds(1'800'000'000));
  options.column = data[0] / 64;
  if (data[0] & 0x20) {  // The first line is a path.
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (auto path = FeedPath::parse(text.substr(0, end))) options.paths.push_back(std::move(*path));
    text.remove_prefix(end);
  }
  const auto feed = parse_feed(text, options);
  if (!feed) return 0;
  CHECK(feed->format != FeedFormat::auto_);
  CHECK(feed->first_bad.size() <= feed->bad_lines);
  for (const AddressSpan& span : feed->entries) {
    CHECK(span.first.is_v4() == span.last.is_v4());
    CHECK(span.first <= span.last);
  }
  for (const FeedHost& host : feed->hosts) {
    const auto again = Host::parse(host.name);
    CHECK(again && again->text() == host.name && !again->is_address());
    CHECK(host.name.find('.') != std::string::npos);
  }
  return 0;
}
