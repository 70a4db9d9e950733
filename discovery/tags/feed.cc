#include "discovery/tags/feed.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include "base/core/text.h"

namespace sallyport::discovery {
namespace {

constexpr std::size_t kMaxShownBad = 3;
constexpr std::size_t kMaxBadText = 60;  // bytes
constexpr int kWidestV4 = 8;             // prefix length
constexpr int kWidestV6 = 16;

// Takes the first line off `text`, without its end.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return trim(line);
}

bool is_comment(std::string_view line) {
  return line.empty() || line[0] == '#' || line[0] == ';' || line[0] == '!' ||
         line.starts_with("//");
}

// "192.0.2.0/24 ; SBL1" -> "192.0.2.0/24"
std::string_view without_comment(std::string_view line) {
  line = line.substr(0, line.find_first_of("#;"));
  return trim(line.substr(0, line.find("//")));
}

std::string_view take_word(std::string_view& line) {
  const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
  const std::string_view word = line.substr(0, end);
  line = trim(line.substr(end));
  return word;
}

// How many leading bits both ends share: a span that shares fewer than kWidest is too wide.
bool is_too_wide(const AddressSpan& span) {
  const int wanted = span.first.is_v4() ? kWidestV4 : kWidestV6;
  for (int i = 0; i < wanted; ++i) {
    if (span.first.bit(i) != span.last.bit(i)) return true;
  }
  return false;
}

std::optional<AddressSpan> parse_span(std::string_view text) {
  AddressSpan span;
  if (const std::size_t dash = text.find('-'); dash != std::string_view::npos) {
    const auto first = IpAddress::parse(trim(text.substr(0, dash)));
    const auto last = IpAddress::parse(trim(text.substr(dash + 1)));
    if (!first || !last || first->is_v4() != last->is_v4() || *last < *first) return std::nullopt;
    span = {*first, *last};
  } else {
    const auto prefix = IpPrefix::parse(text);
    if (!prefix) return std::nullopt;
    span = AddressSpan::of(*prefix);
  }
  if (is_too_wide(span)) return std::nullopt;
  return span;
}

bool is_tor_keyword(std::string_view word) {
  return word == "ExitNode" || word == "Published" || word == "LastStatus" || word == "ExitAddress";
}

// "2026-11-23" and "20:12:01", in UTC.
std::optional<Time> parse_stamp(std::string_view date, std::string_view time) {
  return parse_rfc3339(std::string(date) + "T" + std::string(time) + "Z");
}

// Reads one line of exit-addresses; false where it is not understood.
bool read_tor_line(std::string_view line, Feed& feed) {
  if (line[0] == '#' || line[0] == '@') return true;
  const std::string_view keyword = take_word(line);
  if (keyword != "ExitAddress") return is_tor_keyword(keyword);
  const auto address = IpAddress::parse(take_word(line));
  if (!address) return false;
  feed.entries.push_back({*address, *address});
  const std::string_view date = take_word(line);
  const auto stamp = parse_stamp(date, take_word(line));
  if (stamp && (!feed.newest || *feed.newest < *stamp)) feed.newest = stamp;
  return true;
}

bool read_plain_line(std::string_view line, Feed& feed) {
  if (is_comment(line)) return true;
  const auto span = parse_span(without_comment(line));
  if (span) feed.entries.push_back(*span);
  return span.has_value();
}

FeedFormat sniff(std::string_view text) {
  while (!text.empty()) {
    std::string_view line = take_line(text);
    if (is_comment(line) || line[0] == '@') continue;
    return is_tor_keyword(take_word(line)) ? FeedFormat::tor_exit_addresses : FeedFormat::plain;
  }
  return FeedFormat::plain;
}

Error file_error(int failure, const std::string& path) {
  ErrorKind kind = ErrorKind::storage;
  if (failure == ENOENT || failure == ENOTDIR) kind = ErrorKind::not_found;
  if (failure == EACCES || failure == EPERM) kind = ErrorKind::permission;
  return {kind, Side::ours, false, path + ": " + std::generic_category().message(failure)};
}

}  // namespace

std::string_view to_string(FeedFormat format) {
  switch (format) {
    case FeedFormat::auto_:
      return "auto";
    case FeedFormat::plain:
      return "plain";
    case FeedFormat::tor_exit_addresses:
      return "tor_exit_addresses";
  }
  return "auto";
}

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

Result<Feed> parse_feed(std::string_view text, FeedFormat format) {
  if (text.size() > kMaxFeedBytes) {
    return fail(ErrorKind::limit, Side::ours, "a feed of more than 64 MiB");
  }
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  Feed feed;
  feed.format = format == FeedFormat::auto_ ? sniff(text) : format;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::string_view line = take_line(text);
    if (line.empty()) continue;
    const bool read =
        feed.format == FeedFormat::plain ? read_plain_line(line, feed) : read_tor_line(line, feed);
    if (feed.entries.size() > kMaxFeedEntries) {
      return fail(ErrorKind::limit, Side::ours, "a feed of more than 2,000,000 entries");
    }
    if (read) continue;
    ++feed.bad_lines;
    if (feed.first_bad.size() < kMaxShownBad) {
      feed.first_bad.push_back({number, printable(line.substr(0, kMaxBadText))});
    }
  }
  return feed;
}

Result<std::string> read_feed_file(const std::string& path) {
  // O_NONBLOCK: opening a pipe that nobody writes must not hang the start.
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return std::unexpected(file_error(errno, path));
  struct stat status {};
  int failure = ::fstat(file, &status) == 0 ? 0 : errno;
  if (failure == 0 && !S_ISREG(status.st_mode)) failure = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
  std::string text;
  if (failure == 0 && static_cast<std::uint64_t>(status.st_size) <= kMaxFeedBytes) {
    text.reserve(static_cast<std::size_t>(status.st_size) + 1);
  }
  char block[64 * 1024];
  while (failure == 0 && text.size() <= kMaxFeedBytes) {
    const ssize_t got = ::read(file, block, sizeof block);
    if (got == 0) break;
    if (got > 0) text.append(block, static_cast<std::size_t>(got));
    if (got < 0 && errno != EINTR) failure = errno;
  }
  ::close(file);
  if (failure != 0) return std::unexpected(file_error(failure, path));
  if (text.size() > kMaxFeedBytes) {
    return fail(ErrorKind::limit, Side::ours, path + ": more than 64 MiB");
  }
  return text;
}

}  // namespace sallyport::discovery
