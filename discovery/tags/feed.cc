#include "discovery/tags/feed.h"

#include <array>

#include "discovery/tags/feed_intake.h"

namespace sallyport::discovery {
namespace {

constexpr std::array<std::string_view, 9> kWords = {"auto",          "plain", "tor_exit_addresses",
                                                    "tor_consensus", "csv",   "json",
                                                    "ndjson",        "hosts", "abp"};
static_assert(kWords.size() == static_cast<std::size_t>(FeedFormat::abp) + 1);

void read(std::string_view text, const FeedOptions& options, FeedFormat format,
          FeedIntake& intake) {
  switch (format) {
    case FeedFormat::auto_:
    case FeedFormat::plain:
      return read_plain(text, intake);
    case FeedFormat::tor_exit_addresses:
      return read_tor_exit_addresses(text, options.now, intake);
    case FeedFormat::tor_consensus:
      return read_tor_consensus(text, intake);
    case FeedFormat::csv:
      return read_csv(text, options.column, intake);
    case FeedFormat::json:
      return read_json(text, options.paths, intake);
    case FeedFormat::ndjson:
      return read_ndjson(text, options.paths, intake);
    case FeedFormat::hosts:
      return read_hosts(text, intake);
    case FeedFormat::abp:
      return read_abp(text, intake);
  }
}

}  // namespace

std::string_view to_string(FeedFormat format) { return kWords[static_cast<std::size_t>(format)]; }

std::vector<std::string_view> feed_format_words() { return {kWords.begin(), kWords.end()}; }

AddressSpan AddressSpan::of(const IpPrefix& prefix) {
  const IpAddress first = prefix.masked().address;
  if (first.is_v4()) {
    const std::uint32_t host = prefix.length == 0 ? 0xffffffff : (1ull << (32 - prefix.length)) - 1;
    return {first, IpAddress::v4(first.v4_value() | host)};
  }
  auto bytes = first.bytes();
  for (int bit = prefix.length; bit < 128; ++bit) {
    bytes[static_cast<std::size_t>(bit >> 3)] |= static_cast<std::uint8_t>(0x80 >> (bit & 7));
  }
  // The last addresses of ::/80 to ::fffe:0:0/95 are IPv4-mapped ones, which are IPv4 here: the
  // span ends before them.
  if (IpAddress::v6(bytes).is_v4()) bytes[11] = 0xfe;
  return {first, IpAddress::v6(bytes)};
}

Result<Feed> parse_feed(std::string_view text, const FeedOptions& options) {
  if (text.size() > kMaxFeedBytes) {
    return fail(ErrorKind::limit, Side::ours, "a feed of more than 64 MiB");
  }
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  Feed feed;
  feed.format = options.format == FeedFormat::auto_ ? sniff_feed(text) : options.format;
  FeedIntake intake(feed);
  read(text, options, feed.format, intake);
  if (intake.full()) {
    return fail(ErrorKind::limit, Side::ours, "a feed of more than 2,000,000 entries");
  }
  return feed;
}

}  // namespace sallyport::discovery
