#include "discovery/tags/feed_intake.h"

#include <algorithm>

#include "base/core/host.h"
#include "base/core/text.h"

namespace sallyport::discovery {
namespace {

constexpr std::size_t kMaxShownBad = 3;
constexpr std::size_t kMaxBadText = 60;  // bytes

std::uint64_t high_half(const IpAddress& address) {
  std::uint64_t half = 0;
  for (std::size_t i = 0; i < 8; ++i) half = half << 8 | address.bytes()[i];
  return half;
}

// Whether it holds more addresses than a /8 of IPv4 or a /16 of IPv6.
bool is_too_wide(const AddressSpan& span) {
  if (span.first.is_v4()) return span.last.v4_value() - span.first.v4_value() >= 1u << 24;
  // A /16 spans 2^48 upper halves. Counting these alone errs by less than one of them.
  return high_half(span.last) - high_half(span.first) >= 1ull << 48;
}

}  // namespace

std::optional<AddressSpan> parse_span(std::string_view text) {
  if (const std::size_t dash = text.find('-'); dash != std::string_view::npos) {
    const auto first = IpAddress::parse(trim(text.substr(0, dash)));
    const auto last = IpAddress::parse(trim(text.substr(dash + 1)));
    if (!first || !last || first->is_v4() != last->is_v4() || *last < *first) return std::nullopt;
    return AddressSpan{*first, *last};
  }
  const auto prefix = IpPrefix::parse(text);
  if (!prefix) return std::nullopt;
  return AddressSpan::of(*prefix);
}

bool FeedIntake::address(std::string_view text) {
  const auto span = parse_span(text);
  if (!span || is_too_wide(*span)) return false;
  feed_.entries.push_back(*span);
  return true;
}

bool FeedIntake::span(const IpAddress& first, const IpAddress& last) {
  if (first.is_v4() != last.is_v4() || last < first || is_too_wide({first, last})) return false;
  feed_.entries.push_back({first, last});
  return true;
}

bool FeedIntake::host(std::string_view text, bool below) {
  const auto host = Host::parse(text);
  if (!host || host->is_address() || host->text().find('.') == std::string::npos) return false;
  feed_.hosts.push_back({host->text(), below});
  return true;
}

bool FeedIntake::shows_next_bad() const { return feed_.first_bad.size() < kMaxShownBad; }

void FeedIntake::bad(std::size_t line, std::string_view text) {
  ++feed_.bad_lines;
  if (shows_next_bad()) feed_.first_bad.push_back({line, printable(text.substr(0, kMaxBadText))});
}

void FeedIntake::stamp(Time time) {
  if (!feed_.newest || *feed_.newest < time) feed_.newest = time;
}

bool FeedIntake::full() const {
  return feed_.entries.size() + feed_.hosts.size() > kMaxFeedEntries;
}

bool FeedLines::next(std::string_view& line) {
  while (!rest_.empty()) {
    ++number_;
    const std::size_t end = rest_.find('\n');
    line = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    line = trim(line);
    if (!line.empty()) return true;
  }
  return false;
}

bool is_comment_line(std::string_view line) {
  return line.empty() || line[0] == '#' || line[0] == ';' || line[0] == '!' ||
         line.starts_with("//");
}

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

std::optional<Time> parse_stamp(std::string_view date, std::string_view time) {
  // RFC 3339 wants exactly these sizes; longer words need not be copied to see that.
  if (date.size() != 10 || time.size() != 8) return std::nullopt;
  return parse_rfc3339(std::string(date) + "T" + std::string(time) + "Z");
}

}  // namespace sallyport::discovery
