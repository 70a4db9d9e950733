#pragma once
// What a feed is read as, in one line of text, for tests:
// "format: a b-c; hosts x *.y; bad 1: 1'text'; ignored 1; expired 1; newest ..."

#include <string>
#include <string_view>

#include "discovery/tags/feed.h"

namespace sallyport::discovery {

inline std::string feed_text(std::string_view text, FeedOptions options) {
  if (options.now == Time()) options.now = parse_rfc3339("2026-11-24T12:00:00Z").value();
  const auto feed = parse_feed(text, options);
  if (!feed) return describe(feed.error());
  std::string shown = std::string(to_string(feed->format)) + ":";
  for (const AddressSpan& span : feed->entries) {
    shown += " " + span.first.to_string();
    if (span.last != span.first) shown += "-" + span.last.to_string();
  }
  if (!feed->hosts.empty()) shown += "; hosts";
  for (const FeedHost& host : feed->hosts) shown += (host.below ? " *." : " ") + host.name;
  if (feed->bad_lines > 0) shown += "; bad " + std::to_string(feed->bad_lines) + ":";
  for (const auto& bad : feed->first_bad) {
    shown += " " + std::to_string(bad.line) + "'" + bad.text + "'";
  }
  if (feed->ignored > 0) shown += "; ignored " + std::to_string(feed->ignored);
  if (feed->expired > 0) shown += "; expired " + std::to_string(feed->expired);
  if (feed->newest) shown += "; newest " + format_rfc3339(*feed->newest);
  return shown;
}

inline std::string feed_text(std::string_view text, FeedFormat format = FeedFormat::auto_) {
  FeedOptions options;
  options.format = format;
  return feed_text(text, options);
}

}  // namespace sallyport::discovery
