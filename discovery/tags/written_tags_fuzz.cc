// Any bytes as a file of ranges and feeds: it is read, or refused with something to show. No feed
// is opened.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/core/check.h"
#include "base/yaml/node.h"
#include "discovery/tags/written_tags.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  std::string text(reinterpret_cast<const char*>(data), size);
  const auto parsed = yaml::parse(std::make_shared<const Source>(Source{"fuzz", std::move(text)}));
  if (!parsed) return 0;
  Diagnostics found;
  const auto written = discovery::read_tags_file(*parsed, found);
  CHECK(found.empty() || !render(found).empty());
  if (found.has_errors()) return 0;
  for (const auto& range : written.ranges) {
    CHECK(!range.name->empty());
    CHECK(!range.location || range.country);
    for (const auto& cidr : range.cidrs) CHECK(!cidr->has_host_bits());
  }
  for (const auto& feed : written.feeds) CHECK(!feed.name->empty());
  return 0;
}
