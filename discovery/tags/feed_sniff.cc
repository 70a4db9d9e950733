// Which format a text has. Marks of one format alone settle it at once; else the richest of what
// the first lines look like is taken, because a list of hosts may begin with addresses.

#include <algorithm>

#include "base/core/host.h"
#include "base/core/text.h"
#include "base/json/cursor.h"
#include "discovery/tags/feed_intake.h"

namespace sallyport::discovery {
namespace {

constexpr int kLooks = 64;  // lines

bool is_whole_object(std::string_view line) {
  JsonCursor cursor(line);
  return cursor.next() == JsonCursor::Kind::object && cursor.skip() && cursor.at_end();
}

// What only one format begins with; auto_ where nothing is settled by it.
FeedFormat by_mark(std::string_view line, std::string_view text) {
  if (line[0] == '{') {
    // A document on one line has nothing behind it.
    if (!is_whole_object(line)) return FeedFormat::json;
    const auto end = static_cast<std::size_t>(line.data() - text.data()) + line.size();
    const bool last = text.find_first_not_of(" \t\r\n", end) == std::string_view::npos;
    if (!last) return FeedFormat::ndjson;
    // One line alone: a list of lines says what it lists at once.
    return line.find("\"cidr\"") != std::string_view::npos ? FeedFormat::ndjson : FeedFormat::json;
  }
  if (line[0] == '[') {
    return istarts_with(line, "[adblock") || istarts_with(line, "[ublock") ? FeedFormat::abp
                                                                           : FeedFormat::json;
  }
  std::string_view rest = line;
  const std::string_view word = take_word(rest);
  if (word == "ExitNode" || word == "Published" || word == "LastStatus" || word == "ExitAddress") {
    return FeedFormat::tor_exit_addresses;
  }
  if (word == "network-status-version") return FeedFormat::tor_consensus;
  return FeedFormat::auto_;
}

// What a line looks like by itself.
FeedFormat by_look(std::string_view line) {
  if (line.starts_with("||") || line.starts_with("@@") || line.starts_with("##")) {
    return FeedFormat::abp;
  }
  if (line.substr(0, line.find('#')).find(',') != std::string_view::npos) return FeedFormat::csv;
  if (parse_span(without_comment(line))) return FeedFormat::plain;
  std::string_view rest = trim(line.substr(0, line.find('#')));
  std::string_view word = take_word(rest);
  const bool address = IpAddress::parse(word).has_value();
  if (address) word = take_word(rest);
  if (word.starts_with("*.")) word.remove_prefix(2);
  if (word.starts_with('.')) word.remove_prefix(1);
  const auto host = Host::parse(word);
  if (!host || host->is_address()) return FeedFormat::auto_;
  if (!address && (!rest.empty() || word.find('.') == std::string_view::npos)) {
    return FeedFormat::auto_;
  }
  return FeedFormat::hosts;
}

}  // namespace

FeedFormat sniff_feed(std::string_view text) {
  FeedLines lines(text);
  bool csv = false;
  bool hosts = false;
  bool first = true;
  int looked = 0;
  for (std::string_view line; looked < kLooks && lines.next(line);) {
    if (line.starts_with("! Title:")) return FeedFormat::abp;
    const bool hides = line.starts_with("##");
    if (is_comment_line(line) && !hides) continue;
    if (line[0] == '@' && !line.starts_with("@@")) continue;  // "@type" of Tor's files
    if (first) {
      const FeedFormat marked = by_mark(line, text);
      if (marked != FeedFormat::auto_) return marked;
    }
    const FeedFormat look = by_look(line);
    if (look == FeedFormat::abp) return FeedFormat::abp;
    csv = csv || (first && look == FeedFormat::csv);
    hosts = hosts || look == FeedFormat::hosts;
    first = false;
    ++looked;
  }
  if (csv) return FeedFormat::csv;
  return hosts ? FeedFormat::hosts : FeedFormat::plain;
}

}  // namespace sallyport::discovery
